"""What is chosen under Regions, as the engine takes it: from the canvas as it is now, or from files.

Styles stand in numbered places, from 1, some of which may be empty; regions know the styles that are there.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr
from PIL import Image

from sanet.engine.request import PAINTED, UPLOADED, Regions
from sanet.errors import RefusedError
from sanet.image.decode import open_picture
from sanet.image.masks import draw_regions, is_marked, read_regions
from sanet.image.region_presets import REGION_PRESETS
from sanet.web.errors import sentence_of
from sanet.web.files import new_folder
from sanet.web.i18n import said, word
from sanet.web.mask_files import open_mask, unpacked
from sanet.web.sharing.old_paintings import read_old_regions
from sanet.web.widgets.paint_canvas import COLORS, read_marks, read_painting

KEYS = ("regions_left_right", "regions_top_bottom", "regions_centre", "regions_quadrants")
# In words of the page: how regions are drawn.
REGIONS = [
    (word("regions_painted"), PAINTED),
    *((word(key), preset) for key, preset in zip(KEYS, REGION_PRESETS, strict=True)),
    (word("regions_uploaded"), UPLOADED),
]
HINT = "Paint over the photograph first, or choose a preset under Regions."


class NothingPaintedError(RefusedError):
    """The canvas is untouched where a painting is needed."""


@contextmanager
def hinted() -> Iterator[None]:
    """Turns an untouched canvas into a notice, and ends the event without what the page shows of errors."""
    try:
        yield
    except NothingPaintedError as hint:
        gr.Info(sentence_of(hint))
        raise gr.Error(sentence_of(hint), visible=False, print_exception=False) from hint


def numbers_of(styles: Sequence[str | None]) -> list[int]:
    """The numbers of the places that have a style."""
    return [i for i, style in enumerate(styles, 1) if style]


def regions_now(
    drawn: str,
    painting: Any,
    masks: Sequence[str] | None,
    numbers: Sequence[int],
    softness: float = 0.0,
    strengths: Sequence[float] = (1.0,) * len(COLORS),
) -> Regions[Image.Image]:
    """Of the styles in the places `numbers`: `painting` is the value of the canvas, `strengths` has one for each place.

    Raises `NothingPaintedError`, or ValueError if there is no style, or not one uploaded mask for each.
    """
    if not numbers:
        raise RefusedError("Choose a style first: upload one or click an example.")
    pictures: tuple[Image.Image, ...] = ()
    if drawn == PAINTED:
        pictures = (_renumbered(read_painting(painting), numbers),)
    elif drawn == UPLOADED:
        pictures = _opened_masks(unpacked(masks or []), numbers)
    return Regions(drawn, pictures, softness, tuple(strengths[number - 1] for number in numbers))


def kept_regions(
    drawn: str, painting: Any, masks: Sequence[str] | None, softness: float, strengths: tuple[float, ...]
) -> Regions[str | None]:
    """The same for all places, as a link keeps it: a painting becomes a file. Raises ValueError for bad values."""
    pictures: tuple[str, ...] = ()
    if drawn == PAINTED:
        pictures = keep_painting(painting)
    elif drawn == UPLOADED:
        pictures = tuple(unpacked(masks or []))
    return Regions(drawn, pictures, softness, strengths)


def kept_parts(
    drawn: str, marks: Any, masks: Sequence[str] | None, styles: Sequence[str | None]
) -> Regions[str | None] | None:
    """Which part of each style is taken: "" for all of it, a preset, PAINTED by `marks`, or UPLOADED.

    A mask becomes a file for each style that there is. Raises ValueError for bad values.
    """
    if drawn == PAINTED:
        marked = read_marks(marks, styles)
        if not any(map(is_marked, marked)):
            gr.Info(said("nothing_marked"))
            return None
        paths = [new_folder() / "marks.png" for _ in marked]
        for mask, path in zip(marked, paths, strict=True):
            mask.save(path)
        return Regions(UPLOADED, tuple(map(str, paths)))
    if drawn == UPLOADED:
        return Regions(UPLOADED, tuple(unpacked(masks or [])))
    return Regions(drawn) if drawn else None


def opened_regions(regions: Regions[str | None], numbers: Sequence[int]) -> Regions[Image.Image]:
    """Those of `kept_regions` for the styles in the places `numbers`; errors as in `regions_now`."""
    files = [path for path in regions.pictures if path]
    pictures: tuple[Image.Image, ...] = ()
    if regions.drawn == PAINTED:
        pictures = (_renumbered(kept_painting(files[0]) if files else None, numbers),)
    elif regions.drawn == UPLOADED:
        pictures = _opened_masks(files, numbers)
    strengths = tuple(regions.strengths[number - 1] for number in numbers if regions.strengths)
    return Regions(regions.drawn, pictures, regions.softness, strengths)


def _renumbered(painting: Image.Image | None, numbers: Sequence[int]) -> Image.Image:
    """The painting of all places as one of the styles that are there."""
    if painting is None or not any(painting.histogram()[number] for number in numbers):
        raise NothingPaintedError(HINT)
    return painting.point([numbers.index(place) + 1 if place in numbers else 0 for place in range(256)])


def _opened_masks(paths: Sequence[str], numbers: Sequence[int]) -> tuple[Image.Image, ...]:
    if len(paths) != len(numbers):
        raise RefusedError(
            "Each style needs one mask: got {masks} for {styles} style(s).", masks=len(paths), styles=len(numbers)
        )
    return tuple(map(open_mask, paths))


def keep_painting(painting: Any) -> tuple[str, ...]:
    """A file with the painting as it is now, in the colours of the brushes; none of an untouched canvas."""
    regions = read_painting(painting)
    if regions is None:
        return ()
    path = new_folder() / "painting.png"
    draw_regions(regions, COLORS).save(path)
    return (str(path),)


def kept_painting(path: str) -> Image.Image:
    """The regions that `keep_painting` kept."""
    painting = open_picture(path)
    try:
        return read_regions(painting, COLORS)
    except ValueError:
        return read_old_regions(painting, COLORS)
