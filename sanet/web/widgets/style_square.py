"""The four-style square: a widget with a picture at each corner and a point that is dragged between them."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr

from sanet.engine.controls import bilinear_mix
from sanet.web.examples import display_name
from sanet.web.files import glimpse
from sanet.web.widgets.live_preview import LivePreview
from sanet.web.widgets.own_widget import own_widget
from sanet.web.widgets.thumbnails import data_address, square

THUMBNAIL_SIDE = 160
CORNERS = ("A", "B", "C", "D")  # top left, top right, bottom left, bottom right


def style_square(paths: Sequence[Path], elem_id: str, live: LivePreview, target: str) -> gr.HTML:
    """The square with four pictures; its value is {"x": 0..1, "y": 0..1} from the top left.

    Triggers "input" at every move and "release" when the point comes to rest; in between it lays previews over the
    element `target`.
    """

    def draw(asked: dict[str, Any]) -> str:  # as the script calls it
        return preview_at(live, asked)

    return own_widget(
        "style_square",
        {"x": 0.5, "y": 0.5},
        {"TARGET": target},
        corners=[corner(str(path)) for path in paths],
        names=[display_name(str(path)) for path in paths],
        ticket="",
        server_functions=[draw],
        elem_id=elem_id,
    )


def preview_at(live: LivePreview, asked: dict[str, Any]) -> str:
    """A preview at a point, as a data address; "" for what this widget does not ask."""
    try:
        return live.draw(str(asked["ticket"]), mix=bilinear_mix(float(asked["x"]), float(asked["y"])))
    except (ValueError, KeyError, TypeError, OverflowError):
        return ""


def square_of(paths: Sequence[str | None], ticket: str) -> gr.HTML:
    """An update of the square's pictures; the point stays where the visitor has moved it by now."""
    return gr.HTML(
        corners=[corner(path) for path in paths],
        names=[display_name(path) if path else "" for path in paths],
        ticket=ticket,
    )


def square_with(*styles: str | None) -> gr.HTML:
    """An update of the square's pictures, where nothing is previewed."""
    return square_of(styles, "")


def mixed(styles: Sequence[str | None], x: float, y: float) -> tuple[tuple[str, ...], tuple[float, ...] | None]:
    """Of four styles at the corners those that there are, and their shares at a point; None where none has any."""
    corners = [(style, share) for style, share in zip(styles, bilinear_mix(x, y), strict=True) if style]
    shares = tuple(share for _, share in corners)
    return tuple(style for style, _ in corners), shares if any(shares) else None


@lru_cache(64)
def corner(path: str | None) -> str:
    """A small square of the picture as a data address; "" without a picture."""
    picture = glimpse(path)
    return data_address(square(picture, THUMBNAIL_SIDE)) if picture else ""
