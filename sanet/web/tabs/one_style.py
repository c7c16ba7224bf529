"""Tab "One style": a photograph, a style, a strength."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.engine.controls import Controls
from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.web.choice import Choice
from sanet.web.errors import explained
from sanet.web.events import QUICK, bound
from sanet.web.examples import CONTENTS, OPENING, STYLES
from sanet.web.i18n import word
from sanet.web.result import Made, Painter, Result
from sanet.web.sharing.store import ShareStore
from sanet.web.surprise import some_photograph, some_settings, some_styles
from sanet.web.tabs.tab import Tab, run_asked, run_live, run_pressed
from sanet.web.widgets.controls import (
    CommonControls,
    common_controls,
    connect_paper,
    connect_strokes,
    values_of,
    with_looks,
)
from sanet.web.widgets.live_preview import LivePreview
from sanet.web.widgets.live_strength import connect_live_strength, live_strength
from sanet.web.widgets.polish_button import connect_polish
from sanet.web.widgets.region_overlay import connect_overlay
from sanet.web.widgets.result_panel import ResultPanel, connect_result_panel, result_panel
from sanet.web.widgets.stop_button import RunButtons, connect_stop, run_and_stop
from sanet.web.widgets.strips import (
    PictureWithExamples,
    connect_examples,
    photograph_with_examples,
    picture_with_examples,
)
from sanet.web.widgets.working_size import connect_size, cost_line


class Widgets(NamedTuple):
    content: PictureWithExamples
    style: PictureWithExamples
    buttons: RunButtons
    surprise: gr.Button
    result: ResultPanel
    controls: CommonControls
    cost: gr.Markdown
    strength: gr.HTML


def layout(live: LivePreview) -> Widgets:
    """Build the tab inside the current `gr.Blocks`; `live` draws while the strength is dragged."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                content = photograph_with_examples("one-content")
                style = picture_with_examples(STYLES, "style", "one-style")
            with gr.Row():
                buttons = run_and_stop("one")
                surprise = gr.Button(word("surprise"), min_width=165, scale=0, elem_id="one-surprise")
        with gr.Column(scale=6, min_width=320):
            result = result_panel("one", opening())
            controls = common_controls("one")
            cost = cost_line("one-cost")
            strength = live_strength("one", live)
    return Widgets(content, style, buttons, surprise, result, controls, cost, strength)


def opening() -> Made:
    """The result that the page begins with: of what the tab begins with."""
    content, style = str(CONTENTS[0].path), str(STYLES[0].path)
    return Made(Choice("one", Request(content, (style,))), content, str(OPENING), made_here=False)


@explained()
def stylize(
    painter: Painter,
    content: str | None,
    style: str | None,
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
    """Paint a photograph in the style of a picture.

    Args:
        content: The photograph.
        style: The picture whose style is taken.
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
    controls = Controls(alpha, keep_color=keep_color, reconstruct=reconstruct, colors=colors)
    more: dict[str, Any] = {"stroke_size": stroke_size, "enlarge": enlarge, "dpi": dpi, "match_regions": match_regions}
    request = Request(content, (style,), controls, max_side, **more)
    return painter.paint(request, progress, visitor)


def called(request: Request[str | None]) -> str:
    """What a file's name says of the style."""
    return str(request.styles[0])


def surprise(content: str | None, style: str | None) -> list[Any]:
    """Another photograph, style, strength and colours."""
    return [some_photograph(content), *some_styles(1, style), *some_settings()]


def previewed(content: str | None, style: str | None, *looks: Any) -> Request[str | None]:
    """What previews are of, at any strength."""
    return with_looks(Request(content, (style,)), *looks)


def connect(
    w: Widgets, engine: Engine, live: LivePreview, store: ShareStore | None, picked_elsewhere: Sequence[Dependency]
) -> Tab:
    """Let the widgets paint; also after the events `picked_elsewhere`, which put pictures in."""
    painter, outputs = Painter(engine, "one", called), w.result.outputs
    content, style, controls = w.content.picture, w.style.picture, w.controls
    inputs, fn = [content, style, *controls.inputs], bound(stylize, painter)
    connect_result_panel(w.result, "one", store)
    connect_live_strength(w.strength, live, previewed, [content, style, *controls.looks])
    connect_size(engine, content, [style], controls.sizes, w.cost, outputs.note)
    connect_paper(controls, content)
    connect_overlay(controls.show_regions, controls.regions_shown, engine, content, [style])
    clicked = run_pressed(w.buttons.run, "one", fn, inputs, outputs, "stylize")
    chosen = [content, style, controls.alpha, controls.colors]
    surprised = w.surprise.click(surprise, [content, style], chosen, **QUICK)
    sized = connect_strokes(controls)
    picked = (connect_examples(w.content), connect_examples(w.style), surprised, sized, *picked_elsewhere)
    moved = (controls.alpha.input, *(widget.input for widget in controls.looks))
    lively = run_live(fn, inputs, outputs, moved, picked)
    asked, linked = run_asked(painter, outputs)
    polished = connect_polish(w.result.polish, painter, outputs, engine)
    connect_stop(w.buttons.stop, painter.switch, (clicked, linked, *lively, *polished), outputs.note)
    return Tab("one", content, [style], outputs, asked, tuple(controls), partial(values, w))


def values(w: Widgets, choice: Choice) -> dict[Component, Any]:
    """What the widgets show of a choice."""
    (style,) = choice.request.styles
    return {
        w.content.picture: choice.request.content,
        w.style.picture: style,
        **values_of(w.controls, choice.request),
    }
