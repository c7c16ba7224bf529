"""Pictures that the browser brings into a place: chosen, dropped or pasted. If one is refused, the one before stays."""

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from sanet.image.decode import MAX_BYTES, MAX_PIXELS, open_picture
from sanet.web.events import NOTICED, bound
from sanet.web.i18n import said, translated
from sanet.web.widgets.picture_input import PictureInput

# What phones and cameras call their pictures, and many computers do not know.
KINDS = ".heic,.heif,.hif,.avif,.mpo,.jfif"


class Brought(NamedTuple):
    """The upload that takes them, where they belong, and whether they are there now."""

    file: gr.UploadButton
    way: gr.JSON
    is_there: gr.Checkbox


def brought() -> Brought:
    """Build it; nothing is seen of it."""
    file = gr.UploadButton("", visible="hidden", elem_id="brought")  # Gradio would go by the names of files
    return Brought(file, gr.JSON(visible=False), gr.Checkbox(visible=False))


def connect_brought(widgets: Brought, places: Sequence[PictureInput]) -> None:
    """Let a picture replace the one in its place, and be painted where that goes by itself."""
    put = bound(put_in, {str(place.elem_id): place for place in places} | {"": widgets.is_there})
    came = widgets.file.upload(
        put,
        [widgets.file, widgets.way],
        [widgets.is_there, *places],
        js="noteBrought",
        trigger_mode="multiple",
        **NOTICED,
    )
    came.success(None, widgets.is_there, None, js="(isThere) => isThere && repaint()")


def put_in(places: dict[str, Any], path: str | None, way: Any) -> dict[Any, Any]:
    """The picture in its place, or a notice why it cannot be used."""
    place = places.get(str(way.get("place"))) if isinstance(way, dict) else None
    if not path or place is None:
        return {places[""]: False}
    try:
        open_picture(path)
    except ValueError as error:
        gr.Warning(html.escape(translated(error)), title=said("unusable"))
        return {places[""]: False}
    if way.get("scaled"):
        gr.Info(said("scaled"))
    return {places[""]: True, place: path}


def script() -> str:
    """brought.js with its constants."""
    most = json.dumps({"bytes": MAX_BYTES, "pixels": MAX_PIXELS})
    constants = f"const MOST = {most};\nconst KINDS = {json.dumps(KINDS)};\n"
    return constants + Path(__file__).with_suffix(".js").read_text()
