"""Tab "Mix": two to eight styles, each with a weight (section 4.4, for any number of styles)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from sanet.engine.controls import Controls
from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.web.choice import Choice
from sanet.web.errors import explained
from sanet.web.events import bound
from sanet.web.examples import STYLES
from sanet.web.i18n import word
from sanet.web.result import Painter, Result
from sanet.web.sharing.store import ShareStore
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
from sanet.web.widgets.strips import PictureWithExamples, connect_examples, example_strip, photograph_with_examples
from sanet.web.widgets.style_list import EMPTY, LEAST, LETTERS, StyleList, connect_list, show_rows, style_list
from sanet.web.widgets.working_size import connect_size, cost_line


class Widgets(NamedTuple):
    content: PictureWithExamples
    strip: gr.Gallery
    add: gr.Button
    buttons: RunButtons
    styles: StyleList
    result: ResultPanel
    controls: CommonControls
    cost: gr.Markdown
    strength: gr.HTML


def layout(live: LivePreview) -> Widgets:
    """Build the tab inside the current `gr.Blocks`; `live` draws while the strength is dragged."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                content = photograph_with_examples("mix-content")
                with gr.Column(min_width=240):
                    gr.Markdown(word("mix_hint"))
                    strip = example_strip(STYLES, word("examples_to_add"), "mix-style-examples")
                    add = gr.Button(word("mix_add"), size="sm", elem_id="mix-add")
                    buttons = run_and_stop("mix")
            styles = style_list(3, "mix-style")
        with gr.Column(scale=6, min_width=320):
            result = result_panel("mix")
            controls = common_controls("mix")
            cost = cost_line("mix-cost")
            strength = live_strength("mix", live)
    return Widgets(content, strip, add, buttons, styles, result, controls, cost, strength)


@explained()
def mix(
    painter: Painter,
    content: str | None,
    style_a: str | None,
    style_b: str | None = None,
    style_c: str | None = None,
    style_d: str | None = None,
    style_e: str | None = None,
    style_f: str | None = None,
    style_g: str | None = None,
    style_h: str | None = None,
    weight_a: float = 1.0,
    weight_b: float = 1.0,
    weight_c: float = 1.0,
    weight_d: float = 1.0,
    weight_e: float = 1.0,
    weight_f: float = 1.0,
    weight_g: float = 1.0,
    weight_h: float = 1.0,
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
    """Paint a photograph in a mix of up to eight styles; a style that is left empty takes no part.

    Args:
        content: The photograph.
        style_a: The first style.
        style_b: The second style; without it, the first alone is painted.
        style_c: The third style.
        style_d: The fourth style.
        style_e: The fifth style.
        style_f: The sixth style.
        style_g: The seventh style.
        style_h: The eighth style.
        weight_a: Weight of the first style, 0 to 1; the weights are scaled to sum 1.
        weight_b: Weight of the second style, 0 to 1.
        weight_c: Weight of the third style, 0 to 1.
        weight_d: Weight of the fourth style, 0 to 1.
        weight_e: Weight of the fifth style, 0 to 1.
        weight_f: Weight of the sixth style, 0 to 1.
        weight_g: Weight of the seventh style, 0 to 1.
        weight_h: Weight of the eighth style, 0 to 1.
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
    paths = (style_a, style_b, style_c, style_d, style_e, style_f, style_g, style_h)
    given = (weight_a, weight_b, weight_c, weight_d, weight_e, weight_f, weight_g, weight_h)
    controls = Controls(alpha, keep_color=keep_color, reconstruct=reconstruct, colors=colors)
    more: dict[str, Any] = {"stroke_size": stroke_size, "enlarge": enlarge, "dpi": dpi, "match_regions": match_regions}
    request = Request(content, paths, controls, max_side, **more)
    return painter.paint(mixed(request, given), progress, visitor)


def mixed(request: Request[str | None], weights: Sequence[float]) -> Request[str | None]:
    """A request without its empty places, mixed by the weights of the others."""
    entries = [(path, weight) for path, weight in zip(request.styles, weights, strict=True) if path]
    mix = tuple(weight for _, weight in entries) or None
    return replace(request, styles=tuple(path for path, _ in entries), controls=replace(request.controls, mix=mix))


def previewed(content: str | None, *chosen: Any) -> Request[str | None]:
    """What previews are of at any strength; styles are `chosen`, their weights, and what is ticked."""
    count = len(LETTERS)
    styles, weights, looks = chosen[:count], chosen[count : 2 * count], chosen[2 * count :]
    return mixed(with_looks(Request(content, styles), *looks), weights)


def called(request: Request[str | None]) -> str:
    """What a file's name says of the styles."""
    weights = request.controls.mix or ()
    told = "".join(f"-w{round(100 * weight)}" for weight in weights) if len(set(weights)) > 1 else ""
    return f"mix-of-{sum(map(bool, request.styles))}{told}"


def connect(w: Widgets, engine: Engine, live: LivePreview, store: ShareStore | None) -> Tab:
    """Let the widgets paint."""
    painter, outputs = Painter(engine, "mix", called), w.result.outputs
    content, styles, controls = w.content.picture, w.styles.pictures, w.controls
    inputs, fn = [content, *styles, *w.styles.weights, *controls.inputs], bound(mix, painter)
    connect_result_panel(w.result, "mix", store)
    connect_size(engine, content, styles, controls.sizes, w.cost, outputs.note)
    connect_paper(controls, content)
    connect_overlay(controls.show_regions, controls.regions_shown, engine, content, styles)
    connect_live_strength(w.strength, live, previewed, [content, *styles, *w.styles.weights, *controls.looks])
    styles_changed = connect_list(w.styles, w.add, w.strip)
    clicked = run_pressed(w.buttons.run, "mix", fn, inputs, outputs, "mix")
    watched = (*w.styles.weights, controls.alpha, *controls.looks)
    moved = [widget.input for widget in watched]
    picked = (connect_examples(w.content), connect_strokes(controls), *styles_changed)
    lively = run_live(fn, inputs, outputs, moved, picked)
    asked, linked = run_asked(painter, outputs)
    polished = connect_polish(w.result.polish, painter, outputs, engine)
    connect_stop(w.buttons.stop, painter.switch, (clicked, linked, *lively, *polished), outputs.note)
    more = (*w.styles.rows, *w.styles.weights, *w.styles.removes, w.styles.count, *controls)
    return Tab("mix", content, styles, outputs, asked, more, partial(values, w))


def values(w: Widgets, choice: Choice) -> dict[Component, Any]:
    """What the widgets show of a choice."""
    request = choice.request
    entries = list(zip(request.styles, request.controls.mix or (), strict=True))
    entries += [EMPTY] * (LEAST - len(entries))
    rows = dict(zip(w.styles.all, show_rows(entries), strict=True))
    return {w.content.picture: request.content, **rows, **values_of(w.controls, request)}
