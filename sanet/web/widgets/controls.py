"""Strength, working size, colours and what shows of the photograph: what every tab with a result sets."""

from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from sanet.engine.request import Request
from sanet.web.i18n import word
from sanet.web.widgets.working_size import size_slider


class CommonControls(NamedTuple):
    """The inputs that every function with a result has."""

    alpha: gr.Slider
    max_side: gr.Slider
    keep_color: gr.Checkbox
    reconstruct: gr.Checkbox  # seen with results that were made so, as all were at first


def common_controls(name: str) -> CommonControls:
    """The controls beside the result of the tab `name`."""
    alpha = gr.Slider(0, 1, 1, step=0.05, label=word("strength"), elem_id=f"{name}-strength")
    with gr.Row():
        max_side = size_slider()
        keep_color = gr.Checkbox(label=word("keep_color"), min_width=200, elem_classes="setting")
    reconstruct = gr.Checkbox(label=word("reconstruct"), visible=False, elem_classes=["reconstruct", "setting"])
    return CommonControls(alpha, max_side, keep_color, reconstruct)


def values_of(widgets: CommonControls, request: Request) -> dict[Component, Any]:
    """What the widgets show of a request."""
    controls = request.controls
    reconstruct = gr.update(value=controls.reconstruct, visible=controls.reconstruct)
    return dict(zip(widgets, (controls.alpha, request.max_side, controls.keep_color, reconstruct), strict=True))
