"""Strength, working size and, behind "More control", what few need: what every tab with a result sets."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency
from PIL import Image

from sanet.engine.controls import COLORS
from sanet.engine.request import Request
from sanet.errors import RefusedError
from sanet.image.decode import size_of
from sanet.image.print_size import MOST_DPI, PAPERS, RESOLUTIONS, side_on_paper
from sanet.image.size import fitted_size
from sanet.image.stroke_size import LARGEST, SMALLEST, grown_strokes
from sanet.web.errors import explained
from sanet.web.events import NOTICED
from sanet.web.i18n import word
from sanet.web.sharing.recipe import LONGEST
from sanet.web.widgets.picture_input import PictureInput
from sanet.web.widgets.region_overlay import region_overlay
from sanet.web.widgets.thumbnails import data_address
from sanet.web.widgets.working_size import size_slider

SAMPLES = Path(__file__).with_name("samples")


class StrokeSize(gr.Number):
    """A number that is typed: an empty field stands for 1, and what is out of range for the nearest that is in it."""

    is_template = True  # the page draws it as the class above it

    def preprocess(self, payload: str | float | None) -> float:
        size = super().preprocess(payload)
        return 1.0 if size is None else min(max(size, SMALLEST), LARGEST)


class Dots(gr.Number):
    """Dots per inch, typed as above; an empty field stands for 0, which is to say nothing."""

    is_template = True

    def preprocess(self, payload: str | float | None) -> int:
        return min(max(int(super().preprocess(payload) or 0), 0), MOST_DPI)


# What the list of papers offers, in words that say the same everywhere.
SHEETS = {f"{paper}, {dpi} dpi": (paper, dpi) for paper in PAPERS for dpi in RESOLUTIONS}


class CommonControls(NamedTuple):
    """The inputs that every function with a result has, and what moves them."""

    alpha: gr.Slider
    max_side: gr.Slider
    keep_color: gr.Checkbox  # never seen: programs may set it in place of `colors`
    reconstruct: gr.Checkbox  # seen with results that were made so, as all were at first
    colors: gr.Radio
    stroke_size: StrokeSize
    enlarge: gr.Checkbox
    dpi: Dots
    match_regions: gr.Slider
    strokes: gr.Slider  # the stroke size as a power of 2, for the hand
    paper: gr.Dropdown
    grow: gr.Checkbox
    show_regions: gr.Button
    regions_shown: gr.Gallery

    @property
    def looks(self) -> list[Component]:
        """What previews are told beside the strength."""
        return [self.reconstruct, self.colors, self.stroke_size, self.match_regions]

    @property
    def sizes(self) -> list[Component]:
        """Of the result, of its strokes, and whether it may be larger than the photograph."""
        return [self.max_side, self.stroke_size, self.enlarge]

    @property
    def inputs(self) -> list[Component]:
        """What a function is given, in the order that programs know."""
        return list(self[:9])


def common_controls(name: str) -> CommonControls:
    """The controls beside the result of the tab `name`."""
    alpha = gr.Slider(0, 1, 1, step=0.05, label=word("strength"), elem_id=f"{name}-strength")
    max_side = size_slider()
    keep_color = gr.Checkbox(label=word("keep_color"), visible=False)
    reconstruct = gr.Checkbox(label=word("reconstruct"), visible=False, elem_classes=["reconstruct", "setting"])
    with gr.Accordion(word("more_control"), open=False, elem_id=f"{name}-more", elem_classes="setting"):
        choices = [(word(f"colors_{colors}"), colors) for colors in COLORS]
        colors = gr.Radio(choices, value=COLORS[0], label=word("colors"), elem_id=f"{name}-colors")
        _samples("colors")
        with gr.Row():
            # Powers of 2, so that half and twice as large are equally far.
            strokes = gr.Slider(-2, 2, 0, step=0.05, label=word("strokes"), elem_id=f"{name}-strokes", scale=3)
            label, elem_id = word("stroke_size"), f"{name}-stroke-size"
            stroke_size = StrokeSize(1, label=label, step=0.05, min_width=90, elem_id=elem_id)
        _samples("strokes")
        match = gr.Slider(0, 1, 0, step=0.05, label=word("match_regions"), elem_id=f"{name}-match")
        _samples("regions")
        show_regions, regions_shown = region_overlay(name)
        with gr.Row():
            paper = gr.Dropdown(list(SHEETS), value=None, label=word("paper"), min_width=150, elem_id=f"{name}-paper")
            dpi = Dots(0, precision=0, label=word("dpi"), min_width=110, elem_id=f"{name}-dpi")
        with gr.Row():
            enlarge = gr.Checkbox(label=word("enlarge"), min_width=200, elem_id=f"{name}-enlarge")
            grow = gr.Checkbox(True, label=word("grow"), min_width=200, elem_id=f"{name}-grow")
    fixed = (alpha, max_side, keep_color, reconstruct, colors, stroke_size, enlarge, dpi, match)
    return CommonControls(*fixed, strokes, paper, grow, show_regions, regions_shown)


def _samples(name: str) -> None:
    """Small pictures of what a control does, in the order of its choices; nothing that its words do not say."""
    picture = Image.open(SAMPLES / f"{name}.jpg")
    size = f'width="{picture.width}" height="{picture.height}"'  # or the panel would move when they come
    gr.HTML(f'<img class="samples" alt="" loading="lazy" {size} src="{data_address(picture)}">')


def with_looks(
    request: Request[str | None], reconstruct: bool, colors: str, stroke_size: float, match_regions: float
) -> Request[str | None]:
    """`request` as the widgets of `CommonControls.looks` say."""
    controls = replace(request.controls, reconstruct=reconstruct, colors=colors)
    return replace(request, controls=controls, stroke_size=stroke_size, match_regions=match_regions)


@explained()
def put_on_paper(
    content: str | None, paper: str, max_side: int, stroke_size: float, enlarge: bool, grow: bool
) -> tuple[Any, ...]:
    """Size, stroke size, switch, dots and slider for a paper; with `grow` the picture stays as it is, larger."""
    if not content:
        raise RefusedError("Choose a photograph first: upload one or click an example.")
    size, (name, dpi) = size_of(content), SHEETS[paper]
    before, after = max(fitted_size(size, max_side, enlarge)), side_on_paper(size, name, dpi)
    if grow:
        stroke_size = round(grown_strokes(stroke_size, before, after), 2)
    return gr.update(value=after, maximum=LONGEST), stroke_size, True, dpi, math.log2(stroke_size)


def connect_paper(widgets: CommonControls, content: PictureInput) -> None:
    """Let a paper set the size for the photograph."""
    inputs = [content, widgets.paper, *widgets.sizes, widgets.grow]
    widgets.paper.input(put_on_paper, inputs, [*widgets.sizes, widgets.dpi, widgets.strokes], **NOTICED)


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
    more = (size, request.enlarge, request.dpi, request.match_regions, math.log2(size), None)
    looks = (False, reconstruct, controls.colors, *more)
    max_side = gr.update(value=request.max_side, maximum=LONGEST) if request.enlarge else request.max_side
    return dict(zip(widgets, (controls.alpha, max_side, *looks), strict=False))
