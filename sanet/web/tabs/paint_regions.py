"""Tab "Paint regions": each style has a brush, and where it has painted the style applies (section 4.4)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.engine.controls import Controls
from sanet.engine.protocol import Engine
from sanet.engine.request import PAINTED, UPLOADED, Request
from sanet.web.choice import Choice
from sanet.web.errors import explained
from sanet.web.events import MODEL_QUEUE, NOTICED, QUICK, SILENT, at_changes, bound
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.i18n import word
from sanet.web.regions import REGIONS, kept_painting, kept_parts, kept_regions
from sanet.web.result import Painter, Result
from sanet.web.sharing.store import ShareStore
from sanet.web.tabs.paint_events import (
    archive_of,
    check_painted,
    keep_subject,
    offered,
    only_subject,
    painted_from,
    preview_regions,
    taken,
)
from sanet.web.tabs.tab import Tab, painting, run_asked
from sanet.web.widgets.controls import CommonControls, common_controls, connect_paper, connect_strokes, values_of
from sanet.web.widgets.paint_canvas import (
    COLORS,
    SHOW_PREVIEW,
    dressed,
    mark_canvas,
    paint_canvas,
    painted,
    with_quarters,
)
from sanet.web.widgets.polish_button import connect_polish
from sanet.web.widgets.region_overlay import connect_overlay
from sanet.web.widgets.result_panel import ResultPanel, connect_result_panel, result_panel
from sanet.web.widgets.slots import StyleSlots, connect_slots, style_slots
from sanet.web.widgets.stop_button import RunButtons, connect_stop, run_and_stop
from sanet.web.widgets.strips import PictureWithExamples, connect_examples, photograph_with_examples
from sanet.web.widgets.working_size import connect_size, cost_line

PLACES = [str(i) for i in range(1, len(COLORS) + 1)]


class Parts(NamedTuple):
    """What is taken of the styles."""

    drawn: gr.Radio
    marks: gr.HTML
    masks: gr.File


class Widgets(NamedTuple):
    content: PictureWithExamples
    regions: gr.Radio
    softness: gr.Slider
    masks: gr.File
    canvas: gr.HTML
    buttons: RunButtons
    keep: gr.Button
    only: gr.Button
    go_on: gr.Button
    download: gr.Button
    styles: StyleSlots
    strengths: list[gr.Slider]
    result: ResultPanel
    controls: CommonControls
    parts: Parts
    cost: gr.Markdown
    # Never seen: what the browser saves, and what it lays over the canvas.
    archive: gr.Textbox
    preview: gr.JSON

    @property
    def chosen(self) -> list[Component]:
        """What every event of this tab is given."""
        return [self.content.picture, *self.styles.slots, self.regions, self.canvas, self.masks]


def layout() -> Widgets:
    """Build the tab inside the current `gr.Blocks`."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            first = [str(example.path) for example in STYLES[:2]]
            canvas = paint_canvas(str(CONTENTS[0].path), [*first, None, None], "paint-canvas")
            buttons = run_and_stop("paint", is_lively=False)
            with gr.Row():
                content = photograph_with_examples("paint-content")
                with gr.Column(min_width=240):
                    regions = gr.Radio(REGIONS, value=PAINTED, label=word("regions"), elem_id="regions")
                    # Steps as fine as a recipe of the first pages needs.
                    softness = gr.Slider(
                        0, 1, 0.2, step=0.01, label=word("soft_edges"), elem_id="paint-softness", elem_classes="setting"
                    )
            masks = gr.File(label=word("masks"), file_count="multiple", visible=False, elem_id="paint-masks")
            with gr.Row(elem_classes="setting"):
                keep = gr.Button(word("keep_subject"), elem_id="paint-keep-subject", size="sm")
                only = gr.Button(word("only_subject"), elem_id="paint-only-subject", size="sm")
                go_on = gr.Button(word("paint_on"), visible=False, elem_id="paint-go-on", size="sm")
                download = gr.Button(word("masks_download"), elem_id="paint-masks-download", size="sm")
            styles = style_slots(PLACES, 2, "paint-style")
            strengths = _strengths(len(first))
        with gr.Column(scale=6, min_width=320, elem_classes="stays"):
            result = result_panel("paint")
            controls = common_controls("paint")
            parts_taken = _parts([*first, None, None])
            cost = cost_line("paint-cost")
    unseen = (gr.Textbox(visible=False), gr.JSON(visible=False))
    parts = (content, regions, softness, masks, canvas, buttons, keep, only, go_on, download, styles, strengths)
    return Widgets(*parts, result, controls, parts_taken, cost, *unseen)


def _parts(styles: Sequence[str | None]) -> Parts:
    """Which part of each style is taken, behind a line of its own."""
    with gr.Accordion(word("style_parts"), open=False, elem_id="paint-parts", elem_classes="setting"):
        choices = [(word("parts_whole"), ""), (word("parts_marked"), PAINTED), *REGIONS[1:]]
        drawn = gr.Radio(choices, value="", label=word("parts_from"), elem_id="paint-parts-drawn")
        marks = mark_canvas(styles, "paint-marks")
        masks = gr.File(label=word("style_masks"), file_count="multiple", visible=False, elem_id="paint-style-masks")
    return Parts(drawn, marks, masks)


def _strengths(filled: int) -> list[gr.Slider]:
    """One for each place, two in a row; the first `filled` are seen."""
    sliders = []
    for pair in (PLACES[:2], PLACES[2:]):
        with gr.Row(elem_classes="setting"):
            for place in pair:
                label, elem_id, is_seen = word(f"strength_{place}"), f"paint-strength-{place}", int(place) <= filled
                slider = gr.Slider(0, 1, 1, step=0.05, label=label, min_width=130, visible=is_seen, elem_id=elem_id)
                sliders.append(slider)
    return sliders


def strengths_of(*styles: str | None) -> list[dict[str, Any]]:
    """The strengths of the styles that are there."""
    return [gr.update(visible=bool(style)) for style in styles]


@explained()
def spatial(
    painter: Painter,
    content: str | None,
    style_1: str | None,
    style_2: str | None = None,
    style_3: str | None = None,
    style_4: str | None = None,
    regions: str = "Left / right",
    sketch: dict[str, Any] | None = None,
    masks: list[str] | None = None,
    softness: float = 0.2,
    alpha: float = 1.0,
    max_side: int = 512,
    keep_color: bool = False,
    strength_1: float = 1.0,
    strength_2: float = 1.0,
    strength_3: float = 1.0,
    strength_4: float = 1.0,
    reconstruct: bool = False,
    colors: str = "result",
    stroke_size: float = 1.0,
    enlarge: bool = False,
    dpi: int = 0,
    match_regions: float = 0.0,
    style_regions: str = "",
    style_sketch: dict[str, Any] | None = None,
    style_masks: list[str] | None = None,
    progress: gr.Progress = gr.Progress(),
    visitor: gr.Request | None = None,
) -> Result:
    """Paint regions of a photograph in different styles; what no region covers stays as it is.

    Args:
        content: The photograph.
        style_1: The style of the first region; painted orange.
        style_2: The style of the second region; painted blue.
        style_3: The style of the third region; painted green.
        style_4: The style of the fourth region; painted yellow.
        regions: "My painting", "Uploaded masks", "Left / right", "Top / bottom", "Centre" or "Quadrants".
        sketch: The painting of the page's canvas, for "My painting".
        masks: One greyscale picture per style, or an archive of them, for "Uploaded masks".
        softness: Blur of the edges between regions, 0 to 1.
        alpha: Strength from 0 (photograph) to 1 (style).
        max_side: Longer side of the result in pixels, 256 to 8192; at most the photograph's own unless `enlarge`.
        keep_color: The same as "photo" for `colors`, true or false.
        strength_1: Strength of the first region, 0 to 1, times `alpha`.
        strength_2: Strength of the second region, 0 to 1, times `alpha`.
        strength_3: Strength of the third region, 0 to 1, times `alpha`.
        strength_4: Strength of the fourth region, 0 to 1, times `alpha`.
        reconstruct: Where the photograph shows, show what the network makes of it, as in the paper; true or false.
        colors: "result" as painted, "photo" the photograph's, "style" only the style's, "palette" in the photograph's.
        stroke_size: How many times as large the style is read, 0.25 for fine strokes to 4 for large ones.
        enlarge: Scale a smaller photograph up to `max_side`, true or false.
        dpi: Dots per inch that the file says, 0 for nothing.
        match_regions: How much regions of the photograph keep to those of the style that are like them, 0 to 1.
        style_regions: Where each style is taken from: "" for all of it, or as `regions`.
        style_sketch: The painting of the page's canvas over the styles, for "My painting".
        style_masks: One greyscale picture per style, or an archive of them, for "Uploaded masks".

    Returns:
        result: The picture as a PNG file.
        before_and_after: Two files, the photograph as a JPEG and the picture.
        note: Size in pixels and seconds taken, in words.

    """
    styles, strengths = (style_1, style_2, style_3, style_4), (strength_1, strength_2, strength_3, strength_4)
    drawn = kept_regions(regions, sketch, masks, softness, strengths)
    controls = Controls(alpha, keep_color=keep_color, reconstruct=reconstruct, colors=colors)
    more: dict[str, Any] = {"stroke_size": stroke_size, "enlarge": enlarge, "dpi": dpi, "match_regions": match_regions}
    more["style_regions"] = kept_parts(style_regions, style_sketch, style_masks, styles)
    request = Request(content, styles, controls, max_side, drawn, **more)
    return painter.paint(request, progress, visitor)


def called(request: Request[str | None]) -> str:
    """What a file's name says of the styles."""
    return "regions"


def connect(w: Widgets, engine: Engine, store: ShareStore | None) -> Tab:
    """Let the widgets paint."""
    painter, outputs = Painter(engine, "paint", called), w.result.outputs
    content, styles, controls = w.content.picture, w.styles.slots, w.controls
    connect_result_panel(w.result, "paint", store)
    connect_size(engine, content, styles, controls.sizes, w.cost, outputs.note)
    connect_paper(controls, content)
    connect_overlay(controls.show_regions, controls.regions_shown, engine, content, styles)
    connect_strokes(controls)
    connect_examples(w.content)
    connect_slots(w.styles)
    # Before the queue of the model: an untouched canvas is no error.
    ready = w.buttons.run.click(check_painted, w.chosen, None, **NOTICED)
    usual, later = controls.inputs[:3], controls.inputs[3:]  # in the order that programs have known from the start
    inputs = [*w.chosen, w.softness, *usual, *w.strengths, *later, *w.parts]
    last: dict[str, Any] = {"trigger_mode": "always_last", **painting(outputs)}  # also if pressed while it paints
    clicked = ready.success(bound(spatial, painter), inputs, api_name="spatial", **last)
    ready.success(None, js="() => showResult('paint')")
    asked, linked = run_asked(painter, outputs)
    polished = connect_polish(w.result.polish, painter, outputs, engine)
    connect_stop(w.buttons.stop, painter.switch, (clicked, linked, *polished), outputs.note)
    connect_files(w)
    connect_parts(w)
    show_after = connect_canvas(w)
    connect_subject(w, engine, show_after)
    more = (w.regions, w.softness, *controls, *w.strengths, w.canvas, w.masks, w.go_on, w.download, *w.parts)
    return Tab("paint", content, styles, outputs, asked, more, partial(values, w), show_after)


def connect_files(w: Widgets) -> None:
    """Let masks be uploaded, downloaded, and painted on."""
    w.regions.change(offered, w.regions, [w.masks, w.go_on, w.download], **QUICK)
    w.go_on.click(painted_from, w.chosen, [w.canvas, w.regions], **QUICK)
    w.masks.upload(taken, w.masks, w.masks, **NOTICED)
    packed = w.download.click(archive_of, w.chosen, w.archive, **NOTICED)
    packed.success(None, w.archive, None, js="(address) => saveFile(address, 'masks.zip')")


def connect_parts(w: Widgets) -> None:
    """Show the canvas over the styles, or the place of masks, where there is a use for it."""
    drawn, marks, masks = w.parts
    at_changes(
        seen_parts, [drawn, *w.styles.slots], [marks, masks], [drawn.change, *(s.change for s in w.styles.slots)]
    )
    masks.upload(taken, masks, masks, **NOTICED)


def seen_parts(drawn: str, *styles: str | None) -> tuple[Any, Any]:
    """The canvas over the styles, and the place of their masks."""
    return with_quarters(drawn == PAINTED, *styles), gr.update(visible=drawn == UPLOADED)


def connect_subject(w: Widgets, engine: Engine, show_after: Callable[[Dependency], Any]) -> None:
    """Let two buttons paint around the photograph's subject, or nothing else; `show_after` as of `connect_canvas`."""
    for button, paint in ((w.keep, keep_subject), (w.only, only_subject)):
        show_after(button.click(bound(paint, engine), w.chosen, [w.canvas, w.regions], **SILENT, **MODEL_QUEUE))


def connect_canvas(w: Widgets) -> Callable[[Dependency], Any]:
    """Let the canvas show the photograph, the styles and the regions; returns what connects that to other events."""
    shown = [w.content.picture, *w.styles.slots]
    at_changes(strengths_of, w.styles.slots, w.strengths, [style.change for style in w.styles.slots])
    at_changes(dressed, shown, w.canvas, [widget.change for widget in shown])
    previewed: dict[str, Any] = {
        "fn": preview_regions,
        "inputs": [*w.chosen, w.softness, *w.strengths],
        "outputs": w.preview,
    }
    watched = [widget.change for widget in (*shown, w.regions, w.masks, w.softness, *w.strengths)]
    at_changes(**previewed, triggers=[w.canvas.input, *watched]).then(None, w.preview, None, js=SHOW_PREVIEW)
    # After a link, not with it: the preview would be of an empty canvas.
    return lambda event: event.then(**previewed, **QUICK).then(None, w.preview, None, js=SHOW_PREVIEW)


def values(w: Widgets, choice: Choice) -> dict[Component, Any]:
    """What the widgets show of a choice."""
    request, regions = choice.request, choice.request.regions
    assert regions is not None
    return {
        w.content.picture: request.content,
        **dict(zip(w.styles.slots, request.styles, strict=True)),
        w.regions: regions.drawn,
        w.softness: regions.softness,
        **dict(zip(w.strengths, regions.strengths, strict=True)),
        **values_of(w.controls, request),
        **dict(zip((w.masks, w.go_on, w.download), offered(regions.drawn), strict=True)),
        **drawn_on(w, choice),
        w.parts.drawn: request.style_regions.drawn if request.style_regions else "",
        w.parts.masks: gr.update(visible=bool(choice.style_masks), value=list(choice.style_masks) or None),
    }


def drawn_on(w: Widgets, choice: Choice) -> dict[Component, Any]:
    """The canvas and the masks of a choice. A recipe in a file holds none; the visitor's own are nowhere else."""
    request, drawn = choice.request, choice.request.regions and choice.request.regions.drawn
    if drawn == PAINTED and choice.masks:
        return {w.canvas: painted(kept_painting(choice.masks[0]), request.content, request.styles)}
    canvas = {w.canvas: dressed(request.content, *request.styles)}
    if drawn == UPLOADED and choice.masks:
        return canvas | {w.masks: gr.update(visible=True, value=list(choice.masks))}
    return canvas
