"""Region masks as greyscale pictures: presets, painted sketches, soft edges. White is where a style applies.

Knows no network and no widget; `controls.py` turns the masks into weights.
"""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageFilter

Size = tuple[int, int]
Grid = np.ndarray


def _stripes(x: Grid, y: Grid, count: int) -> Grid:
    return np.floor(x * count)


def _bands(x: Grid, y: Grid, count: int) -> Grid:
    return np.floor(y * count)


def _rings(x: Grid, y: Grid, count: int) -> Grid:
    """Ellipses around the centre; the innermost is the first region, the corners belong to the last."""
    radius = np.hypot(x - 0.5, y - 0.5) * 2  # 1 at the middle of each side
    return np.minimum(np.floor(radius / 0.75 * (count - 1)), count - 1)


def _quadrants(x: Grid, y: Grid, count: int) -> Grid:
    """Clockwise reading order of a 2 x 2 grid; with fewer styles than quadrants they take turns."""
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


def painted_masks(sketch: Image.Image, palette: Sequence[str], size: Size) -> list[Image.Image]:
    """One hard mask per colour of `palette` ("#rrggbb") from an RGBA `sketch`, brought to `size`.

    Antialiased edges are made hard: half-transparent and more counts as painted, and every painted pixel belongs to
    the nearest colour of the palette.
    """
    pixels = np.asarray(sketch.convert("RGBA").resize(size, Image.Resampling.NEAREST)).astype(np.int32)
    colors = np.array([_rgb(color) for color in palette])
    distances = ((pixels[:, :, None, :3] - colors) ** 2).sum(axis=-1)  # (H, W, K)
    nearest = distances.argmin(axis=-1)
    painted = pixels[:, :, 3] >= 128
    return [_mask((nearest == i) & painted) for i in range(len(palette))]


def soften(masks: Sequence[Image.Image], softness: float) -> list[Image.Image]:
    """Masks with blurred edges; the deviation is `softness` (0 to 1) times a tenth of the shorter side."""
    if softness <= 0:
        return list(masks)
    return [mask.filter(ImageFilter.GaussianBlur(softness * min(mask.size) / 10)) for mask in masks]


def _mask(inside: Grid) -> Image.Image:
    return Image.fromarray(inside.astype(np.uint8) * 255)


def _rgb(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]
