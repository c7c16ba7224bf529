"""What the tab "Paint regions" answers besides pictures: previews, hints, archives of masks.

Every event is given `chosen`: the photograph, the four styles, what is chosen under Regions, the painting, the masks.
"""

import base64
from collections.abc import Sequence
from typing import Any

import gradio as gr

from sanet.image.masks import Size, shape_masks, strongest_regions
from sanet.web.regions import PAINTED, UPLOADED, areas, hinted, pack, unpacked
from sanet.web.result import explained
from sanet.web.widgets.paint_canvas import brush_of, painted, photograph, preview_of


def numbers_of(styles: Sequence[str | None]) -> list[int]:
    """The numbers of the brushes that have a style."""
    return [i for i, style in enumerate(styles, 1) if style]


def offered(regions: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Which of the upload of masks, "Paint on" and "Download" there is a use for."""
    return (
        gr.update(visible=regions == UPLOADED),
        gr.update(visible=regions != PAINTED),
        gr.update(visible=regions != UPLOADED),
    )


def _canvas_size(content: str | None) -> Size:
    shown = photograph(content)
    return (shown["width"], shown["height"]) if shown["picture"] else (640, 480)


def preview_regions(content: str | None, *rest: Any) -> dict[str, Any]:
    """The regions as the model will see them: soft, and as strong as they are."""
    styles, (regions, painting, masks, softness, *strengths) = rest[:4], rest[4:]
    numbers, size = numbers_of(styles), _canvas_size(content)
    try:
        found = areas(regions, painting, unpacked(masks or []), numbers, size)
        shaped = shape_masks(found, size, softness, [strengths[i - 1] for i in numbers])
    except ValueError:  # nothing painted, or masks that cannot be used, of which the click on Stylize tells
        shaped = []
    return preview_of(shaped, numbers, painting, regions == PAINTED)


def check_painted(content: str | None, *rest: Any) -> None:
    """Stop with a hint if nothing is painted; what else may be missing, the call itself explains."""
    styles, (regions, painting, _) = rest[:4], rest[4:]
    if regions == PAINTED and any(styles):
        with explained(), hinted():
            areas(regions, painting, [], numbers_of(styles), _canvas_size(content))


def painted_from(content: str | None, *rest: Any) -> tuple[Any, str]:
    """A preset or uploaded masks as a painting to go on from."""
    styles, (regions, painting, masks) = rest[:4], rest[4:]
    numbers, size = numbers_of(styles), _canvas_size(content)
    try:
        found = areas(regions, painting, unpacked(masks or []), numbers, size)
    except ValueError:  # no masks yet: go on from what was painted before
        return gr.skip(), PAINTED
    drawn = strongest_regions([mask.resize(size) for mask in found], numbers)
    return painted(drawn, content, styles), PAINTED


def taken(files: list[str]) -> list[str]:
    """Uploaded masks, archives unpacked; says at once if one cannot be read."""
    with explained():
        return unpacked(files)


def archive_of(content: str | None, *rest: Any) -> str:
    """The masks before soft edges and strengths, so that they come back as they were; as a data address."""
    styles, (regions, painting, masks) = rest[:4], rest[4:]
    numbers = numbers_of(styles)
    with explained(), hinted():
        found = areas(regions, painting, unpacked(masks or []), numbers, _canvas_size(content))
        names = [brush_of(style)["name"] for style in styles if style]
        return "data:application/zip;base64," + base64.b64encode(pack(found, names)).decode()
