"""The four-style square: a widget with a picture at each corner and a point that is dragged between them."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import gradio as gr

from sanet.web.results import glimpse

HERE = Path(__file__).parent
THUMBNAIL_SIDE = 160


def style_square(paths: Sequence[Path], elem_id: str) -> gr.HTML:
    """The square with four pictures; its value is {"x": 0..1, "y": 0..1} from the top left.

    Triggers "input" while the point is dragged. Its template, style and script lie beside this module.
    """
    return gr.HTML(
        {"x": 0.5, "y": 0.5},
        html_template=(HERE / "style_square.html").read_text(),
        css_template=(HERE / "style_square.css").read_text(),
        js_on_load=(HERE / "style_square.js").read_text(),
        apply_default_css=False,
        corners=[corner(str(path)) for path in paths],
        elem_id=elem_id,
    )


def corner(path: str | None) -> str:
    """A small square of the picture as a data address; "" without a picture."""
    picture = glimpse(path)
    if picture is None:
        return ""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    small = picture.resize((THUMBNAIL_SIDE,) * 2, box=(left, top, left + side, top + side), reducing_gap=2.0)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
