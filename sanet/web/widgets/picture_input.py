"""The upload of a picture: hands the file over as it came, refuses bad ones at once."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import gradio as gr
from gradio.data_classes import ImageData

from sanet.image.decode import open_picture
from sanet.web.i18n import said, translated, word
from sanet.web.result import NOTICED

Source = Literal["upload", "webcam"]
SHOWN_BY_BROWSERS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


class PictureInput(gr.Image):
    """An upload that hands over the file as it came: `gr.Image` would drop orientation, profile and transparency."""

    is_template = True  # the page draws it as the class above it

    def preprocess(self, payload: ImageData | None) -> str | None:
        return payload.path if payload else None


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
        elem_classes=["named-by-label", *(["photograph"] if "webcam" in sources else [])],
    )
    picture.upload(_checked, picture, picture, **NOTICED)
    return picture


def _checked(path: str | None) -> Any:
    """Refuse a bad upload at once, and show formats that browsers cannot, such as HEIC, as PNG."""
    if not path:
        return None
    try:
        picture = open_picture(path)
    except ValueError as error:
        gr.Warning(html.escape(translated(str(error))), title=said("unusable"))
        return None
    return gr.skip() if path.lower().endswith(SHOWN_BY_BROWSERS) else picture
