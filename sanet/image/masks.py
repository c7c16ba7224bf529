"""Region masks as greyscale pictures: paintings, the subject, soft edges, strengths. White is where a style applies.

Knows no network and no widget; `controls.py` turns the masks into weights.
"""

from collections.abc import Sequence
from numbers import Real

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

from sanet.errors import RefusedError
from sanet.image.decode import to_srgb
from sanet.image.size import Size

OPACITY = 0.6  # of the tint over the photograph
# Deviation of the widest blur, in shorter sides; what is narrower than a few of the network's cells looks hard.
SOFTEST = 0.25


def read_mask(picture: Image.Image) -> Image.Image:
    """Any picture as a mask, mode "L": its brightness times its opacity, since painting programs use either.

    Raises ValueError for a picture that cannot be decoded.
    """
    if type(picture) is Image.Image and picture.mode == "L" and not picture.info:
        return picture
    srgb = to_srgb(picture)
    bright = srgb.convert("L")
    return ImageChops.multiply(bright, srgb.getchannel("A")) if srgb.mode == "RGBA" else bright


def is_marked(mask: Image.Image) -> bool:
    """Whether any of a mask, mode "L", is white by half."""
    return any(mask.histogram()[128:])


def draw_regions(regions: Image.Image, palette: Sequence[str]) -> Image.Image:
    """A map of regions, mode "L", as a painting, mode "RGBA": 0 is transparent, i + 1 is `palette[i]` ("#rrggbb")."""
    colors = np.array([[0] * 4, *([*_rgb(color), 255] for color in palette)], dtype=np.uint8)
    return Image.fromarray(colors[np.asarray(regions)])


def read_regions(painting: Image.Image, palette: Sequence[str]) -> Image.Image:
    """The map that `draw_regions` painted. Raises ValueError if there are colours that are not in `palette`."""
    pixels = np.asarray(painting.convert("RGBA"))
    regions = np.zeros(pixels.shape[:2], dtype=np.uint8)
    for number, color in enumerate(palette, 1):
        regions[(pixels == [*_rgb(color), 255]).all(axis=-1)] = number
    if (pixels[..., 3][regions == 0] != 0).any():
        raise ValueError(f"A painting of regions holds {', '.join(palette)} and nothing else.")
    return Image.fromarray(regions)


def region_masks(regions: Image.Image, numbers: Sequence[int]) -> list[Image.Image]:
    """One hard mask for each of `numbers`, white where `regions` has it."""
    array = np.asarray(regions)
    return [_mask(array == number) for number in numbers]


def strongest_regions(masks: Sequence[Image.Image], numbers: Sequence[int]) -> Image.Image:
    """The inverse of `region_masks`: each pixel gets the number of its strongest mask, 0 where all are below half."""
    stack = np.stack([np.asarray(mask) for mask in masks])  # (K, H, W)
    strongest = np.array(numbers, dtype=np.uint8)[stack.argmax(axis=0)]
    return Image.fromarray(np.where(stack.max(axis=0) >= 128, strongest, 0).astype(np.uint8))


def find_subject(regions: Image.Image, size: Size) -> Image.Image:
    """A hard mask, `size` = (width, height), of the regions that have a larger share of the middle than of the rim.

    `regions`: mode "L", small, the number of its region in every position. Raises ValueError if nothing stands out.
    """
    numbers = np.asarray(regions)
    height, width = numbers.shape
    y, x = np.meshgrid(_across(height), _across(width), indexing="ij")
    rim = np.zeros((height, width))
    rim[0] = rim[1:-1, 0] = rim[1:-1, -1] = 1.0  # not the lower side, which most subjects reach
    lead = _shares(numbers, np.exp(-2.0 * (x**2 + y**2))) - _shares(numbers, rim)  # by number
    hard = _mask((lead > 1e-6)[numbers])
    position = max(size) / max(width, height)  # in pixels
    soft = hard.resize(size, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(position))
    inside = np.asarray(soft) >= 128
    if inside.all() or not inside.any():
        raise RefusedError("Nothing stands out in this photograph; paint over it with a brush.")
    return _mask(inside)


def _across(count: int) -> np.ndarray:
    """The middles of so many positions from -1 to 1."""
    return (np.arange(count) + 0.5) / count * 2 - 1


def _shares(numbers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """How much of the weights the positions of each number have, from 0 to the largest, summing to 1."""
    return np.bincount(numbers.ravel(), weights.ravel()) / weights.sum()


def shape_masks(
    masks: Sequence[Image.Image], size: Size, softness: float, strengths: Sequence[float]
) -> list[Image.Image]:
    """What the engine is given: masks brought to `size` by area, with soft edges, each scaled by its strength.

    Raises ValueError for a softness or a strength outside 0 to 1.
    """
    check_shaping(softness, strengths)
    soft = soften([mask.resize(size, Image.Resampling.BOX) for mask in masks], softness)
    return [mask.point([round(v * s) for v in range(256)]) for mask, s in zip(soft, strengths, strict=True)]


def soften(masks: Sequence[Image.Image], softness: float) -> list[Image.Image]:
    """Masks with blurred edges; the deviation is `softness` (0 to 1) times a quarter of the shorter side.

    Raises ValueError for a softness outside 0 to 1.
    """
    check_shaping(softness)
    if softness == 0:
        return list(masks)
    return [mask.filter(ImageFilter.GaussianBlur(softness * SOFTEST * min(mask.size))) for mask in masks]


def check_shaping(softness: float, strengths: Sequence[float] = ()) -> None:
    """Raise ValueError for a softness or a strength outside 0 to 1."""
    # Pillow's blur writes out of bounds if its radius is no number.
    if not (isinstance(softness, Real) and 0.0 <= softness <= 1.0):
        raise RefusedError("Soft edges must lie between 0 and 1, got {softness}.", softness=softness)
    for strength in strengths:
        if not (isinstance(strength, Real) and 0.0 <= strength <= 1.0):
            raise RefusedError("The strength of a region must lie between 0 and 1, got {strength}.", strength=strength)


def middle(mask: Image.Image) -> tuple[float, float] | None:
    """A point well inside the white, x and y from 0 to 1; None for a black mask."""
    small = mask.reduce(max(1, min(mask.size) // 64))
    inside = np.asarray(small)
    if not inside.any():
        return None
    blur = min(small.size) / 5
    margin = round(2 * blur)  # black, so that the border of the picture counts as one of the region
    blurred = np.asarray(ImageOps.expand(small, margin).filter(ImageFilter.GaussianBlur(blur)))
    depth = blurred[margin:, margin:][: small.height, : small.width] + 1.0
    depth[2 * inside.astype(int) < inside.max()] = 0
    deepest = np.argwhere(depth == depth.max())
    y, x = deepest[((deepest - deepest.mean(axis=0)) ** 2).sum(axis=1).argmin()]
    return (int(x) + 0.5) / small.width, (int(y) + 0.5) / small.height


def tint(masks: Sequence[Image.Image], palette: Sequence[str]) -> Image.Image:
    """The masks as one see-through picture, mode "RGBA", each in its colour of `palette`."""
    stack = np.stack([np.asarray(mask) for mask in masks], axis=-1) / 255.0  # (H, W, K)
    cover = stack.sum(axis=-1, keepdims=True)
    colors = stack @ np.array([_rgb(color) for color in palette], dtype=float) / np.maximum(cover, 1e-6)
    alpha = 255 * OPACITY * cover.clip(max=1.0)
    return Image.fromarray(np.concatenate([colors, alpha], axis=-1).round().astype(np.uint8))


def _mask(inside: np.ndarray) -> Image.Image:
    return Image.fromarray(inside.astype(np.uint8) * 255)


def _rgb(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]
