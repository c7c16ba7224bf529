"""The command line: files, folders, options, and one line for every error."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

import sanet
from sanet.checkpoints.load import load_network
from sanet.cli.main import main
from sanet.engine.controls import bilinear_mix
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture
from sanet.paths import ROOT
from tests.support.command_line import expected, one_line, result, stylize
from tests.support.png_files import png


def test_one_picture(folder, capsys):
    assert stylize(folder) == 0
    assert result(folder) == expected(folder)
    assert tuple(capsys.readouterr()) == (f"{folder / 'out.png'}\n", "")


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


def test_the_paper_shows_what_the_network_makes_of_the_photograph(folder):
    assert stylize(folder, "--alpha", "0") == 0
    assert result(folder) == open_picture(folder / "content.png").tobytes()
    assert stylize(folder, "--alpha", "0", "--reconstruct") == 0
    assert result(folder) == expected(folder, sanet.Controls(alpha=0, reconstruct=True))


@pytest.mark.parametrize(("words", "steps"), [(["--polish"], 20), (["--polish", "3"], 3), ([], 0)])
def test_polish_takes_twenty_steps_or_as_many_as_are_said(folder, monkeypatch, words, steps):
    asked = []
    paint = Stylizer.paint

    def noted(engine, request):
        asked.append(request.polish)
        return paint(engine, replace(request, polish=0))

    monkeypatch.setattr(Stylizer, "paint", noted)
    assert stylize(folder, *words) == 0
    assert asked == [steps]


@pytest.mark.parametrize("steps", ["101", "-1", "1.5", "many"])
def test_other_steps_are_refused_before_anything_is_loaded(folder, capsys, monkeypatch, steps):
    monkeypatch.setattr(sanet, "load", None)
    assert stylize(folder, "--polish", steps) == 2
    assert "polish" in one_line(capsys).lower()


FOUR = ("style.png", "style2.png", "content.png", "style.png")


def test_a_point_between_four_styles(folder):
    assert stylize(folder, "--square", "0.25,0.75", styles=FOUR) == 0
    assert result(folder) == expected(folder, sanet.Controls(mix=bilinear_mix(0.25, 0.75)), styles=FOUR)
    assert result(folder) != expected(folder, styles=FOUR)


@pytest.mark.parametrize(
    ("styles", "arguments", "named"),
    [
        (FOUR[:3], ("--square", "0.5,0.5"), "four styles, got 3"),
        (FOUR, ("--square", "0.5"), "two numbers with a comma between them, got '0.5'"),
        (FOUR, ("--square", "0,1,1"), "two numbers"),
        (FOUR, ("--square", "2,0.5"), "(2.0, 0.5)"),
        (FOUR, ("--square", "nan,0.5"), "(nan, 0.5)"),
        (FOUR, ("--square", "0,1", "--mix", "1,1,1,1"), "not allowed with"),
    ],
)
def test_points_that_do_not_work_are_named(folder, capsys, styles, arguments, named):
    assert stylize(folder, "--checkpoint", "nowhere", *arguments, styles=styles) == 2
    assert named in one_line(capsys)


def test_keep_color(folder):
    assert stylize(folder, "--keep-color") == 0
    assert result(folder) == expected(folder, sanet.Controls(keep_color=True)) != expected(folder)


@pytest.mark.parametrize(
    ("words", "share"), [((), 0.0), (("--match-regions",), 1.0), (("--match-regions", "0.5"), 0.5)]
)
def test_match_regions(folder, words, share):
    assert stylize(folder, *words) == 0
    engine = Stylizer(load_network(folder / "net"), torch.device("cpu"))
    content, style = (open_picture(folder / name) for name in ("content.png", "style.png"))
    assert result(folder) == engine.stylize(content, [style], match_regions=share).tobytes()


@pytest.mark.parametrize("share", ["2", "-1", "nan", "much"])
def test_other_shares_are_named(folder, capsys, share):
    assert stylize(folder, "--match-regions", share) == 2
    assert "from 0 to 1" in one_line(capsys)


def test_a_size_beyond_the_photographs_and_dots(folder):
    assert stylize(folder, "--size", 96, "--dpi", 300) == 0
    engine = Stylizer(load_network(folder / "net"), torch.device("cpu"))
    content, style = (open_picture(folder / name) for name in ("content.png", "style.png"))
    assert open_picture(folder / "out.png").size == (96, 66)
    assert result(folder) == engine.stylize(content, [style], max_side=96, enlarge=True).tobytes()
    with Image.open(folder / "out.png") as written:
        assert written.info["dpi"] == pytest.approx((300, 300), abs=0.01)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--size", "8"), "16 pixels"),
        (("--size", "64", "--max-side", "64"), "not allowed with"),
        (("--dpi", "0"), "2400"),
    ],
)
def test_sizes_that_do_not_work_are_named(folder, capsys, words, named):
    assert stylize(folder, *words) == 2
    assert named in one_line(capsys)


@pytest.mark.parametrize("size", [0.5, 1, 2])
def test_stroke_size(folder, size):
    assert stylize(folder, "--stroke-size", size) == 0
    engine = Stylizer(load_network(folder / "net"), torch.device("cpu"))
    content, style = (open_picture(folder / name) for name in ("content.png", "style.png"))
    assert result(folder) == engine.stylize(content, [style], stroke_size=size).tobytes()
    assert (result(folder) == expected(folder)) == (size == 1)


@pytest.mark.parametrize("size", ["0.2", "5", "nan", "large"])
def test_other_stroke_sizes_are_named(folder, capsys, size):
    assert stylize(folder, "--stroke-size", size) == 2
    assert size in one_line(capsys)


@pytest.mark.parametrize("colors", ["result", "photo", "style", "palette"])
def test_colours(folder, colors):
    assert stylize(folder, "--colors", colors) == 0
    assert result(folder) == expected(folder, sanet.Controls(colors=colors))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--colors", "grey"), "'grey'"),
        (("--colors", "style", "--keep-color"), "not allowed with"),
        (("--colors", "style", "--polish"), "choose other colours"),
    ],
)
def test_colours_that_do_not_work_are_named_before_anything_is_loaded(folder, capsys, monkeypatch, words, named):
    monkeypatch.setattr(sanet, "load", None)
    assert stylize(folder, *words) == 2
    assert named in one_line(capsys)


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


def test_parts_of_styles(folder, capsys):
    left = Image.new("L", (32, 32), 0)
    left.paste(255, (0, 0, 16, 32))
    left.save(folder / "left.png")
    Image.new("L", (4, 4)).save(folder / "black.png")
    styles, masks = ("style.png", "style2.png"), [folder / "left.png", folder / "black.png"]
    options = [word for mask in masks for word in ("--style-mask", str(mask))]
    assert stylize(folder, *options, styles=styles) == 0
    assert "black.png marks nothing, so all of its style is taken." in capsys.readouterr().err
    assert result(folder) == expected(folder, styles=styles, style_masks=[left, Image.new("L", (4, 4))])
    assert result(folder) != expected(folder, styles=styles)
    assert stylize(folder, *options[:2], styles=styles) == 2
    assert "one --style-mask: got 1 for 2 style(s)" in one_line(capsys)


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
    out, err = capsys.readouterr()
    assert out == f"2 of 3 pictures written to {folder / 'out' / 'deep'}\n"
    named = err.strip().splitlines()[-1]
    assert named.startswith(f"{folder / 'in' / 'b.jpg'}: ")
    assert "not a picture" in named


def test_a_name_that_is_too_long_for_a_result_does_not_stop_the_others(folder, noise, capsys):
    (folder / "in").mkdir()
    noise(40, 32).save(folder / "in" / "a.png")
    long = folder / "in" / f"{'b' * 251}.jpg"
    noise(40, 32).save(long)
    assert stylize(folder, "--format", "webp", content="in", out="out") == 1
    assert [path.name for path in (folder / "out").iterdir()] == ["a.webp"]
    named = capsys.readouterr().err.strip().splitlines()[-1]
    assert named == f"{long}: {folder / 'out' / ('b' * 251)}.webp cannot be written: File name too long."
    assert stylize(folder, content=f"in/{long.name}", out="c" * 252 + ".png") == 2
    assert "File name too long." in capsys.readouterr().err


def test_a_good_folder_ends_with_0_and_names_nothing(folder, noise, capsys):
    (folder / "in").mkdir()
    noise(40, 32).save(folder / "in" / "a.png")
    assert stylize(folder, content="in", out="out") == 0
    assert "a.png" not in capsys.readouterr().err
    assert (folder / "out" / "a.png").is_file()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"content": "nowhere.png"}, "nowhere.png"),
        ({"styles": ("nowhere.png",)}, "nowhere.png"),
        ({"out": "out.tiff"}, "out.tiff"),
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


def test_ctrl_c_is_one_line(folder, capsys, monkeypatch):
    def stopped(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(Stylizer, "paint", stopped)
    assert stylize(folder) == 130
    assert one_line(capsys) == "sanet: Stopped.\n"


@pytest.mark.parametrize("argv", [[], ["paint"], ["stylize"], ["stylize", "a.png"], ["stylize", "a.png", "b.png"]])
def test_incomplete_commands_are_one_line(capsys, argv):
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    one_line(capsys)


@pytest.mark.slow
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


def test_a_picture_that_breaks_its_decoder_does_not_stop_the_others(folder, capsys, noise):
    """An AVIF over which Pillow raises ZeroDivisionError."""
    photos, broken = folder / "photos", noise(48, 32)
    photos.mkdir()
    noise(48, 32).save(photos / "a.png")
    broken.save(photos / "b.avif", save_all=True, append_images=[noise(48, 32, 1)])
    data = (photos / "b.avif").read_bytes()
    place = data.index(b"mdhd") + 8 + 16
    (photos / "b.avif").write_bytes(data[:place] + bytes(4) + data[place + 4 :])
    noise(48, 32).save(photos / "c.png")
    for left in ("Thumbs.db", "desktop.ini", ".DS_Store", "._a.png"):
        (photos / left).write_bytes(b"left")
    assert stylize(folder, content="photos", out="out") == 1
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["a.png", "c.png"]
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "photos/" in line]
    assert line == f"{photos / 'b.avif'}: The picture is damaged or cut off; save it again and retry."


def test_a_mask_in_its_transparency(folder):
    mask = Image.new("LA", (48, 33), (255, 0))
    mask.paste((255, 255), (0, 0, 24, 33))
    mask.save(folder / "mask.png")
    plain = Image.new("L", (48, 33))
    plain.paste(255, (0, 0, 24, 33))
    assert stylize(folder, "--mask", str(folder / "mask.png")) == 0
    assert result(folder) == expected(folder, sanet.Controls(masks=(plain,)))
