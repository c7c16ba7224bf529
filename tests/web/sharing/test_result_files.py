"""Results as files that a visitor keeps: three formats, and the recipe inside."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.image.decode import open_picture, size_of
from sanet.image.save import read_note, save_picture
from sanet.web.choice import Choice
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.files import glimpse
from sanet.web.result import Made
from sanet.web.sharing.recipe import MARK, from_note
from sanet.web.sharing.result_files import SUFFIXES, open_result, write_result
from sanet.web.widgets.before_after import words_for

CASTLE = str(CONTENTS[0].path)


def choice(content: str | None, style: str | None, whole: bool = True) -> Choice:
    return Choice("one", Request(content, (style,), Controls(0.7, keep_color=True), 256), whole)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A result of an example in a style of the visitor's own."""
    before, after, own = tmp_path / "before.jpg", tmp_path / "castle-a70.png", tmp_path / "my-secret-style.jpg"
    Image.open(CONTENTS[0].path).resize((96, 64)).save(before)
    Image.open(STYLES[0].path).resize((96, 64)).save(after)
    Image.open(STYLES[1].path).resize((64, 64)).save(own)
    return Made(choice(CASTLE, str(own)), str(before), str(after))


@pytest.mark.parametrize("kind", SUFFIXES)
def test_every_format_holds_the_picture_and_the_recipe_and_nothing_of_the_visitors(made: Made, kind: str) -> None:
    path = write_result(made, kind, 95, True)
    assert Path(path).name == f"castle-a70{SUFFIXES[kind]}"
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == (kind.upper(), (96, 64))
        off = ImageStat.Stat(ImageChops.difference(picture.convert("RGB"), Image.open(made.after).convert("RGB")))
    assert sum(off.mean) / 3 < 6
    assert MARK.encode() in Path(path).read_bytes()  # as the page looks for it
    assert b"secret" not in Path(path).read_bytes()
    opened = open_result([path])
    assert opened.choice == choice(CASTLE, None, whole=False)
    assert open_picture(opened.before).size == open_picture(opened.after).size == (96, 64)
    assert not opened.made_here
    assert read_note(opened.after) == ""


def test_without_the_recipe_a_file_says_nothing_and_cannot_be_opened(made: Made) -> None:
    for kind in SUFFIXES:
        path = write_result(made, kind, 80, False)
        assert not Image.open(path).getexif()
        with pytest.raises(ValueError, match="holds no recipe"):
            open_result([path])


def test_quality_is_what_it_says(made: Made) -> None:
    for kind in ("JPEG", "WebP"):
        sizes = [Path(write_result(made, kind, quality, False)).stat().st_size for quality in (10, 50, 95)]
        assert sizes == sorted(sizes)
        assert sizes[0] < sizes[-1] / 2


def test_the_photograph_before_stands_in_for_one_of_the_visitors_own(made: Made) -> None:
    own = Made(choice(made.choice.request.styles[0], str(STYLES[0].path)), made.before, made.after)
    path = write_result(own, "PNG", 100, True)
    assert open_result([path]).choice.request.content is None
    both = open_result([path, own.before])
    assert both.choice == choice(both.before, str(STYLES[0].path))


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "holds no recipe"),
        ("A holiday", "holds no recipe"),
        (MARK + "{", "cut off or damaged"),
        (MARK + "[" * 7000, "cut off or damaged"),
        (MARK + "x" * 9000, "too long"),
        (MARK + '{"version": 99}', "newer version"),
        (MARK + '{"version": 1, "tab": "one"}', "not a recipe"),
    ],
)
def test_what_is_no_recipe_is_refused_in_one_sentence(tmp_path: Path, note: str, sentence: str) -> None:
    save_picture(Image.new("RGB", (32, 32)), tmp_path / "a.png", note=note)
    with pytest.raises(ValueError, match=sentence):
        from_note(read_note(tmp_path / "a.png"))


def test_a_file_that_is_no_picture_has_no_note(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(MARK.encode())
    assert read_note(tmp_path / "a.png") == ""


def test_a_file_that_is_not_there_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    for read in (read_note, size_of):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "a.png")
    assert glimpse(str(tmp_path / "a.png")) is None


def test_the_pictures_are_described(made: Made) -> None:
    assert words_for(made) == [
        "Photograph before: Neuschwanstein Castle",
        "Result: Neuschwanstein Castle in the style of my secret style",
    ]
    assert words_for(None) == []
