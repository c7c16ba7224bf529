"""Strength, working size and, behind "More control", what few need: what every tab with a result sets."""

from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from sanet.engine.controls import COLORS
from sanet.engine.request import Request
from sanet.web.i18n import word
from sanet.web.widgets.working_size import size_slider


class CommonControls(NamedTuple):
    """The inputs that every function with a result has."""

    alpha: gr.Slider
    max_side: gr.Slider
    keep_color: gr.Checkbox  # never seen: programs may set it in place of `colors`
    reconstruct: gr.Checkbox  # seen with results that were made so, as all were at first
    colors: gr.Radio


def common_controls(name: str) -> CommonControls:
    """The controls beside the result of the tab `name`."""
    alpha = gr.Slider(0, 1, 1, step=0.05, label=word("strength"), elem_id=f"{name}-strength")
    max_side = size_slider()
    keep_color = gr.Checkbox(label=word("keep_color"), visible=False)
    reconstruct = gr.Checkbox(label=word("reconstruct"), visible=False, elem_classes="reconstruct")
    with gr.Accordion(word("more_control"), open=False, elem_id=f"{name}-more"):
        choices = [(word(f"colors_{colors}"), colors) for colors in COLORS]
        colors = gr.Radio(choices, value=COLORS[0], label=word("colors"), elem_id=f"{name}-colors")
    return CommonControls(alpha, max_side, keep_color, reconstruct, colors)


def values_of(widgets: CommonControls, request: Request) -> dict[Component, Any]:
    """What the widgets show of a request."""
    controls = request.controls
    reconstruct = gr.update(value=controls.reconstruct, visible=controls.reconstruct)
    return dict(zip(widgets, (controls.alpha, request.max_side, False, reconstruct, controls.colors), strict=True))
