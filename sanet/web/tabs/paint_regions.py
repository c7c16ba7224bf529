"""Tab "Paint regions": each style has a brush, and where it has painted the style applies (section 4.4)."""

from typing import Any

import gradio as gr

from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import fitted_size
from sanet.image.masks import PRESETS, shape_masks
from sanet.web.events import at_changes
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.i18n import word
from sanet.web.regions import PAINTED, UPLOADED, areas, keep_painting, kept_painting, unpacked
from sanet.web.result import MODEL_QUEUE, NOTICED, QUICK, Result, explained, file_name, read
from sanet.web.result import stylize as stylize_picture
from sanet.web.sharing.recipe import Recipe, Setting
from sanet.web.sharing.store import ShareStore
from sanet.web.stop import StopSwitch, connect_stop, run_and_stop
from sanet.web.tabs.paint_events import (
    archive_of,
    check_painted,
    numbers_of,
    offered,
    painted_from,
    preview_regions,
    taken,
)
from sanet.web.widgets.controls import (
    TabWidgets,
    common_controls,
    photograph_with_examples,
    result_panel,
    style_slots,
    to_result,
)
from sanet.web.widgets.paint_canvas import COLORS, SHOW_PREVIEW, dressed, paint_canvas, painted
from sanet.web.widgets.working_size import working_size

KEYS = ("regions_left_right", "regions_top_bottom", "regions_centre", "regions_quadrants")
REGIONS = [
    (word("regions_painted"), PAINTED),
    *((word(key), preset) for key, preset in zip(KEYS, PRESETS, strict=True)),
    (word("regions_uploaded"), UPLOADED),
]
SLOTS = [str(i) for i in range(1, len(COLORS) + 1)]
SAVE_MASKS = """(address) => {
  const link = document.createElement("a");
  Object.assign(link, {href: address, download: "masks.zip"});
  link.click();
}"""


def _strength(number: str) -> gr.Slider:
    label = word(f"strength_{number}")
    return gr.Slider(0, 1, 1, step=0.05, label=label, min_width=130, elem_id=f"paint-strength-{number}")


def paint_regions_tab(engine: Stylizer, store: ShareStore | None) -> TabWidgets:
    """Build the tab inside the current `gr.Blocks`."""
    switch = StopSwitch()
    first = [str(example.path) for example in STYLES[:2]]
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                content, _ = photograph_with_examples("paint-content")
                with gr.Column(min_width=240):
                    regions = gr.Radio(REGIONS, value=PAINTED, label=word("regions"), elem_id="regions")
                    softness = gr.Slider(0, 1, 0.2, step=0.05, label=word("soft_edges"), elem_id="paint-softness")
            masks = gr.File(
                label=word("masks"),
                file_count="multiple",
                file_types=["image", ".zip"],
                visible=False,
                elem_id="paint-masks",
            )
            canvas = paint_canvas(CONTENTS[0].path, [*first, None, None], "paint-canvas")
            run, stop = run_and_stop("paint")
            with gr.Row():
                go_on = gr.Button(word("paint_on"), visible=False, elem_id="paint-go-on", size="sm")
                download = gr.Button(word("masks_download"), elem_id="paint-masks-download", size="sm")
            slots, _ = style_slots(STYLES, SLOTS, 2, "paint-style")
            strengths = []
            for pair in (SLOTS[:2], SLOTS[2:]):
                with gr.Row():
                    strengths += [_strength(number) for number in pair]
        with gr.Column(scale=6, min_width=320, elem_classes="stays"):
            result = result_panel("paint", store)
            controls = common_controls()
            working_size(engine, content, slots, controls.max_side, result.note, "paint-cost")
    archive, preview = gr.Textbox(visible=False), gr.JSON(visible=False)

    def spatial(
        content: str,
        style_1: str | None,
        style_2: str | None,
        style_3: str | None,
        style_4: str | None,
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
        progress: gr.Progress = gr.Progress(),
        request: gr.Request | None = None,
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
            max_side: Longer side of the result in pixels.
            keep_color: Keep the photograph's colours.
            strength_1: Strength of the first region, times `alpha`.
            strength_2: Strength of the second region, times `alpha`.
            strength_3: Strength of the third region, times `alpha`.
            strength_4: Strength of the fourth region, times `alpha`.

        Returns:
            The result as a PNG file, the pair of files before and after, and a note of size and time.

        """
        with explained(), switch.reports(request, progress) as report:
            photo = read(content, "a photograph")
            styles = (style_1, style_2, style_3, style_4)
            numbers = numbers_of(styles)
            pictures = [read(style, "a style") for style in styles if style] or [read(None, "a style")]
            size = fitted_size(photo.size, max_side)
            drawn = unpacked(masks or []) if regions == UPLOADED else []
            found = areas(regions, sketch, drawn, numbers, size)
            if regions == PAINTED:
                drawn = [keep_painting(sketch)]
            strengths = (strength_1, strength_2, strength_3, strength_4)
            shaped = shape_masks(found, size, softness, [strengths[i - 1] for i in numbers])
            settings: dict[str, Setting] = {
                "regions": regions,
                "softness": softness,
                "alpha": alpha,
                "max_side": max_side,
                "keep_color": keep_color,
                **{f"strength_{i}": strength for i, strength in enumerate(strengths, 1)},
            }
            recipe = Recipe("paint", content, styles, settings, tuple(drawn))
            options = Controls(alpha=alpha, masks=tuple(shaped), keep_color=keep_color)
            name = file_name(content, "regions", alpha)
            return stylize_picture(engine, photo, pictures, options, max_side, name, recipe, report)

    chosen = [content, *slots, regions, canvas, masks]
    inputs = [*chosen, softness, *controls, *strengths]
    # Before the queue of the model: an untouched canvas is no error.
    ready = run.click(check_painted, chosen, None, **NOTICED)
    clicked = ready.success(
        spatial, inputs, list(result), api_name="spatial", show_progress_on=result.comparison, **MODEL_QUEUE
    )
    ready.success(None, js=to_result("paint"))
    connect_stop(stop, switch, (clicked,), result.note)

    shown = [content, *slots]
    at_changes(dressed, shown, canvas, [widget.change for widget in shown])
    previewed: dict[str, Any] = {"fn": preview_regions, "inputs": [*chosen, softness, *strengths], "outputs": preview}
    watched = [widget.change for widget in (*shown, regions, masks, softness, *strengths)]
    at_changes(**previewed, triggers=[canvas.input, *watched]).then(None, preview, None, js=SHOW_PREVIEW)
    regions.change(offered, regions, [masks, go_on, download], **QUICK)
    go_on.click(painted_from, chosen, [canvas, regions], **QUICK)
    masks.upload(taken, masks, masks, **NOTICED)
    download.click(archive_of, chosen, archive, **NOTICED).success(None, archive, None, js=SAVE_MASKS)

    def restore_more(recipe: Recipe) -> dict[Any, Any]:
        wanted = str(recipe.settings.get("regions", ""))
        offers = dict(zip((masks, go_on, download), offered(wanted), strict=True))
        # A recipe in a file holds no masks; the visitor's own are nowhere else.
        if wanted == UPLOADED and recipe.masks:
            offers[masks] |= {"value": list(recipe.masks)}
        if wanted == PAINTED and recipe.masks:
            return {canvas: painted(kept_painting(recipe.masks[0]), recipe.content, recipe.styles), **offers}
        return {canvas: dressed(recipe.content, *recipe.styles), **offers}

    widgets = {"regions": regions, "softness": softness, **controls._asdict()}
    widgets |= {f"strength_{i}": slider for i, slider in enumerate(strengths, 1)}
    return TabWidgets(
        "paint",
        content,
        slots,
        widgets,
        result,
        (canvas, masks, go_on, download),
        restore_more,
        # Not at the same time as a link restores the painting: its preview would be of an empty canvas.
        lambda opened: opened.then(**previewed, **QUICK).then(None, preview, None, js=SHOW_PREVIEW),
    )
