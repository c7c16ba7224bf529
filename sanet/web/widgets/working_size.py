"""The working size: how far it goes for a photograph, and a line that says what a picture of that size will cost."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component

from sanet.engine.cost import Estimate
from sanet.engine.protocol import Engine
from sanet.image.decode import size_of
from sanet.web.errors import CLEARED_AWAY, sentence_of
from sanet.web.events import QUICK, at_changes
from sanet.web.i18n import said, translated, word
from sanet.web.sharing.recipe import LONGEST, SMALLEST
from sanet.web.widgets.picture_input import PictureInput

STEP = 64
ALWAYS = 512  # the slider goes so far even for small photographs, which are never enlarged


class SizeSlider(gr.Slider):
    """A slider whose number may be typed: until the field is left, Gradio sends what is not in its range, too."""

    is_template = True  # the page draws it as the class above it

    def preprocess(self, payload: float) -> float:
        return super().preprocess(min(max(payload, self.minimum), self.maximum))


def size_slider() -> SizeSlider:
    """The slider; `connect_size` adapts it to the photograph, for other programs it goes to `LONGEST`."""
    words = word("working_size")
    return SizeSlider(SMALLEST, LONGEST, 512, step=STEP, label=words, min_width=180, elem_classes="setting")


def cost_line(elem_id: str) -> gr.Markdown:
    """Where it is said what a picture of the chosen size will cost."""
    return gr.Markdown(elem_id=elem_id, elem_classes=["note", "setting"])


def connect_size(
    engine: Engine,
    content: PictureInput,
    styles: Sequence[PictureInput],
    sizes: Sequence[Component],
    line: gr.Markdown,
    note: gr.Markdown,
) -> None:
    """Let the first of `sizes`, the slider, go up to the photograph's own size, and `line` say the cost.

    `sizes`: of the result, of its strokes, and the switch that lets it be larger. `note` tells of a new result.
    """
    # In one: the slider must have its new end before the size is looked at again.
    inputs = [content, *sizes, *styles]
    at_changes(partial(fitted, engine), inputs, [sizes[0], line])
    note.change(partial(cost, engine), inputs, line, trigger_mode="always_last", **QUICK)


def fitted(
    engine: Engine, content: str | None, chosen: float, stroke_size: float, enlarge: bool, *styles: str | None
) -> tuple[Any, str]:
    """The slider for a photograph, and the cost. Only a size beyond the photograph's is changed."""
    end = LONGEST if enlarge else _up_to(content)
    if end is None:
        return gr.skip(), cost(engine, content, chosen, stroke_size, enlarge, *styles)
    slider = gr.update(maximum=end, value=end) if chosen > end else gr.update(maximum=end)
    return slider, cost(engine, content, min(chosen, end), stroke_size, enlarge, *styles)


def _up_to(content: str | None) -> int | None:
    """Where the slider ends for a photograph; None without one that can be read."""
    try:
        return max(ALWAYS, -(-max(size_of(content)) // STEP) * STEP) if content else None
    except (ValueError, FileNotFoundError):  # said by the upload, or by the line of costs
        return None


def cost(
    engine: Engine, content: str | None, chosen: float, stroke_size: float, enlarge: bool, *styles: str | None
) -> str:
    """What a picture of the chosen size will cost, at most the photograph's own but for `enlarge`; "" until there are
    pictures.
    """
    given = [style for style in styles if style]
    if not content or not given:
        return ""
    try:
        sizes = size_of(content), [size_of(style) for style in given]
        return in_words(engine.estimate(*sizes, int(chosen), stroke_size=stroke_size, enlarge=enlarge))
    except ValueError as error:
        return sentence_of(error)
    except FileNotFoundError:
        return translated(CLEARED_AWAY)


def in_words(estimate: Estimate) -> str:
    """One line: size and time, or that there is not memory enough."""
    size = f"{estimate.size[0]} × {estimate.size[1]} px"
    if not estimate.fits and estimate.free is not None:
        needed, free = _gigabytes(estimate.memory), _gigabytes(estimate.free)
        return said("cost_too_much", size=size, needed=needed, free=free)
    return size if estimate.seconds is None else said("cost_time", costs=size, time=duration(estimate.seconds))


def _gigabytes(count: float) -> str:
    return f"{max(0.1, count / 1e9):.1f} GB"


def duration(seconds: float) -> str:
    """In words."""
    if seconds < 90:
        return said("seconds", count=max(1, round(seconds)))
    return said("minutes", count=round(seconds / 60))
