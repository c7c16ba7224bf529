"""The command line: files, folders, options, and one line for every error."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

import sanet
from sanet.checkpoints.load import load_network, save_network
from sanet.cli.main import main
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture
from sanet.paths import ROOT
from tests.support.png_files import png


@pytest.fixture
def folder(tmp_path, noise, random_net):
    """content.png, style.png, style2.png and a small checkpoint `net`."""
    noise(48, 33).save(tmp_path / "content.png")
    noise(32, 32, 1).save(tmp_path / "style.png")
    noise(40, 32, 2).save(tmp_path / "style2.png")
    save_network(random_net(), tmp_path / "net")
    return tmp_path


def stylize(folder, *arguments, content="content.png", styles=("style.png",), out="out.png"):
    """Exit code of `stylize` on files of the folder."""
    paths = [str(folder / name) for name in (content, *styles)]
    try:
        return main(["stylize", *paths, "-o", str(folder / out), "--checkpoint", str(folder / "net"), *arguments])
    except SystemExit as stop:
        return stop.code


def expected(folder, controls=None, max_side=512, styles=("style.png",), content="content.png"):
    engine = Stylizer(load_network(folder / "net"), torch.device("cpu"))
    pictures = [open_picture(folder / name) for name in (content, *styles)]
    return engine.stylize(pictures[0], pictures[1:], controls, max_side).tobytes()


def result(folder, name="out.png"):
    return open_picture(folder / name).tobytes()


def one_line(capsys):
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith("sanet")
    return err


def test_one_picture(folder, capsys):
    assert stylize(folder) == 0
    assert result(folder) == expected(folder)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("suffix", ["jpg", "webp", "JPEG"])
def test_the_suffix_decides_the_format(folder, suffix):
    assert stylize(folder, out=f"out.{suffix}") == 0
    with Image.open(folder / f"out.{suffix}") as written:
        assert written.format == {"jpg": "JPEG", "webp": "WEBP", "JPEG": "JPEG"}[suffix]
        assert written.size == (48, 33)


def test_alpha_mix_and_max_side(folder):
    styles = ("style.png", "style2.png")
    assert stylize(folder, "--alpha", "0.5", "--mix", "1,3", "--max-side", "40", styles=styles) == 0
    assert result(folder) == expected(folder, sanet.Controls(alpha=0.5, mix=(1, 3)), 40, styles)
    assert open_picture(folder / "out.png").size == (40, 28)


def test_keep_color(folder):
    assert stylize(folder, "--keep-color") == 0
    assert result(folder) == expected(folder, sanet.Controls(keep_color=True)) != expected(folder)


def test_masks(folder):
    left = Image.new("L", (48, 33), 0)
    left.paste(255, (0, 0, 24, 33))
    right = left.point(lambda v: 255 - v)
    left.save(folder / "left.png")
    right.save(folder / "right.png")
    styles = ("style.png", "style2.png")
    masks = ("--mask", str(folder / "left.png"), "--mask", str(folder / "right.png"))
    assert stylize(folder, *masks, styles=styles) == 0
    assert result(folder) == expected(folder, sanet.Controls(masks=(left, right)), styles=styles)


def test_transparency_is_kept(folder, noise):
    content = noise(48, 33)
    content.putalpha(Image.linear_gradient("L").resize((48, 33)))
    content.save(folder / "content.png")
    assert stylize(folder) == 0
    assert open_picture(folder / "out.png").getchannel("A").tobytes() == content.getchannel("A").tobytes()


def test_a_folder_with_one_bad_file(folder, noise, capsys):
    (folder / "in").mkdir()
    noise(40, 32).save(folder / "in" / "a.jpg")
    (folder / "in" / "b.jpg").write_text("no picture")
    noise(32, 40).save(folder / "in" / "c.webp", lossless=True)
    assert stylize(folder, content="in", out="out/deep") == 1
    assert sorted(path.name for path in (folder / "out" / "deep").iterdir()) == ["a.png", "c.png"]
    assert result(folder, "out/deep/c.png") == expected(folder, content="in/c.webp")
    named = capsys.readouterr().err.strip().splitlines()[-1]
    assert named.startswith(f"{folder / 'in' / 'b.jpg'}: ")
    assert "not a picture" in named


def test_a_good_folder_ends_with_0_and_names_nothing(folder, noise, capsys):
    (folder / "in").mkdir()
    noise(40, 32).save(folder / "in" / "a.png")
    assert stylize(folder, content="in", out="out") == 0
    assert "a.png" not in capsys.readouterr().err
    assert (folder / "out" / "a.png").is_file()


def test_pictures_of_one_name_do_not_overwrite_each_other(folder, noise):
    (folder / "in").mkdir()
    noise(40, 32).save(folder / "in" / "a.png")
    noise(40, 33).save(folder / "in" / "a.bmp")
    assert stylize(folder, content="in", out="out") == 0
    sizes = {path.name: Image.open(path).size for path in (folder / "out").iterdir()}
    assert sizes == {"a.png.png": (40, 32), "a.bmp.png": (40, 33)}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"content": "nowhere.png"}, "nowhere.png"),
        ({"styles": ("nowhere.png",)}, "nowhere.png"),
        ({"out": "out.tiff"}, "out.tiff"),
        ({"out": "nowhere/out.png"}, "nowhere/out.png"),
    ],
)
def test_paths_that_do_not_work_are_named(folder, capsys, changed, named):
    assert stylize(folder, **changed) == 2
    assert named in one_line(capsys)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--alpha", "1.5"), "got 1.5"),
        (("--alpha", "much"), "much"),
        (("--mix", "1,2"), "got 2 for 1"),
        (("--mix", "-1"), "-1"),
        (("--mix", "0"), "0.0"),
        (("--mix", "a,b"), "numbers with commas between them, got 'a,b'"),
        (("--mix", "1,,2"), "got '1,,2'"),
        (("--mix", "nan"), "got nan"),
        (("--alpha", "nan"), "got nan"),
        (("--max-side", "8"), "got 8"),
        (("--max-side", "-512"), "got -512"),
        (("--max-side", "51.5"), "got 51.5"),
        (("--max-side", "big"), "big"),
        (("--device", "tpu"), "tpu"),
        (("--mask", "nowhere.png"), "nowhere.png"),
        (("--checkpoint", "nowhere"), "nowhere"),
        (("--unknown",), "--unknown"),
    ],
)
def test_options_that_do_not_work_are_named(folder, capsys, arguments, named):
    assert stylize(folder, *arguments) == 2
    assert named in one_line(capsys)
    assert not (folder / "out.png").exists()


@pytest.mark.parametrize(
    ("arguments", "out", "named"),
    [
        ((), "out.tiff", "out.tiff"),
        (("--mix", "1,2"), "out.png", "got 2 for 1"),
        (("--max-side", "8"), "out.png", "got 8"),
    ],
)
def test_refusals_come_before_the_checkpoint_is_loaded(folder, capsys, arguments, out, named):
    assert stylize(folder, "--checkpoint", "nowhere", *arguments, out=out) == 2
    assert named in one_line(capsys)


@pytest.mark.parametrize("count", [1, 3])
def test_one_mask_per_style_is_asked_for(folder, capsys, count):
    masks = ["--mask", str(folder / "style.png")] * count
    assert stylize(folder, *masks, styles=("style.png", "style2.png")) == 2
    assert f"mask: got {count} for 2" in one_line(capsys)


@pytest.mark.parametrize("name", ["content", "style"])
def test_a_bad_picture_is_named(folder, capsys, name):
    (folder / f"{name}.png").write_text("no picture")
    assert stylize(folder) == 2
    line = one_line(capsys)
    assert f"{name}.png" in line
    assert "not a picture" in line


@pytest.mark.parametrize("name", ["content", "style", "style2"])
@pytest.mark.parametrize("size", [(15, 40), (2000, 20)])
def test_a_picture_that_is_too_small_is_named(folder, capsys, noise, name, size):
    noise(*size).save(folder / f"{name}.png")
    assert stylize(folder, styles=("style.png", "style2.png")) == 2
    assert f"{folder / name}.png: The picture is too small or too narrow" in one_line(capsys)


@pytest.mark.parametrize("size", [(10_000, 10_000), (60_000, 60_000)])
def test_huge_pictures_are_one_line_too(folder, capsys, size):
    (folder / "content.png").write_bytes(png(*size, 8, 2, None))
    assert stylize(folder) == 2
    assert "megapixels" in one_line(capsys)


def test_a_folder_as_a_style_is_named_once(folder, capsys):
    assert stylize(folder, styles=("net",)) == 2
    assert one_line(capsys) == f"sanet: {folder / 'net'} is a folder; choose a picture.\n"


def test_hidden_files_of_a_folder_are_passed_over(folder, noise):
    (folder / "in").mkdir()
    noise(40, 32).save(folder / "in" / "a.png")
    (folder / "in" / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    assert stylize(folder, content="in", out="out") == 0


def test_a_folder_is_neither_written_over_nor_into_a_file(folder, noise, capsys):
    (folder / "in").mkdir()
    noise(40, 32).save(folder / "in" / "a.png")
    before = (folder / "in" / "a.png").read_bytes()
    assert stylize(folder, content="in", out="in") == 2
    assert "another folder" in one_line(capsys)
    assert (folder / "in" / "a.png").read_bytes() == before
    assert stylize(folder, content="in", out="content.png") == 2
    assert "OUT must be one, too" in one_line(capsys)


def test_a_folder_without_pictures_makes_no_other(folder, capsys):
    (folder / "in").mkdir()
    assert stylize(folder, content="in", out="out") == 2
    assert "holds no pictures" in one_line(capsys)
    assert not (folder / "out").exists()


@pytest.mark.parametrize(("out", "reason"), [("/dev/full", "No space left on device"), ("dir", "directory")])
def test_a_result_that_cannot_be_written_is_named(folder, capsys, out, reason):
    (folder / "dir").mkdir()
    (folder / "out.png").symlink_to(folder / out)
    assert stylize(folder) == 2
    line = one_line(capsys)
    assert f"{folder / 'out.png'} could not be written" in line
    assert reason in line


def test_ctrl_c_is_one_line(folder, capsys, monkeypatch):
    def stopped(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(Stylizer, "stylize", stopped)
    assert stylize(folder) == 130
    assert one_line(capsys) == "sanet: Stopped.\n"


@pytest.mark.parametrize("argv", [[], ["paint"], ["stylize"], ["stylize", "a.png"], ["stylize", "a.png", "b.png"]])
def test_incomplete_commands_are_one_line(capsys, argv):
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    one_line(capsys)


def test_a_sheet_has_the_contents_down_and_the_styles_across(folder, noise):
    for kind, count in (("contents", 2), ("styles", 3)):
        (folder / kind).mkdir()
        for i in range(count):
            noise(32, 32, i).save(folder / kind / f"{i}.png")
    paths = [str(folder / name) for name in ("contents", "styles", "sheet.png", "net")]
    assert main(["sheet", *paths[:2], "-o", paths[2], "--side", "32", "--checkpoint", paths[3]]) == 0
    sheet = open_picture(folder / "sheet.png")
    pitch = 36
    assert sheet.size == (4 * pitch + 4, 3 * pitch + 4)

    def cell(row, column):
        return sheet.crop((4 + column * pitch, 4 + row * pitch, 36 + column * pitch, 36 + row * pitch)).tobytes()

    assert cell(0, 2) == noise(32, 32, 1).tobytes()
    assert cell(2, 0) == noise(32, 32, 1).tobytes()
    assert cell(2, 3) == expected(folder, content="contents/1.png", styles=("styles/2.png",))
    assert set(cell(0, 0)) == {255}


@pytest.mark.parametrize(
    ("contents", "styles", "options", "named"),
    [
        ("nowhere", "styles", (), "nowhere"),
        ("content.png", "styles", (), "content.png"),
        ("net", "styles", (), "config.json"),
        ("styles", "empty", (), "empty holds no pictures"),
        ("styles", "styles", ("--side", "0"), "got 0"),
        ("styles", "styles", ("--max-side", "16"), "1.png: The picture is too small"),
    ],
)
def test_a_sheet_that_cannot_be_made_is_one_line(folder, noise, capsys, contents, styles, options, named):
    for name in ("styles", "empty"):
        (folder / name).mkdir()
    noise(64, 32).save(folder / "styles" / "1.png")
    words = ["sheet", str(folder / contents), str(folder / styles), "-o", str(folder / "sheet.png"), *options]
    try:
        code = main([*words, "--checkpoint", "nowhere"])
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert named in one_line(capsys)


def test_as_a_module_with_the_embedded_weights(folder):
    command = [sys.executable, "-m", "sanet", "stylize", folder / "content.png", folder / "style.png"]
    done = subprocess.run([*command, "-o", folder / "out.jpg"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert np.asarray(open_picture(folder / "out.jpg")).std() > 10
    failed = subprocess.run([*command, "-o", "a.txt"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert failed.returncode == 2
    assert failed.stderr.count("\n") == 1


def test_a_missing_content_is_named_even_if_out_is_a_folder(tmp_path, capsys, noise):
    noise(32, 32).save(tmp_path / "style.png")
    assert main(["stylize", str(tmp_path / "nowhere"), str(tmp_path / "style.png"), "-o", str(tmp_path / "out")]) == 2
    assert "nowhere" in capsys.readouterr().err
