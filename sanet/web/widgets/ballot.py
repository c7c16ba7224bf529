"""Two unnamed results with the photograph and the style that they are made of, and questions about them one by one.

The pictures travel as data addresses, which do not tell what they are. Knows no vote and no method.
"""

import base64
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr

from sanet.image.decode import open_picture
from sanet.image.size import fit
from sanet.image.transparency import on_white
from sanet.web.widgets.own_widget import own_widget
from sanet.web.widgets.thumbnails import data_address

SIDE = 384  # pixels of the photograph and the style
QUESTIONS = ("own_vote_style", "own_vote_photograph", "own_vote_keep")


def ballot(elem_id: str) -> gr.HTML:
    """The widget. Its value is {"key", "answers", "milliseconds"}: what the browser calls itself, and at "input" what
    was answered, each "left" or "right". "opened", "skipped" and "next" ask for a pair.
    """
    return own_widget("ballot", None, {"QUESTIONS": QUESTIONS}, pictures={}, methods=[], elem_id=elem_id)


def ballot_of(photograph: Path, style: Path, left: Path, right: Path) -> gr.HTML:
    """An update that shows a pair, from its first question on."""
    shown = {"photograph": _small(photograph), "style": _small(style), "left": _whole(left), "right": _whole(right)}
    return gr.HTML(pictures=shown, methods=[])


def no_ballot() -> gr.HTML:
    """An update that takes the last pair away."""
    return gr.HTML(pictures={}, methods=[])


def revealed(left: str, right: str) -> gr.HTML:
    """An update that names the results."""
    return gr.HTML(methods=[left, right])


@lru_cache(64)
def _small(path: Path) -> str:
    return data_address(on_white(fit(open_picture(str(path)), SIDE)))


@lru_cache(256)
def _whole(path: Path) -> str:
    return "data:image/webp;base64," + base64.b64encode(path.read_bytes()).decode()


def answered(value: Any) -> tuple[str, tuple[str, ...], int]:
    """What the browser calls itself, its answers and how many milliseconds they took. ValueError for what is none."""
    try:
        return str(value["key"]), tuple(map(str, value["answers"])), int(value["milliseconds"])
    except (TypeError, KeyError, OverflowError) as error:
        raise ValueError("This is no ballot.") from error
