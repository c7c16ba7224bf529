"""What the tab "Paint regions" answers besides pictures: previews, hints, the subject, archives of masks.

Every event is given `chosen`: the photograph, the four styles, what is chosen under Regions, the painting, the masks.
"""

import base64
from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr
from PIL import Image, ImageChops

from sanet.engine.protocol import Engine
from sanet.engine.request import PAINTED, UPLOADED, Request, drawn_masks, shaped_masks
from sanet.image.masks import find_subject, strongest_regions
from sanet.image.size import Size
from sanet.progress import unreported
from sanet.web.choice import need_a_style
from sanet.web.errors import explained
from sanet.web.mask_files import pack, received
from sanet.web.regions import hinted, numbers_of, regions_now
from sanet.web.result import estimate_of, opened
from sanet.web.serving.runs import turn
from sanet.web.widgets.paint_canvas import brush_of, painted, photograph, preview_of, write_painting

SIDE = 384  # pixels, of a photograph whose subject is looked for: a position of relu4_1 for each of the regions' map


class Chosen(NamedTuple):
    """The values that every event is given."""

    content: str | None
    styles: Sequence[str | None]
    drawn: str
    painting: Any
    masks: Sequence[str] | None

    @property
    def size(self) -> Size:
        """Of the canvas."""
        seen = photograph(self.content)
        return (seen["width"], seen["height"]) if seen["picture"] else (640, 480)


def _chosen(content: str | None, values: Sequence[Any]) -> tuple[Chosen, Sequence[Any]]:
    """What is chosen, and what else an event is given."""
    styles, (drawn, painting, masks, *more) = values[:4], values[4:]
    return Chosen(content, styles, drawn, painting, masks), more


def offered(drawn: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Which of the upload of masks, "Paint on" and "Download" there is a use for."""
    return (
        gr.update(visible=drawn == UPLOADED),
        gr.update(visible=drawn != PAINTED),
        gr.update(visible=drawn != UPLOADED),
    )


def preview_regions(content: str | None, *values: Any) -> dict[str, Any]:
    """The regions as the model will see them: soft, and as strong as they are."""
    chosen, (softness, *strengths) = _chosen(content, values)
    numbers = numbers_of(chosen.styles)
    try:
        regions = regions_now(chosen.drawn, chosen.painting, chosen.masks, numbers, softness, strengths)
        shaped = shaped_masks(regions, chosen.size, len(numbers))
    except ValueError:  # nothing painted, or masks that cannot be used, of which the click on Stylize tells
        shaped = []
    return preview_of(shaped, numbers, chosen.painting, chosen.drawn == PAINTED)


def check_painted(content: str | None, *values: Any) -> None:
    """Stop with a hint if nothing is painted; what else may be missing, the call itself explains."""
    chosen, _ = _chosen(content, values)
    if chosen.drawn == PAINTED and any(chosen.styles):
        with explained(), hinted():
            regions_now(chosen.drawn, chosen.painting, [], numbers_of(chosen.styles))


def painted_from(content: str | None, *values: Any) -> tuple[Any, str]:
    """A preset or uploaded masks as a painting to go on from."""
    chosen, _ = _chosen(content, values)
    numbers = numbers_of(chosen.styles)
    try:
        regions = regions_now(chosen.drawn, chosen.painting, chosen.masks, numbers)
    except ValueError:  # no masks yet: go on from what was painted before
        return gr.skip(), PAINTED
    masks = [mask.resize(chosen.size) for mask in drawn_masks(regions, chosen.size, len(numbers))]
    return painted(strongest_regions(masks, numbers), content, chosen.styles), PAINTED


@explained()
def keep_subject(engine: Engine, content: str | None, *values: Any) -> tuple[gr.HTML, str]:
    """A painting of all but the photograph's subject, with the first brush that has a style."""
    chosen, _ = _chosen(content, values)
    return _painted_once(chosen, ImageChops.invert(_subject(engine, chosen)))


@explained()
def only_subject(engine: Engine, content: str | None, *values: Any) -> tuple[gr.HTML, str]:
    """The same of nothing but the subject."""
    chosen, _ = _chosen(content, values)
    return _painted_once(chosen, _subject(engine, chosen))


def _subject(engine: Engine, chosen: Chosen) -> Image.Image:
    """A mask of the canvas's size. Raises ValueError if nothing stands out, or there is no photograph or no style."""
    need_a_style(Request(chosen.content, tuple(chosen.styles)))
    # The photograph is its own style: another one would leave out what it lacks.
    complete = opened(Request(chosen.content, (chosen.content,), max_side=SIDE))
    with turn(unreported, estimate_of(engine, complete)):
        ((regions, _),) = engine.regions(complete)
    return find_subject(regions, chosen.size)


def _painted_once(chosen: Chosen, mask: Image.Image) -> tuple[gr.HTML, str]:
    """The canvas with the first brush where `mask` is white, and what is then chosen under Regions."""
    regions = strongest_regions([mask], numbers_of(chosen.styles)[:1])
    # Without photograph and brushes, which may be others by the time that the model has had its turn.
    return gr.HTML(write_painting(regions)), PAINTED


@explained()
def taken(files: list[str]) -> list[str]:
    """Uploaded masks, archives unpacked; says at once if one cannot be read."""
    return received(files)


def archive_of(content: str | None, *values: Any) -> str:
    """The masks before soft edges and strengths, so that they come back as they were; as a data address."""
    chosen, _ = _chosen(content, values)
    numbers = numbers_of(chosen.styles)
    with explained(), hinted():
        regions = regions_now(chosen.drawn, chosen.painting, chosen.masks, numbers)
        names = [brush_of(style)["name"] for style in chosen.styles if style]
        archive = pack(drawn_masks(regions, chosen.size, len(numbers)), names)
    return "data:application/zip;base64," + base64.b64encode(archive).decode()
