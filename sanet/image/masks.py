"""Region masks as greyscale pictures: presets, paintings, soft edges, strengths. White is where a style applies.

Knows no network and no widget; `controls.py` turns the masks into weights.
"""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageFilter, ImageOps

Size = tuple[int, int]
Grid = np.ndarray
EXACT = 8  # of 255: as far as a colour may be off and still be the palette's
OPACITY = 0.6  # of the tint over the photograph


def _stripes(x: Grid, y: Grid, count: int) -> Grid:
    return np.floor(x * count)


def _bands(x: Grid, y: Grid, count: int) -> Grid:
    return np.floor(y * count)


def _rings(x: Grid, y: Grid, count: int) -> Grid:
    """Ellipses around the centre; the innermost is the first region, the corners belong to the last."""
    radius = np.hypot(x - 0.5, y - 0.5) * 2  # 1 at the middle of each side
    return np.minimum(np.floor(radius / 0.75 * (count - 1)), count - 1)


def _quadrants(x: Grid, y: Grid, count: int) -> Grid:
    """Reading order of a 2 x 2 grid; with fewer styles than quadrants they take turns."""
    return (2 * (y >= 0.5) + (x >= 0.5)) % count


PRESETS: dict[str, Callable[[Grid, Grid, int], Grid]] = {
    "Left / right": _stripes,
    "Top / bottom": _bands,
    "Centre": _rings,
    "Quadrants": _quadrants,
}


def preset_masks(name: str, size: Size, count: int) -> list[Image.Image]:
    """`count` hard masks, mode "L", `size` = (width, height), that together cover every pixel exactly once.

    Raises ValueError for a preset that does not exist.
    """
    if name not in PRESETS:
        raise ValueError(f"There is no preset {name!r}; choose one of {', '.join(PRESETS)}.")
    width, height = size
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    region = PRESETS[name](x, y, count)
    return [_mask(region == i) for i in range(count)]


def read_regions(sketch: Image.Image, palette: Sequence[str]) -> Image.Image:
    """The region of every pixel of a painting, mode "L": 0 is unpainted, i + 1 is painted in `palette[i]` ("#rrggbb").

    Half-transparent and more counts as painted. Where an edge is antialiased, its mixed colours go to one of the
    regions beside it, never to a third one whose colour happens to be nearer.
    """
    pixels = np.asarray(sketch.convert("RGBA")).astype(np.int32)
    distances = np.abs(pixels[:, :, None, :3] - np.array([_rgb(color) for color in palette])).max(axis=-1)  # (H, W, K)
    nearest, painted = distances.argmin(axis=-1), pixels[:, :, 3] >= 128
    sure = painted & (distances.min(axis=-1) <= EXACT)
    spread = ImageFilter.GaussianBlur(2)
    beside = np.stack([np.asarray(_mask(sure & (nearest == i)).filter(spread)) for i in range(len(palette))], axis=-1)
    region = np.where(sure | ~beside.any(axis=-1), nearest, beside.argmax(axis=-1))
    return Image.fromarray(np.where(painted, region + 1, 0).astype(np.uint8))


def draw_regions(regions: Image.Image, palette: Sequence[str]) -> Image.Image:
    """The painting, mode "RGBA", that `read_regions` reads."""
    colors = np.array([[0] * 4, *([*_rgb(color), 255] for color in palette)], dtype=np.uint8)
    return Image.fromarray(colors[np.asarray(regions)])


def region_masks(regions: Image.Image, numbers: Sequence[int]) -> list[Image.Image]:
    """One hard mask for each of `numbers`, white where `regions` has it."""
    array = np.asarray(regions)
    return [_mask(array == number) for number in numbers]


def strongest_regions(masks: Sequence[Image.Image], numbers: Sequence[int]) -> Image.Image:
    """The inverse of `region_masks`: each pixel gets the number of its strongest mask, 0 where all are below half."""
    stack = np.stack([np.asarray(mask) for mask in masks])  # (K, H, W)
    strongest = np.array(numbers, dtype=np.uint8)[stack.argmax(axis=0)]
    return Image.fromarray(np.where(stack.max(axis=0) >= 128, strongest, 0).astype(np.uint8))


def shape_masks(
    masks: Sequence[Image.Image], size: Size, softness: float, strengths: Sequence[float]
) -> list[Image.Image]:
    """What the engine is given: masks brought to `size` by area, with soft edges, each scaled by its strength.

    Raises ValueError for a strength outside 0 to 1.
    """
    for strength in strengths:
        if not 0.0 <= strength <= 1.0:
            raise ValueError(f"The strength of a region must lie between 0 and 1, got {strength}.")
    soft = soften([mask.resize(size, Image.Resampling.BOX) for mask in masks], softness)
    return [mask.point([round(v * s) for v in range(256)]) for mask, s in zip(soft, strengths, strict=True)]


def soften(masks: Sequence[Image.Image], softness: float) -> list[Image.Image]:
    """Masks with blurred edges; the deviation is `softness` (0 to 1) times a tenth of the shorter side."""
    if softness <= 0:
        return list(masks)
    return [mask.filter(ImageFilter.GaussianBlur(softness * min(mask.size) / 10)) for mask in masks]


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


def _mask(inside: Grid) -> Image.Image:
    return Image.fromarray(inside.astype(np.uint8) * 255)


def _rgb(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]
