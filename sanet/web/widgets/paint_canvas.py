"""The canvas: brushes named after the styles, over a small copy of the photograph. Words and wire format only.

What is painted is a number for each pixel, 0 for unpainted and 1 to 4 for the styles, so that strokes have no soft
edges and no mixed colours. It travels as {"width", "height", "runs": "0 120 1 30 ...", "edit"}: numbers and how often
they repeat, row by row; `edit` counts the changes.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from sanet.errors import RefusedError
from sanet.image.masks import middle, region_masks, tint
from sanet.image.size import Size, fit
from sanet.web.examples import display_name
from sanet.web.files import glimpse
from sanet.web.widgets.own_widget import own_widget
from sanet.web.widgets.style_square import corner
from sanet.web.widgets.thumbnails import data_address

# Four colours that stay apart for colour-blind eyes (Okabe & Ito), and what can be read on them.
COLORS = ("#d55e00", "#0072b2", "#009e73", "#f0e442")
INKS = ("#000", "#fff", "#000", "#000")
BRUSHES = [
    {"number": i, "color": color, "ink": ink} for i, (color, ink) in enumerate(zip(COLORS, INKS, strict=True), 1)
]
CANVAS_SIDE = 640
MAX_RUNS = 2_000_000  # letters
# Hands a preview to the canvas. Not as a property: of two updates that arrive together Gradio keeps one's properties.
SHOW_PREVIEW = "(preview) => document.dispatchEvent(new CustomEvent('paint-preview', { detail: preview }))"
Box = tuple[int, int, int, int]
UNREADABLE = "The painting cannot be read; clear the canvas and paint again."


def paint_canvas(content: str | None, styles: Sequence[str | None], elem_id: str, visible: bool = True) -> gr.HTML:
    """The canvas; triggers "input" after every change."""
    first = {"photograph": photograph(content), "brushes": [brush_of(style) for style in styles]}
    constants = {"BRUSHES": BRUSHES, "COLORS": COLORS, "FIRST": first}
    return own_widget("paint_canvas", constants=constants, elem_id=elem_id, visible=visible)


def mark_canvas(styles: Sequence[str | None], elem_id: str) -> gr.HTML:
    """The same over the styles, each in a quarter of its own, where one marks what is taken of them."""
    empty = {"picture": "", "width": CANVAS_SIDE, "height": CANVAS_SIDE * 3 // 4}
    first = {"photograph": empty, "brushes": [brush_of(style) for style in styles], "inQuarters": True}
    constants = {"BRUSHES": BRUSHES, "COLORS": COLORS, "FIRST": first}
    return own_widget("paint_canvas", constants=constants, elem_id=elem_id, visible=False)


def with_quarters(is_seen: bool, *styles: str | None) -> Any:
    """An update of that canvas, which is hidden unless it `is_seen`: other styles; what is marked stays."""
    if not is_seen:
        return gr.update(visible=False)
    brushes = [brush_of(style) for style in styles]
    return gr.HTML(photograph=quarters(*styles), brushes=brushes, visible=True)


@lru_cache(8)
def quarters(*styles: str | None) -> dict[str, Any]:
    """Four styles in one picture, as `photograph` gives it; grey where there is none."""
    sheet = Image.new("RGB", (CANVAS_SIDE, CANVAS_SIDE * 3 // 4), "#888")
    for place, style in zip(_quarters(sheet.size), styles, strict=True):
        picture = glimpse(style)
        if picture:
            box = _within(picture.size, place)
            sheet.paste(picture.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.LANCZOS), box)
    return {"picture": data_address(sheet, "JPEG"), "width": sheet.width, "height": sheet.height}


def read_marks(value: Any, styles: Sequence[str | None]) -> list[Image.Image]:
    """For each style that there is, what is marked of it, mode "L"; black of an untouched canvas. Errors as above."""
    marks = read_painting(value) or Image.new("L", (4, 3))
    masks = []
    for number, (place, style) in enumerate(zip(_quarters(marks.size), styles, strict=True), 1):
        picture = glimpse(style)
        if picture:
            (mask,) = region_masks(marks.crop(_within(picture.size, place)), [number])
            masks.append(mask)
    return masks


def _quarters(size: Size) -> list[Box]:
    """Left, top, right and bottom of the four quarters, in reading order."""
    x, y = (side // 2 for side in size)
    return [(left, top, left + x, top + y) for top in (0, y) for left in (0, x)]


def _within(size: Size, box: Box) -> Box:
    """The largest box of the shape of `size` in the middle of another."""
    wide, high = box[2] - box[0], box[3] - box[1]
    scale = min(wide / size[0], high / size[1])
    width, height = (max(1, min(most, round(side * scale))) for side, most in zip(size, (wide, high), strict=True))
    left, top = box[0] + (wide - width) // 2, box[1] + (high - height) // 2
    return left, top, left + width, top + height


def dressed(content: str | None, *styles: str | None) -> gr.HTML:
    """An update of the canvas: another photograph or other brushes; what is painted stays."""
    return gr.HTML(photograph=photograph(content), brushes=[brush_of(style) for style in styles])


def painted(regions: Image.Image, content: str | None, styles: Sequence[str | None]) -> gr.HTML:
    """An update of the canvas with everything on it."""
    brushes = [brush_of(style) for style in styles]
    return gr.HTML(write_painting(regions), photograph=photograph(content), brushes=brushes)


@lru_cache(32)
def photograph(path: str | None) -> dict[str, Any]:
    """The photograph at a size that phones can paint on, as a data address; "" without one."""
    picture = glimpse(path)
    try:
        small = fit(picture, CANVAS_SIDE) if picture else None
    except ValueError:  # too narrow to be painted
        small = None
    if small is None:
        return {"picture": "", "width": 0, "height": 0}
    return {"picture": data_address(small, "JPEG"), "width": small.width, "height": small.height}


def brush_of(style: str | None) -> dict[str, str]:
    """The name and the thumbnail of a brush; empty without a style."""
    if not style:
        return {"name": "", "picture": ""}
    return {"name": display_name(style), "picture": corner(style)}


def preview_of(masks: Sequence[Image.Image], numbers: Sequence[int], painting: Any, paints: bool) -> dict[str, Any]:
    """What is laid over the photograph while the canvas still holds this `painting`: tints, and a number in each.

    `paints` is whether the masks are those of the painting, so that there is something to paint on.
    """
    edit = painting.get("edit") if isinstance(painting, dict) else None
    colors = [COLORS[number - 1] for number in numbers]
    picture = data_address(tint(masks, colors), "PNG") if masks else ""
    places = [[number, *place] for number, mask in zip(numbers, masks, strict=False) if (place := middle(mask))]
    return {"picture": picture, "edit": edit, "places": places, "paints": paints}


def read_painting(value: Any) -> Image.Image | None:
    """The region of every pixel, mode "L", None for an untouched canvas. Raises ValueError for anything else."""
    if not value:
        return None
    try:
        size, runs = (int(value["width"]), int(value["height"])), str(value["runs"])
        if not all(0 < side <= CANVAS_SIDE for side in size) or len(runs) > MAX_RUNS:
            raise RefusedError(UNREADABLE)
        numbers = np.array(runs.split(), dtype=np.int64).reshape(-1, 2)  # (runs, 2)
        regions, lengths = numbers.T
        fits = lengths.min() > 0 and lengths.max() <= size[0] * size[1] and lengths.sum() == size[0] * size[1]
        if not fits or regions.min() < 0 or regions.max() > len(COLORS):
            raise RefusedError(UNREADABLE)
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise RefusedError(UNREADABLE) from error
    return Image.fromarray(np.repeat(regions, lengths).astype(np.uint8).reshape(size[1], size[0]))


def write_painting(regions: Image.Image) -> dict[str, Any]:
    """The value of a canvas that holds `regions`, scaled down if need be."""
    scale = min(1.0, CANVAS_SIDE / max(regions.size))
    width, height = (max(1, round(side * scale)) for side in regions.size)
    flat = np.asarray(regions.resize((width, height), Image.Resampling.NEAREST)).ravel()
    starts = np.flatnonzero(np.diff(flat, prepend=255))
    runs = np.stack([flat[starts], np.diff(starts, append=flat.size)], axis=1)
    return {"width": width, "height": height, "runs": " ".join(map(str, runs.ravel().tolist())), "edit": 0}
