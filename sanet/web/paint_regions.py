"""Tab "Paint regions": each style has a colour, and where that colour is painted the style applies (section 4.4)."""

from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from sanet.controls import Controls
from sanet.engine import Stylizer
from sanet.image import fit, open_picture
from sanet.masks import PRESETS, painted_masks, preset_masks, soften
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.recipes import Recipe, Setting
from sanet.web.results import MODEL_QUEUE, Result, explained, file_name, glimpse, new_folder, read
from sanet.web.results import stylize as stylize_picture
from sanet.web.share_store import ShareStore
from sanet.web.stopping import StopSwitch, connect_stop, run_and_stop
from sanet.web.widgets import (
    QUICK,
    TabWidgets,
    common_controls,
    photograph_with_examples,
    result_panel,
    style_slots,
)

# Four colours that stay apart for colour-blind eyes (Okabe & Ito).
COLORS = {"Orange": "#d55e00", "Blue": "#0072b2", "Green": "#009e73", "Yellow": "#f0e442"}
PAINTED, UPLOADED = "My painting", "Uploaded masks"
CANVAS_SIDE = 640


def paint_regions_tab(engine: Stylizer, store: ShareStore | None) -> TabWidgets:
    """Build the tab inside the current `gr.Blocks`."""
    first = str(CONTENTS[0].path)
    switch = StopSwitch()
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                content, content_picked = photograph_with_examples("paint-content")
                with gr.Column(min_width=240):
                    regions = gr.Radio([PAINTED, *PRESETS, UPLOADED], value=PAINTED, label="Regions", elem_id="regions")
                    softness = gr.Slider(0, 1, 0.2, step=0.05, label="Soft edges")
                    masks = gr.File(label="Masks, one per style: white applies", file_count="multiple", visible=False)
            sketch = gr.ImageEditor(
                _canvas(first),
                label="Paint each style's colour over the photograph",
                type="pil",
                format="png",
                sources=[],
                transforms=[],
                layers=gr.LayerOptions(allow_additional_layers=False),
                brush=gr.Brush(colors=list(COLORS.values()), color_mode="fixed", default_size=48),
                height=380,
                buttons=[],
                elem_id="paint-sketch",
            )
            slots, _ = style_slots(STYLES, list(COLORS), 2, "paint-style")
            run, stop = run_and_stop("paint")
        with gr.Column(scale=6, min_width=320):
            result = result_panel("paint", store)
            controls = common_controls()

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
            sketch: The painting, for "My painting".
            masks: One greyscale picture per style, for "Uploaded masks".
            softness: Blur of the edges between regions, 0 to 1.
            alpha: Strength from 0 (photograph) to 1 (style).
            max_side: Longer side of the result in pixels.
            keep_color: Keep the photograph's colours.

        Returns:
            The result as a PNG file, the pair of files before and after, and a note of size and time.

        """
        with explained(), switch.reports(request, progress) as report:
            photograph = read(content, "a photograph")
            given = dict(zip(COLORS, (style_1, style_2, style_3, style_4), strict=True))
            chosen = {color: style for color, style in given.items() if style}
            pictures = [read(style, "a style") for style in chosen.values()] or [read(None, "a style")]
            size = fit(photograph, max_side).size
            drawn = list(masks or []) if regions == UPLOADED else []
            if regions == PAINTED:
                painting = _sketch(sketch)
                drawn = [_kept(painting)]
                areas = painted_masks(painting, [COLORS[color] for color in chosen], size)
            elif regions == UPLOADED:
                areas = [open_picture(mask).convert("L").resize(size) for mask in masks or []]
            else:
                areas = preset_masks(regions, size, len(chosen))
            shaped = Controls(alpha=alpha, masks=tuple(soften(areas, softness)), keep_color=keep_color)
            name = file_name(content, "regions", alpha)
            settings: dict[str, Setting] = {
                "regions": regions,
                "softness": softness,
                "alpha": alpha,
                "max_side": max_side,
                "keep_color": keep_color,
            }
            recipe = Recipe("paint", content, (style_1, style_2, style_3, style_4), settings, tuple(drawn))
            return stylize_picture(engine, photograph, pictures, shaped, max_side, name, recipe, report)

    inputs = [content, *slots, regions, sketch, masks, softness, *controls]
    clicked = run.click(
        spatial, inputs, list(result), api_name="spatial", show_progress_on=result.comparison, **MODEL_QUEUE
    )
    connect_stop(stop, switch, (clicked,), result.note)
    regions.change(_shown, regions, [sketch, masks], **QUICK)
    # Not .change: a link that restores a painting changes the photograph too.
    gr.on([content.upload, content.clear], _canvas, content, sketch, **QUICK)
    content.change(_canvas_of_snapshot, content, sketch, **QUICK)
    content_picked.then(_canvas, content, sketch, **QUICK)

    def restore_more(recipe: Recipe) -> dict[Any, Any]:
        chosen = recipe.settings.get("regions")
        canvas = _canvas(recipe.content)
        if chosen == PAINTED and recipe.masks:
            layer = open_picture(recipe.masks[0])
            canvas = {"background": None, "composite": None, **(canvas or {}), "layers": [layer]}
        files = list(recipe.masks) if chosen == UPLOADED else None
        return {
            sketch: gr.update(value=canvas, visible=chosen == PAINTED),
            masks: gr.update(value=files, visible=chosen == UPLOADED),
        }

    widgets = {"regions": regions, "softness": softness, **controls._asdict()}
    return TabWidgets("paint", content, slots, widgets, result, (sketch, masks), restore_more)


def _shown(regions: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return gr.update(visible=regions == PAINTED), gr.update(visible=regions == UPLOADED)


def _kept(painting: Image.Image) -> str:
    """A file that holds the painting as it was when the result was made."""
    path = new_folder() / "painting.png"
    painting.save(path)
    return str(path)


def _canvas(content: str | None) -> dict[str, Any] | None:
    """An empty sketch over the photograph, at a size that phones can paint on."""
    picture = glimpse(content)
    if picture is None:
        return None
    return {"background": fit(picture, CANVAS_SIDE), "layers": [], "composite": None}


def _canvas_of_snapshot(content: str | None) -> Any:
    """The camera says nothing but "change"; its files are called so."""
    return _canvas(content) if content and Path(content).name == "image.png" else gr.skip()


def _sketch(value: dict[str, Any] | None) -> Image.Image:
    """What was painted, mode "RGBA". Raises ValueError for an untouched canvas."""
    layers = [layer.convert("RGBA") for layer in (value or {}).get("layers", [])]
    painted = [layer for layer in layers if layer.getchannel("A").getextrema()[1] >= 128]
    if not painted:
        raise ValueError("Paint over the photograph first, or choose a preset under Regions.")
    sketch = painted[0]
    for layer in painted[1:]:
        sketch = Image.alpha_composite(sketch, layer)
    return sketch
