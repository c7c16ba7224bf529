"""Strength, working size and, behind "More control", what few need: what every tab with a result sets."""

import math
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.engine.controls import COLORS
from sanet.engine.request import Request
from sanet.image.stroke_size import LARGEST, SMALLEST
from sanet.web.i18n import word
from sanet.web.widgets.working_size import size_slider


class StrokeSize(gr.Number):
    """A number that is typed: an empty field stands for 1, and what is out of range for the nearest that is in it."""

    is_template = True  # the page draws it as the class above it

    def preprocess(self, payload: str | float | None) -> float:
        size = super().preprocess(payload)
        return 1.0 if size is None else min(max(size, SMALLEST), LARGEST)


class CommonControls(NamedTuple):
    """The inputs that every function with a result has, and what moves them."""

    alpha: gr.Slider
    max_side: gr.Slider
    keep_color: gr.Checkbox  # never seen: programs may set it in place of `colors`
    reconstruct: gr.Checkbox  # seen with results that were made so, as all were at first
    colors: gr.Radio
    stroke_size: StrokeSize
    strokes: gr.Slider  # the same as a power of 2, for the hand

    @property
    def looks(self) -> list[Component]:
        """What previews are told beside the strength."""
        return [self.reconstruct, self.colors, self.stroke_size]

    @property
    def sizes(self) -> list[Component]:
        """Of the result and of its strokes."""
        return [self.max_side, self.stroke_size]

    @property
    def inputs(self) -> list[Component]:
        """What a function is given, in the order that programs know."""
        return list(self[:6])


def common_controls(name: str) -> CommonControls:
    """The controls beside the result of the tab `name`."""
    alpha = gr.Slider(0, 1, 1, step=0.05, label=word("strength"), elem_id=f"{name}-strength")
    max_side = size_slider()
    keep_color = gr.Checkbox(label=word("keep_color"), visible=False)
    reconstruct = gr.Checkbox(label=word("reconstruct"), visible=False, elem_classes="reconstruct")
    with gr.Accordion(word("more_control"), open=False, elem_id=f"{name}-more"):
        choices = [(word(f"colors_{colors}"), colors) for colors in COLORS]
        colors = gr.Radio(choices, value=COLORS[0], label=word("colors"), elem_id=f"{name}-colors")
        with gr.Row():
            # Powers of 2, so that half and twice as large are equally far.
            strokes = gr.Slider(-2, 2, 0, step=0.05, label=word("strokes"), elem_id=f"{name}-strokes", scale=3)
            label, elem_id = word("stroke_size"), f"{name}-stroke-size"
            stroke_size = StrokeSize(1, label=label, step=0.05, min_width=90, elem_id=elem_id)
    return CommonControls(alpha, max_side, keep_color, reconstruct, colors, stroke_size, strokes)


def connect_strokes(widgets: CommonControls) -> Dependency:
    """Let slider and number of the stroke size follow each other; the event after which the number is there."""
    to_slider = "(size) => Math.min(2, Math.max(-2, Math.log2(size || 1)))"
    widgets.stroke_size.input(None, widgets.stroke_size, widgets.strokes, js=to_slider)
    to_number = "(power) => Math.round(100 * 2 ** power) / 100"
    return widgets.strokes.input(None, widgets.strokes, widgets.stroke_size, js=to_number, trigger_mode="multiple")


def values_of(widgets: CommonControls, request: Request) -> dict[Component, Any]:
    """What the widgets show of a request."""
    controls = request.controls
    reconstruct = gr.update(value=controls.reconstruct, visible=controls.reconstruct)
    size = request.stroke_size
    shown = (controls.alpha, request.max_side, False, reconstruct, controls.colors, size, math.log2(size))
    return dict(zip(widgets, shown, strict=True))
