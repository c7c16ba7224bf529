"""The upload of a picture: hands the file over as it came, refuses bad ones at once."""

import html
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import gradio as gr
from gradio.data_classes import ImageData

from sanet.image.decode import is_shown_by_browsers, open_picture
from sanet.image.save import save_picture
from sanet.web.events import NOTICED
from sanet.web.files import new_folder
from sanet.web.i18n import said, translated, word

Source = Literal["upload", "webcam"]
SHOWN_SIDE = 1024  # pixels of a copy for the eyes alone
ORIGINAL = "original"  # folder beside such a copy


class PictureInput(gr.Image):
    """An upload that hands over the file as it came: `gr.Image` would drop orientation, profile and transparency.

    Of a file that browsers cannot show, such as HEIC, the page holds a copy, and the file itself is handed over.
    """

    is_template = True  # the page draws it as the class above it

    def preprocess(self, payload: ImageData | None) -> str | None:
        return _original(payload.path) if payload and payload.path else None

    def postprocess(self, value: Any) -> Any:
        return super().postprocess(_shown(value) if isinstance(value, str | Path) else value)


def _shown(path: str | Path) -> str | Path:
    """The file, or a copy that browsers can show; the file if there is no picture in it."""
    try:
        if is_shown_by_browsers(path):
            return path
        picture = open_picture(path)
    except (ValueError, OSError):  # said by the upload, or when it is to be painted
        return path
    folder = new_folder()
    (folder / ORIGINAL).mkdir()
    shutil.copyfile(path, folder / ORIGINAL / Path(path).name)
    picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE), reducing_gap=2.0)
    copy = folder / f"{Path(path).stem}.{'png' if picture.mode == 'RGBA' else 'jpg'}"
    save_picture(picture, copy)
    return copy


def _original(path: str) -> str:
    """The file of which `path` may be a copy."""
    beside = Path(path).parent / ORIGINAL
    return str(next(beside.iterdir())) if beside.is_dir() else path


def picture_input(
    path: Path | None, label: str, height: int, elem_id: str, sources: Sequence[Source] = ("upload",)
) -> PictureInput:
    """An upload that says at once if a picture cannot be used."""
    picture = PictureInput(
        path,
        label=label,
        type="filepath",
        image_mode=None,
        format="png",
        sources=list(sources),
        buttons=[],
        height=height,
        min_width=64,
        placeholder=word("add_picture"),
        elem_id=elem_id,
        elem_classes=["picture-place", "named-by-label", *(["photograph"] if "webcam" in sources else [])],
        webcam_options=gr.WebcamOptions(mirror=False),  # Gradio would save the mirrored picture, too
    )
    picture.upload(_checked, picture, picture, **NOTICED)
    return picture


def _checked(path: str | None) -> Any:
    """Refuse a bad upload at once, and show those that browsers cannot."""
    if not path:
        return None
    try:
        open_picture(path)
    except ValueError as error:
        gr.Warning(html.escape(translated(error)), title=said("unusable"))
        return None
    return gr.skip() if is_shown_by_browsers(path) else path
