"""Methods side by side from the command line: their order and seconds, and refusals before anything is loaded."""

import pytest
from PIL import Image

from sanet.image.decode import open_picture
from sanet.methods import methods as module
from sanet.methods.compare import sheet_size
from tests.support.command_line import call, one_line
from tests.support.fake_methods import FakeMethods


@pytest.fixture
def fake(monkeypatch):
    """The methods of the command."""
    methods = FakeMethods()
    monkeypatch.setattr(module, "Methods", lambda engine: methods)
    return methods


def compare(folder, *arguments, out="sheet.png"):
    paths = [folder / "content.png", folder / "style.png"]
    return call("compare", *paths, "-o", folder / out, "--checkpoint", folder / "net", *arguments)


def test_all_five_are_painted_on_one_sheet_with_their_seconds(folder, capsys, fake):
    assert compare(folder, "--size", 40, "--alpha", 0.5, "--steps", 7) == 0
    out, err = capsys.readouterr()
    assert out == f"{folder / 'sheet.png'}\n"
    said = [line for line in err.replace("\r", "\n").split("\n") if line.endswith(" s")]
    assert [line.split(":")[0] for line in said] == ["SANet", "Gatys et al.", "WCT", "Avatar-Net", "AdaIN"]
    assert open_picture(folder / "sheet.png").size == sheet_size((40, 28), 5)
    assert {asked[1:3] for asked in fake.asked} == {(40, 0.5)}
    assert [asked[3] for asked in fake.asked] == [1, 7] * 5  # each once before, for what is done once


def test_the_seconds_are_not_those_of_pictures_that_the_engine_remembers(folder, fake):
    assert compare(folder, "--methods", "sanet") == 0
    before, timed = fake.given
    assert before[0] != timed[0]
    assert before[1] != timed[1]


def test_methods_may_be_chosen(folder, fake):
    assert compare(folder, "--methods", "adain,SANet", out="sheet.jpg") == 0
    assert list(dict.fromkeys(name for name, *_ in fake.asked)) == ["adain", "sanet"]
    assert open_picture(folder / "sheet.jpg").size == sheet_size((48, 33), 2)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--methods", "sanet,pix2pix"), "There is no method 'pix2pix'; there are sanet, gatys,"),
        (("--methods", ""), "There is no method ''"),
        (("--size", "0"), "16 pixels or more, got 0"),
        (("--alpha", "2"), "from 0 to 1, got 2"),
        (("--steps", "0"), "Gatys takes 1 to 1000 steps, got 0"),
        (("--size", "4096", "--methods", "wct"), "WCT paints up to 2048 pixels"),
        (("--steps", "many"), "whole number of steps, got many"),
    ],
)
def test_what_does_not_work_is_named_before_the_checkpoint_is_loaded(folder, capsys, arguments, named):
    assert compare(folder, "--checkpoint", "nowhere", *arguments) == 2
    assert named in one_line(capsys)


def test_files_that_do_not_work_are_named(folder, capsys, fake):
    assert compare(folder, out="sheet.gif") == 2
    assert ".png" in one_line(capsys)
    assert compare(folder, out="content.png") == 2
    assert "is the input" in one_line(capsys)
    Image.new("RGB", (8, 8)).save(folder / "style.png")
    assert compare(folder) == 2
    assert "style.png: The picture is too small" in one_line(capsys)
    assert fake.asked == []
