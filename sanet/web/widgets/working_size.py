"""The working size: how far it goes for a photograph, and a line that says what a picture of that size will cost."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from sanet.engine.cost import Estimate
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import size_of
from sanet.web.events import at_changes
from sanet.web.i18n import said, translated, word
from sanet.web.result import CLEARED_AWAY, QUICK
from sanet.web.widgets.picture_input import PictureInput

SMALLEST, STEP = 256, 64
ALWAYS = 512  # the slider goes so far even for small photographs, which are never enlarged
LONGEST = 8192  # that other programs may ask for


def size_slider() -> gr.Slider:
    """The slider; `working_size` adapts it to the photograph."""
    return gr.Slider(SMALLEST, LONGEST, 512, step=STEP, label=word("working_size"), min_width=180)


def working_size(
    engine: Stylizer,
    content: PictureInput,
    styles: Sequence[PictureInput],
    max_side: gr.Slider,
    note: gr.Markdown,
    elem_id: str,
) -> None:
    """Let `max_side` go up to the photograph's own size, and build the line under it; `note` tells of a new result."""
    line = gr.Markdown(elem_id=elem_id, elem_classes="note")

    def fitted(content: str | None, chosen: float, *styles: str | None) -> tuple[Any, str]:
        end = _up_to(content)
        if end is None:
            return gr.skip(), _cost(engine, content, chosen, styles)
        # Only a size beyond the photograph's is changed.
        slider = gr.update(maximum=end, value=end) if chosen > end else gr.update(maximum=end)
        return slider, _cost(engine, content, min(chosen, end), styles)

    # In one: the slider must have its new end before the size is looked at again.
    inputs = [content, max_side, *styles]
    at_changes(fitted, inputs, [max_side, line])
    note.change(lambda *values: fitted(*values)[1], inputs, line, trigger_mode="always_last", **QUICK)


def _up_to(content: str | None) -> int | None:
    """Where the slider ends for a photograph; None without one that can be read."""
    try:
        return max(ALWAYS, -(-max(size_of(content)) // STEP) * STEP) if content else None
    except (ValueError, FileNotFoundError):  # said by the upload, or by the line of costs
        return None


def _cost(engine: Stylizer, content: str | None, max_side: float, styles: Sequence[str | None]) -> str:
    given = [style for style in styles if style]
    if not content or not given:
        return ""
    try:
        return in_words(engine.estimate(size_of(content), [size_of(style) for style in given], int(max_side)))
    except ValueError as error:
        return translated(str(error))
    except FileNotFoundError:
        return translated(CLEARED_AWAY)


def in_words(estimate: Estimate) -> str:
    """One line: size, time and memory, or that it does not fit."""
    size = f"{estimate.size[0]} × {estimate.size[1]} px"
    if not estimate.fits and estimate.free is not None:
        needed, free = _gigabytes(estimate.memory), _gigabytes(estimate.free)
        return said("cost_too_much", size=size, needed=needed, free=free)
    costs = size
    if estimate.seconds is not None:
        costs = said("cost_time", costs=costs, time=_duration(estimate.seconds))
    if estimate.memory:
        costs = said("cost_memory", costs=costs, memory=_gigabytes(estimate.memory))
    return costs


def _gigabytes(count: float) -> str:
    return f"{max(0.1, count / 1e9):.1f} GB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return said("seconds", count=max(1, round(seconds)))
    return said("minutes", count=round(seconds / 60))
