"""An upload: what the page shows, and which file it hands over."""

from pathlib import Path

import gradio as gr
import pytest
from gradio.data_classes import ImageData
from PIL import Image

from sanet.image.decode import size_of
from sanet.web.widgets import picture_input
from sanet.web.widgets.picture_input import PictureInput, _checked
from tests.support.pictures import encoded, quarters


@pytest.fixture
def box() -> PictureInput:
    return PictureInput(type="filepath", render=False)


def shown(box: PictureInput, path: Path | str) -> str:
    data = box.postprocess(str(path))
    assert isinstance(data, ImageData)
    assert data.path
    return data.path


def handed(box: PictureInput, path: str) -> str | None:
    return box.preprocess(ImageData(path=path))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
@pytest.mark.parametrize("name", ["a.jpg", "IMG_0001.HEIC", "no-suffix"])
def test_what_browsers_show_stays(box: PictureInput, kind: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(encoded(quarters(), kind))
    assert shown(box, tmp_path / name) == handed(box, str(tmp_path / name)) == str(tmp_path / name)


@pytest.mark.parametrize("kind", ["HEIF", "TIFF", "BMP"])
@pytest.mark.parametrize("name", ["IMG_0001.HEIC", "a.jpg", "no-suffix"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_of_what_they_do_not_show_there_is_a_copy_and_the_file_is_handed_over(
    box: PictureInput, kind: str, name: str, mode: str, tmp_path: Path
) -> None:
    large = quarters().resize((1500, 1000))
    if mode == "RGBA":
        large.putalpha(Image.linear_gradient("L").resize(large.size))
    data = encoded(large, kind)
    (tmp_path / name).write_bytes(data)
    copy = shown(box, tmp_path / name)
    with Image.open(copy) as picture:
        assert (picture.format, picture.size) == ("JPEG" if mode == "RGB" or kind == "BMP" else "PNG", (1024, 683))
    assert Path(copy).stem == Path(name).stem
    original = handed(box, copy)
    assert original is not None
    assert Path(original).name == name
    assert Path(original).read_bytes() == data
    (tmp_path / name).unlink()  # Gradio clears uploads away by themselves
    assert size_of(original) == (1500, 1000)
    assert handed(box, shown(box, original)) != original  # opened again from a recipe: another copy of the same file


def test_what_is_no_picture_and_nothing_stay_what_they_are(box: PictureInput, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"a letter")
    assert shown(box, tmp_path / "a.jpg") == str(tmp_path / "a.jpg")
    assert shown(box, tmp_path / "gone.jpg") == str(tmp_path / "gone.jpg")
    assert box.postprocess(None) is None
    assert box.preprocess(None) is None


def test_an_upload_is_checked_by_its_contents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: list[str] = []
    monkeypatch.setattr(picture_input.gr, "Warning", lambda sentence, title: said.append(sentence))
    for name, data in (("a.jpg", encoded(quarters(), "HEIF")), ("b.heic", encoded(quarters(), "PNG"))):
        (tmp_path / name).write_bytes(data)
    assert _checked(str(tmp_path / "a.jpg")) == str(tmp_path / "a.jpg")
    assert _checked(str(tmp_path / "b.heic")) == gr.skip()
    (tmp_path / "c.jpg").write_bytes(b"FUJIFILMCCD-RAW")
    assert _checked(str(tmp_path / "c.jpg")) is None
    assert said == ["This is a camera&#x27;s raw file; export it as JPEG, HEIC or TIFF first."]
