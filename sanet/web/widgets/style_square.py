"""The four-style square: a widget with a picture at each corner and a point that is dragged between them."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr

from sanet.engine.controls import bilinear_mix
from sanet.web.examples import called
from sanet.web.result import glimpse
from sanet.web.widgets.live_preview import LivePreview
from sanet.web.widgets.thumbnails import data_address, square

HERE = Path(__file__).parent
THUMBNAIL_SIDE = 160
# Run in the browser when the full picture has come.
FULL_PICTURE = "() => document.dispatchEvent(new Event('full-picture'))"


def style_square(paths: Sequence[Path], elem_id: str, live: LivePreview, target: str) -> gr.HTML:
    """The square with four pictures; its value is {"x": 0..1, "y": 0..1} from the top left.

    Triggers "input" at every move and "release" when the point comes to rest; in between it lays previews over the
    element `target`, until the event `FULL_PICTURE`. Its template, style and script lie beside this module.
    """

    def draw(asked: dict[str, Any]) -> str:
        try:
            return live.draw(str(asked["ticket"]), bilinear_mix(float(asked["x"]), float(asked["y"])))
        except (ValueError, KeyError, TypeError):  # not from this widget
            return ""

    return gr.HTML(
        {"x": 0.5, "y": 0.5},
        html_template=(HERE / "style_square.html").read_text(),
        css_template=(HERE / "style_square.css").read_text(),
        js_on_load=f"const TARGET = {json.dumps(target)};\n" + (HERE / "style_square.js").read_text(),
        apply_default_css=False,
        corners=[corner(str(path)) for path in paths],
        names=[called(str(path)) for path in paths],
        ticket="",
        server_functions=[draw],
        elem_id=elem_id,
    )


def square_of(paths: Sequence[str | None], ticket: str) -> gr.HTML:
    """An update of the square's pictures; the point stays where the visitor has moved it by now."""
    return gr.HTML(
        corners=[corner(path) for path in paths], names=[called(path) if path else "" for path in paths], ticket=ticket
    )


@lru_cache(64)
def corner(path: str | None) -> str:
    """A small square of the picture as a data address; "" without a picture."""
    picture = glimpse(path)
    return data_address(square(picture, THUMBNAIL_SIDE)) if picture else ""
