"""Where results go: refused before anything is painted, never over an input, never half a file, each under its name."""

import os
import resource
import tempfile
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from sanet.checkpoints.vgg import save_half
from sanet.cli.results import LONGEST_SIDE, name_results
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture
from sanet.network.encoder import Encoder
from tests.support.command_line import call, expected, one_line, result, stylize


@pytest.fixture
def unpainted(monkeypatch):
    """Painting fails the test."""

    def painted(*arguments, **options):
        raise AssertionError("something was painted")

    for name in ("prepare", "paint", "sequence"):
        monkeypatch.setattr(Stylizer, name, painted)


def fill(folder, *names, size=(40, 32)):
    folder.mkdir(exist_ok=True)
    for i, name in enumerate(names):
        Image.effect_noise((size[0] + i, size[1]), 50).convert("RGB").save(folder / name, "PNG")


def sheet(folder, out):
    return call("sheet", folder / "in", folder / "styles", "-o", folder / out, "--checkpoint", folder / "net")


def tour(folder, out):
    styles = [folder / f"{name}.png" for name in ("style", "style2", "style", "style2")]
    return call("tour", folder / "content.png", *styles, "-o", folder / out, "--checkpoint", folder / "net")


def work(folder, command, out):
    """One of the commands with OUT in the folder; the name of what it should make there."""
    if command == "folder":
        return stylize(folder, content="in", out=out)
    return {
        "one": lambda: stylize(folder, out=out),
        "sheet": lambda: sheet(folder, out),
        "tour": lambda: tour(folder, out),
    }[command]()


SUFFIX = {"one": ".png", "sheet": ".jpg", "tour": ".gif"}
COMMANDS = pytest.mark.parametrize("command", SUFFIX)


@pytest.fixture
def full(folder):
    """`folder` with photographs in `in` and a style in `styles`."""
    fill(folder / "in", "a.png", "b.png")
    fill(folder / "styles", "s.png")
    return folder


# A place that does not work


@pytest.mark.parametrize("suffix", [".webp", ".jpg"])
def test_a_result_too_large_for_its_format_is_refused_before_it_is_painted(folder, capsys, unpainted, suffix):
    longest = LONGEST_SIDE[suffix]
    Image.new("L", (longest + 1, 16)).save(folder / "content.png")
    assert stylize(folder, "--max-side", 100_000, out=f"out{suffix}") == 2
    line = one_line(capsys)
    assert f"out{suffix} cannot hold {longest + 1} x 16 pixels, at most {longest} a side" in line


@pytest.mark.parametrize("suffix", [".webp", ".jpg", ".png"])
def test_the_limits_are_those_of_the_formats(tmp_path, suffix):
    """What is allowed can be written, and of what is refused nothing can."""
    longest = min(LONGEST_SIDE[suffix], 70_000)
    Image.new("RGB", (longest, 16)).save(tmp_path / f"a{suffix}")
    assert open_picture(tmp_path / f"a{suffix}").width == longest
    if longest < 70_000:
        with pytest.raises((OSError, ValueError)):
            Image.new("RGB", (longest + 1, 16)).save(tmp_path / f"b{suffix}")


def test_in_a_folder_only_what_its_format_cannot_hold_fails(folder, capsys):
    fill(folder / "in", "a.png")
    Image.new("L", (16_384, 16)).save(folder / "in" / "b.png")
    assert stylize(folder, "--max-side", 16_384, "--format", "webp", content="in", out="out") == 1
    assert [path.name for path in (folder / "out").iterdir()] == ["a.webp"]
    assert "b.webp cannot hold 16384 x 16 pixels" in capsys.readouterr().err


def test_a_sheet_too_large_for_its_format_is_refused_before_a_picture_is_read(folder, capsys, unpainted):
    fill(folder / "styles", "s.png")
    (folder / "in").mkdir()
    for i in range(90):
        (folder / "in" / f"{i}.png").touch()
    assert sheet(folder, "sheet.webp") == 2
    assert "sheet.webp cannot hold 396 x 17840 pixels" in one_line(capsys)


def test_a_tour_too_large_for_its_format_is_refused(folder, capsys, unpainted):
    Image.new("L", (16_400, 16)).save(folder / "content.png")
    styles = [folder / "style.png"] * 4
    words = ("tour", folder / "content.png", *styles, "-o", folder / "out.mp4", "--max-side", 20_000)
    assert call(*words, "--checkpoint", folder / "net") == 2
    assert "out.mp4 cannot hold 16400 x 16 pixels, at most 16384" in one_line(capsys)


@COMMANDS
def test_a_missing_folder_is_made(full, command):
    assert work(full, command, f"new/deep/out{SUFFIX[command]}") == 0
    assert (full / "new" / "deep" / f"out{SUFFIX[command]}").is_file()
    assert len(list((full / "new" / "deep").iterdir())) == 1


@COMMANDS
@pytest.mark.parametrize("place", ["content.png/new", "/proc/nowhere", "/dev/null/new"])
def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_painted(full, capsys, unpainted, command, place):
    assert work(full, command, f"{place}/out{SUFFIX[command]}") == 2
    assert f"Nothing can be written to the folder {full / place}: " in one_line(capsys)


@pytest.fixture
def others_folder(random_net, noise):
    """A folder that may be read by anybody, for a process that is not root."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o777)
        noise(48, 33).save(path / "content.png")
        noise(32, 32, 1).save(path / "style.png")
        yield path
        path.chmod(0o777)


@pytest.fixture
def nobody():
    """Without the rights of root, which may write anywhere."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.mark.parametrize(("target", "words"), [("folder", "Permission denied"), ("file", "is write-protected")])
def test_no_right_to_write_is_refused_before_anything_is_painted(
    others_folder, capsys, unpainted, nobody, target, words
):
    place = others_folder / "place"
    place.mkdir()
    (place / "out.png").touch()
    (place if target == "folder" else place / "out.png").chmod(0o555)
    out = place / ("new.png" if target == "folder" else "out.png")
    assert call("stylize", others_folder / "content.png", others_folder / "style.png", "-o", out) == 2
    assert words in one_line(capsys)


@pytest.mark.parametrize("command", ["one", "sheet", "tour", "folder"])
def test_a_full_disk_is_one_sentence_and_leaves_what_was_there(full, capsys, command):
    out = f"out/r{SUFFIX.get(command, '')}"
    target = full / ("out/r/a.png" if command == "folder" else out)
    target.parent.mkdir(parents=True)
    target.write_bytes(b"of before")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))  # bytes
    try:
        code = work(full, command, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code == (1 if command == "folder" else 2)
    err = capsys.readouterr().err
    assert f"{target} could not be written: File too large." in err
    assert "Traceback" not in err
    assert target.read_bytes() == b"of before"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_disk_that_is_full_ends_the_work_of_a_folder(folder, capsys, monkeypatch):
    """After the first result that does not fit, no other is painted in vain."""
    fill(folder / "in", "a.png", "b.png", "c.png")
    (folder / "out").mkdir()
    (folder / "out" / "b.png").symlink_to("/dev/full")
    assert stylize(folder, content="in", out="out") == 1
    out, err = capsys.readouterr()
    assert f"{folder / 'out' / 'b.png'} could not be written: No space left on device." in err
    assert out == f"1 of 3 pictures written to {folder / 'out'}\n"
    assert not (folder / "out" / "c.png").exists()


def test_a_folder_as_out_takes_a_single_result(folder, capsys):
    (folder / "out").mkdir()
    assert stylize(folder, out="out") == 0
    assert stylize(folder, "--format", "jpeg", out="out") == 0
    assert capsys.readouterr().out.split() == [str(folder / "out" / name) for name in ("content.png", "content.jpg")]
    assert result(folder, "out/content.png") == expected(folder)


def test_a_folder_in_the_place_of_a_result_is_refused(full, capsys, unpainted):
    (full / "out" / "a.png").mkdir(parents=True)
    assert stylize(full, content="in", out="out") == 2
    assert "a.png is a folder" in one_line(capsys)


@pytest.mark.parametrize(("suffix", "kind"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
def test_the_format_of_a_folder(full, suffix, kind):
    assert stylize(full, "--format", suffix, content="in", out="out") == 0
    for path in (full / "out").iterdir():
        with Image.open(path) as picture:
            assert picture.format == kind


def test_a_format_that_the_name_contradicts_is_refused(folder, capsys, unpainted):
    assert stylize(folder, "--format", "jpeg", out="out.png") == 2
    assert "ends in .png, which is not --format jpeg" in one_line(capsys)
    assert stylize(folder, "--format", "gif", out="out.png") == 2
    assert "gif" in one_line(capsys)


# An input in the place of the result


@pytest.mark.parametrize("way", ["itself", "symbolic link", "hard link", "linked folder"])
@pytest.mark.parametrize("name", ["content.png", "style.png", "mask.png"])
def test_an_input_is_not_written_over(folder, capsys, unpainted, way, name):
    Image.new("L", (8, 8), 255).save(folder / "mask.png")
    before = (folder / name).read_bytes()
    out = name
    if way == "symbolic link":
        (folder / "out.png").symlink_to(folder / name)
        out = "out.png"
    elif way == "hard link":
        os.link(folder / name, folder / "out.png")
        out = "out.png"
    elif way == "linked folder":
        (folder / "link").symlink_to(folder, target_is_directory=True)
        out = f"link/{name}"
    assert stylize(folder, "--mask", folder / "mask.png", out=out) == 2
    assert f"{folder / out} is the input {folder / name}" in one_line(capsys)
    assert (folder / name).read_bytes() == before


def test_inputs_are_not_written_over_by_results_of_a_folder(full, capsys, unpainted):
    """A style lies in the folder of the results, and one of these would have its name."""
    for name in ("a.png", "c.png"):
        fill(full / "out", name)
    before = (full / "out" / "a.png").read_bytes()
    assert stylize(full, content="in", styles=("out/c.png", "out/a.png"), out="out") == 2
    assert f"{full / 'out' / 'a.png'} is the input" in one_line(capsys)
    assert (full / "out" / "a.png").read_bytes() == before


def test_photographs_are_not_written_over_through_a_link(full, capsys, unpainted):
    (full / "link").symlink_to(full / "in", target_is_directory=True)
    assert stylize(full, content="in", out="link") == 2
    assert "another folder" in one_line(capsys)
    (full / "out").mkdir()
    os.link(full / "in" / "b.png", full / "out" / "a.png")
    assert stylize(full, content="in", out="out") == 2
    assert f"is the input {full / 'in' / 'b.png'}" in one_line(capsys)


@pytest.mark.parametrize("name", ["in/a.png", "styles/s.png"])
def test_a_sheet_does_not_replace_its_pictures(full, capsys, unpainted, name):
    assert sheet(full, name) == 2
    assert f"is the input {full / name}" in one_line(capsys)


def test_a_tour_does_not_replace_its_style(folder, capsys, unpainted):
    Image.new("RGB", (32, 32)).save(folder / "style.gif")
    styles = [folder / "style.gif"] * 4
    assert call("tour", folder / "content.png", *styles, "-o", styles[0], "--checkpoint", folder / "net") == 2
    assert f"is the input {styles[0]}" in one_line(capsys)


def test_a_result_of_before_is_replaced_and_a_link_to_it_stays(folder):
    (folder / "real.png").write_bytes(b"of before")
    (folder / "out.png").symlink_to(folder / "real.png")
    assert stylize(folder) == 0
    assert (folder / "out.png").is_symlink()
    assert result(folder, "real.png") == expected(folder)


def test_an_encoder_is_not_written_over_its_source(folder, capsys):
    save_half(Encoder((1,) * 5, (4,) * 5), folder / "vgg.safetensors")
    (folder / "link").symlink_to(folder / "vgg.safetensors")
    assert call("encoder", folder / "vgg.safetensors", folder / "link") == 2
    assert f"is the input {folder / 'vgg.safetensors'}" in one_line(capsys)


def test_an_evaluation_replaces_no_photograph(full, capsys, unpainted):
    fill(full / "in", "sheet.jpg")
    words = ("evaluate", full / "net", full / "in", full / "styles", "-o", full / "in", "--judge", full / "gone")
    assert call(*words) == 2
    assert f"is the input {full / 'in' / 'sheet.jpg'}" in one_line(capsys)


def test_a_checkpoint_is_not_converted_onto_itself(full, capsys):
    before = (full / "net" / "model.safetensors").read_bytes()
    (full / "link").symlink_to(full / "net", target_is_directory=True)
    assert call("checkpoints", "convert", full / "net", full / "link", "--half") == 2
    assert "OUT must be another folder" in one_line(capsys)
    assert (full / "net" / "model.safetensors").read_bytes() == before


# Names


@pytest.mark.parametrize(
    ("names", "expected_names"),
    [
        (["a.jpg", "b.png"], ["a.png", "b.png"]),
        (["a.jpg", "a.png"], ["a.jpg.png", "a.png.png"]),
        (["a.jpg", "a.png", "a.png.jpg"], ["a.jpg.png", "a.png.png", "a.png-2.png"]),
        (["A.jpg", "a.jpg"], ["A.jpg.png", "a.jpg-2.png"]),
        (["A.jpg", "a.png"], ["A.jpg.png", "a.png.png"]),
        (["\u00e4.jpg", "a\u0308.jpg"], ["\u00e4.jpg.png", "a\u0308.jpg-2.png"]),
        (["Stra\u00dfe.jpg", "STRASSE.jpg"], ["Stra\u00dfe.jpg.png", "STRASSE.jpg-2.png"]),
        (["a.jpg", "A.png", "a.jpg.webp", "a.jpg-2.webp"], ["a.jpg.png", "A.png.png", "a.jpg-2.png", "a.jpg-2-2.png"]),
    ],
)
def test_no_two_results_share_a_name(names, expected_names):
    found = name_results([Path("in") / name for name in names], ".png")
    assert found == expected_names
    assert len({unicodedata.normalize("NFC", name).casefold() for name in found}) == len(names)


def test_pictures_of_one_name_do_not_overwrite_each_other(folder):
    for i, name in enumerate(("a.jpg", "a.png", "a.png.jpg", "A.png")):
        fill(folder / "in", name, size=(40, 32 + i))
    assert stylize(folder, content="in", out="out") == 0
    heights = {path.name: Image.open(path).height for path in (folder / "out").iterdir()}
    assert heights == {"A.png.png": 35, "a.jpg.png": 32, "a.png-2.png": 33, "a.png-3.png": 34}


# What a phone's folder holds


def test_what_is_no_picture_is_passed_over_and_counted(folder, capsys):
    fill(folder / "in", "IMG_0001.PNG", "no-suffix", "b.jfif")
    for name in ("IMG_0001.MOV", "IMG_0002.mov", "IMG_0001.AAE", "Thumbs.db", "desktop.ini", ".DS_Store", "._b.jfif"):
        (folder / "in" / name).write_bytes(b"BM, but no picture")
    (folder / "in" / "more").mkdir()
    assert stylize(folder, content="in", out="out") == 0
    assert {path.name for path in (folder / "out").iterdir()} == {"IMG_0001.png", "no-suffix.png", "b.png"}
    out, err = capsys.readouterr()
    assert out == f"3 of 3 pictures written to {folder / 'out'}\n"
    kinds = "2 .mov, 1 .DS_Store, 1 .aae, 1 .db, 1 .ini, 1 .jfif"
    assert err.splitlines()[-1] == f"Passed over 7 file(s) that are no pictures ({kinds}) and 1 folder(s)."


def test_a_link_to_nowhere_is_named(folder, capsys):
    fill(folder / "in", "a.png")
    (folder / "in" / "gone.jpg").symlink_to(folder / "gone.jpg")
    assert stylize(folder, content="in", out="out") == 1
    assert "gone.jpg: No such file or directory." in capsys.readouterr().err


def test_a_sheet_passes_them_over_as_well(full, capsys):
    (full / "in" / "a.MOV").write_bytes(b"film")
    (full / "styles" / "Thumbs.db").write_bytes(b"small")
    assert sheet(full, "sheet.png") == 0
    assert capsys.readouterr().err.splitlines()[-1] == "Passed over 2 file(s) that are no pictures (1 .db, 1 .mov)."


def test_a_folder_of_nothing_else_holds_no_pictures(folder, capsys):
    (folder / "in").mkdir()
    (folder / "in" / "a.MOV").write_bytes(b"film")
    assert stylize(folder, content="in", out="out") == 2
    assert "in holds no pictures" in one_line(capsys)
    assert not (folder / "out").exists()
