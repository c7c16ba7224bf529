"""The request: everything that a picture depends on, as one frozen value.

A tab, the command line or a program builds it, links and files carry it, the engine takes it. What stands for a picture
is up to who holds it: a PIL picture where it is painted, the path of a file where it is kept, None in an empty place.
"""

import reprlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Generic, TypeVar

from PIL import Image

from sanet.engine.controls import Controls
from sanet.errors import RefusedError
from sanet.image.masks import check_shaping, read_mask, region_masks, shape_masks
from sanet.image.print_size import check_dpi
from sanet.image.region_presets import REGION_PRESETS, preset_masks
from sanet.image.size import Size
from sanet.image.stroke_size import check_stroke_size

PAINTED, UPLOADED = "My painting", "Uploaded masks"
STEPS = 20  # of Polish, where nothing else is said
MOST_STEPS = 100  # of Polish; later ones change next to nothing
Picture = TypeVar("Picture")


@dataclass(frozen=True)
class Regions(Generic[Picture]):
    """Where each style applies, as it is said before the size of the result is known.

    `drawn`: PAINTED, UPLOADED or one of REGION_PRESETS. `pictures`: for PAINTED one, mode "L", that holds the number of
    a style (from 1) in every pixel, 0 for none; for UPLOADED a mask for each style. `softness`, 0 to 1, as in `soften`.
    `strengths`, 0 to 1, one for each style. Raises ValueError for values out of range.
    """

    drawn: str
    pictures: tuple[Picture, ...] = ()
    softness: float = 0.2
    strengths: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.drawn not in (PAINTED, UPLOADED, *REGION_PRESETS):
            raise RefusedError(
                "There is no preset {name}; choose one of {presets}.",
                name=repr(self.drawn),
                presets=", ".join(REGION_PRESETS),
            )
        check_shaping(self.softness, self.strengths)


@dataclass(frozen=True)
class Request(Generic[Picture]):
    """A content in one or more styles, by `controls`, with a longer side of at most `max_side` pixels.

    `regions` say where each style applies, in place of the masks of `controls`. `polish`: steps on the pixels of what
    the network painted; 0 leaves it as it is. `stroke_size`: how many times as large the styles are read. `enlarge`:
    a smaller content is scaled up to `max_side`. `dpi`: dots per inch that files of the result say; 0 for nothing.
    `match_regions`: from 0 to 1, how much each region of the content keeps to the style's that is like it.
    `style_regions`: which part of each style is taken, by a preset or a mask for each; otherwise all of it. They have
    neither soft edges nor strengths. An empty mask stands for the whole style.
    Raises ValueError unless there is one weight, one mask and one strength for each style, where they are given, and
    for numbers that are out of range.
    """

    content: Picture
    styles: tuple[Picture, ...]
    controls: Controls = field(default_factory=Controls)
    max_side: int = 512
    regions: Regions[Picture] | None = None
    polish: int = 0
    stroke_size: float = 1.0
    enlarge: bool = False
    dpi: int = 0
    match_regions: float = 0.0
    style_regions: Regions[Picture] | None = None

    def __post_init__(self) -> None:
        check_steps(self.polish)
        check_stroke_size(self.stroke_size)
        if self.enlarge not in (True, False):
            raise ValueError(f"Enlarging must be true or false, got {reprlib.repr(self.enlarge)}.")
        check_dpi(self.dpi)
        check_match(self.match_regions)
        if self.polish and self.controls.colors == "style":
            raise RefusedError("Polish paints, which leaves the photograph's structure; choose other colours for it.")
        if self.style_regions and self.style_regions.drawn == PAINTED:
            raise ValueError("Which part of a style is taken is said by a preset or by masks.")
        self.controls.check_style_count(len(self.styles))
        if self.regions and len(self.regions.strengths) != len(self.styles):
            count = len(self.regions.strengths)
            raise ValueError(f"Each style needs one strength: got {count} for {len(self.styles)} style(s).")

    def check_masks(self) -> None:
        """Raise ValueError if another number of masks than of styles is uploaded."""
        for regions in (self.regions, self.style_regions):
            if regions and regions.drawn == UPLOADED and len(regions.pictures) != len(self.styles):
                raise RefusedError(
                    "Each style needs one mask: got {masks} for {styles} style(s).",
                    masks=len(regions.pictures),
                    styles=len(self.styles),
                )


def check_match(share: float) -> None:
    """Raise ValueError unless this is a number from 0 to 1."""
    if not (isinstance(share, Real) and 0.0 <= share <= 1.0):
        raise RefusedError("Matching regions must lie between 0 and 1, got {share}.", share=reprlib.repr(share))


def check_steps(steps: object) -> None:
    """Raise ValueError unless this is a number of steps that Polish takes."""
    if not isinstance(steps, int) or isinstance(steps, bool) or not 0 <= steps <= MOST_STEPS:
        raise RefusedError("Polish takes 0 to {most} steps, got {steps}.", most=MOST_STEPS, steps=repr(steps))


def controls_at(request: Request[Image.Image], size: Size) -> Controls:
    """The controls of a result of `size`: those of `request`, with masks where it has regions."""
    if request.regions is None:
        return request.controls
    return replace(request.controls, masks=tuple(shaped_masks(request.regions, size, len(request.styles))))


def masks_of_styles(request: Request[Image.Image]) -> tuple[Image.Image, ...]:
    """A mask of each style, mode "L", white where it is taken from; none where nothing is said of it."""
    if request.style_regions is None:
        return ()
    count = len(request.styles)
    masks = [drawn_masks(request.style_regions, style.size, count)[i] for i, style in enumerate(request.styles)]
    return tuple(map(read_mask, masks))


def shaped_masks(regions: Regions[Image.Image], size: Size, count: int) -> list[Image.Image]:
    """A mask of `size` for each of `count` styles, with soft edges and strengths."""
    return shape_masks(drawn_masks(regions, size, count), size, regions.softness, regions.strengths)


def drawn_masks(regions: Regions[Image.Image], size: Size, count: int) -> Sequence[Image.Image]:
    """A mask for each of `count` styles, before soft edges and strengths; presets have `size`, the others their own."""
    if regions.drawn == PAINTED:
        return region_masks(regions.pictures[0], range(1, count + 1))
    return regions.pictures if regions.drawn == UPLOADED else preset_masks(regions.drawn, size, count)
