"""Tab "Four styles": a point between four pictures sets the share of each (section 4.4, style interpolation)."""

from functools import partial
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.engine.controls import Controls, bilinear_mix, bilinear_point
from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.web.choice import Choice, need_each_style
from sanet.web.errors import explained
from sanet.web.events import QUICK, at_changes, bound
from sanet.web.examples import STYLES
from sanet.web.i18n import word
from sanet.web.result import Painter, Result
from sanet.web.sharing.store import ShareStore
from sanet.web.surprise import some_photograph, some_point, some_settings, some_styles
from sanet.web.tabs import tour
from sanet.web.tabs.tab import Tab, painting, run_asked, run_live, run_pressed
from sanet.web.widgets.controls import (
    CommonControls,
    common_controls,
    connect_paper,
    connect_strokes,
    values_of,
    with_looks,
)
from sanet.web.widgets.live_preview import FULL_PICTURE, LivePreview
from sanet.web.widgets.live_strength import connect_live_strength, live_strength
from sanet.web.widgets.polish_button import connect_polish
from sanet.web.widgets.region_overlay import connect_overlay
from sanet.web.widgets.result_panel import ResultPanel, connect_result_panel, result_panel
from sanet.web.widgets.slots import StyleSlots, connect_slots, style_slots
from sanet.web.widgets.stop_button import RunButtons, connect_stop, run_and_stop
from sanet.web.widgets.strips import PictureWithExamples, connect_examples, photograph_with_examples
from sanet.web.widgets.style_square import CORNERS, square_of, style_square
from sanet.web.widgets.working_size import connect_size, cost_line


class Widgets(NamedTuple):
    content: PictureWithExamples
    square: gr.HTML
    x: gr.Slider
    y: gr.Slider
    buttons: RunButtons
    surprise: gr.Button
    styles: StyleSlots
    result: ResultPanel
    controls: CommonControls
    cost: gr.Markdown
    strength: gr.HTML
    tour: tour.Widgets


def layout(live: LivePreview) -> Widgets:
    """Build the tab inside the current `gr.Blocks`; `live` draws while the point is moved."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                content = photograph_with_examples("four-content")
                with gr.Column(min_width=240):
                    square = style_square([example.path for example in STYLES[:4]], "style-square", live, "four-result")
                    x, y = _axis("x", "left_to_right"), _axis("y", "top_to_bottom")
            with gr.Row():  # over the styles, so that a laptop shows it without scrolling
                buttons = run_and_stop("four")
                surprise = gr.Button(word("surprise"), min_width=165, scale=0, elem_id="four-surprise")
            styles = style_slots(CORNERS, 4, "four-style")
        with gr.Column(scale=6, min_width=320):
            result = result_panel("four")
            controls = common_controls("four")
            cost = cost_line("four-cost")
            strength = live_strength("four", live)
    return Widgets(content, square, x, y, buttons, surprise, styles, result, controls, cost, strength, tour.layout())


def _axis(name: str, key: str) -> gr.Slider:
    """What keyboards and programs move the point with."""
    return gr.Slider(0, 1, 0.5, step=0.01, label=word(key), elem_id=f"four-{name}", elem_classes="setting")


@explained()
def interpolate(
    painter: Painter,
    content: str | None,
    style_a: str | None,
    style_b: str | None,
    style_c: str | None,
    style_d: str | None,
    x: float = 0.5,
    y: float = 0.5,
    alpha: float = 1.0,
    max_side: int = 512,
    keep_color: bool = False,
    reconstruct: bool = False,
    colors: str = "result",
    stroke_size: float = 1.0,
    enlarge: bool = False,
    dpi: int = 0,
    match_regions: float = 0.0,
    progress: gr.Progress = gr.Progress(),
    visitor: gr.Request | None = None,
) -> Result:
    """Paint a photograph in a mix of four styles at the corners of a square.

    Args:
        content: The photograph.
        style_a: The style at the top left.
        style_b: The style at the top right.
        style_c: The style at the bottom left.
        style_d: The style at the bottom right.
        x: The point's place from left (0) to right (1).
        y: The point's place from top (0) to bottom (1).
        alpha: Strength from 0 (photograph) to 1 (style).
        max_side: Longer side of the result in pixels, 256 to 8192; at most the photograph's own unless `enlarge`.
        keep_color: The same as "photo" for `colors`, true or false.
        reconstruct: Where the photograph shows, show what the network makes of it, as in the paper; true or false.
        colors: "result" as painted, "photo" the photograph's, "style" only the style's, "palette" in the photograph's.
        stroke_size: How many times as large the style is read, 0.25 for fine strokes to 4 for large ones.
        enlarge: Scale a smaller photograph up to `max_side`, true or false.
        dpi: Dots per inch that the file says, 0 for nothing.
        match_regions: How much regions of the photograph keep to those of the style that are like them, 0 to 1.

    Returns:
        result: The picture as a PNG file.
        before_and_after: Two files, the photograph as a JPEG and the picture.
        note: Size in pixels and seconds taken, in words.

    """
    controls = Controls(alpha, bilinear_mix(x, y), keep_color=keep_color, reconstruct=reconstruct, colors=colors)
    more: dict[str, Any] = {"stroke_size": stroke_size, "enlarge": enlarge, "dpi": dpi, "match_regions": match_regions}
    request = Request(content, (style_a, style_b, style_c, style_d), controls, max_side, **more)
    return painter.paint(request, progress, visitor)


def called(request: Request[str | None]) -> str:
    """What a file's name says of the styles."""
    x, y = point_of(request)
    return f"mix-x{round(100 * x)}-y{round(100 * y)}"


def point_of(request: Request[str | None]) -> tuple[float, float]:
    """Where the point lies, from the top left."""
    assert request.controls.mix is not None
    return bilinear_point(request.controls.mix)


def surprise(content: str | None) -> list[Any]:
    """Another photograph, four styles, a point, strength and colours."""
    return [some_photograph(content), *some_styles(4), *some_point(), *some_settings()]


def previewed(content: str | None, *chosen: Any) -> Request[str | None]:
    """What previews are of at any strength; styles are `chosen`, the point, and what is ticked."""
    styles, (x, y, *looks) = chosen[:4], chosen[4:]
    return with_looks(Request(content, styles, Controls(mix=bilinear_mix(x, y))), *looks)


def redraw(live: LivePreview, content: str | None, *chosen: Any) -> gr.HTML:
    """The square with the styles that are `chosen`, before the controls, and a ticket for previews of them."""
    styles, (alpha, *looks) = chosen[:4], chosen[4:]
    return square_of(styles, live.ticket(with_looks(Request(content, styles, Controls(alpha)), *looks)))


def connect(w: Widgets, engine: Engine, live: LivePreview, store: ShareStore | None) -> Tab:
    """Let the widgets paint."""
    painter, outputs = Painter(engine, "four", called, need_each_style), w.result.outputs
    content, styles, controls = w.content.picture, w.styles.slots, w.controls
    inputs, fn = [content, *styles, w.x, w.y, *controls.inputs], bound(interpolate, painter)
    connect_result_panel(w.result, "four", store)
    connect_size(engine, content, styles, controls.sizes, w.cost, outputs.note)
    connect_paper(controls, content)
    connect_overlay(controls.show_regions, controls.regions_shown, engine, content, styles)
    moving = [content, *styles, w.x, w.y, controls.alpha, controls.keep_color]
    tour.connect(w.tour, engine, moving, [controls.colors, controls.stroke_size, controls.match_regions])
    clicked = run_pressed(w.buttons.run, "four", fn, inputs, outputs, "interpolate")
    released, to_point = connect_square(w)
    chosen = [content, *styles, w.x, w.y, controls.alpha, controls.colors]
    surprised = w.surprise.click(surprise, content, chosen, **QUICK)
    surprised.then(**to_point)
    full = released.then(fn, inputs, trigger_mode="always_last", api_visibility="private", **painting(outputs))
    full.then(None, js=FULL_PICTURE)
    moved = [widget.input for widget in (w.x, w.y, controls.alpha, *controls.looks)]
    picked = (connect_examples(w.content), connect_slots(w.styles), surprised, connect_strokes(controls))
    lively = run_live(fn, inputs, outputs, moved, picked)
    connect_live_strength(w.strength, live, previewed, [content, *styles, w.x, w.y, *controls.looks])
    asked, linked = run_asked(painter, outputs)
    polished = connect_polish(w.result.polish, painter, outputs, engine)
    connect_stop(w.buttons.stop, painter.switch, (clicked, full, linked, *lively, *polished), outputs.note)
    watched = [content, *styles, controls.alpha, *controls.looks]
    shown: dict[str, Any] = {"fn": partial(redraw, live), "inputs": watched, "outputs": w.square}
    at_changes(**shown, triggers=[widget.change for widget in watched])

    def when_opened(opened: Dependency) -> None:
        # The square follows what was opened; as an output of that event itself, it would lose its properties.
        opened.then(**to_point)
        opened.then(**shown, **QUICK)

    more = (w.x, w.y, *controls)
    return Tab("four", content, styles, outputs, asked, more, partial(values, w), when_opened)


def connect_square(w: Widgets) -> tuple[Dependency, dict[str, Any]]:
    """Let the square move the sliders, and these the point; the event of a point let go, and how to move the point.

    The sliders are what is painted, so that mouse, touch and keyboard end up alike.
    """
    to_sliders: dict[str, Any] = {"js": "(point) => [point.x, point.y]", "trigger_mode": "multiple"}
    w.square.input(None, w.square, [w.x, w.y], **to_sliders)
    to_point: dict[str, Any] = {"fn": None, "inputs": [w.x, w.y], "outputs": w.square, "js": "(x, y) => ({x, y})"}
    for axis in (w.x, w.y):
        axis.input(**to_point)
    return w.square.release(None, w.square, [w.x, w.y], **to_sliders), to_point


def values(w: Widgets, choice: Choice) -> dict[Component, Any]:
    """What the widgets show of a choice."""
    x, y = point_of(choice.request)
    styles = dict(zip(w.styles.slots, choice.request.styles, strict=True))
    return {w.content.picture: choice.request.content, **styles, w.x: x, w.y: y} | values_of(w.controls, choice.request)
