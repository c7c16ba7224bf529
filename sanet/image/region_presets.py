"""Divisions of a picture into regions, one for each style: halves, bands, rings, quadrants. Knows numbers only."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from sanet.errors import RefusedError
from sanet.image.size import Size

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
    """Reading order of a 2 x 2 grid; with fewer styles than quadrants they take turns."""
    return (2 * (y >= 0.5) + (x >= 0.5)) % count


REGION_PRESETS: dict[str, Callable[[Grid, Grid, int], Grid]] = {
    "Left / right": _stripes,
    "Top / bottom": _bands,
    "Centre": _rings,
    "Quadrants": _quadrants,
}


def preset_masks(name: str, size: Size, count: int) -> list[Image.Image]:
    """`count` hard masks, mode "L", `size` = (width, height), that together cover every pixel exactly once.

    Raises ValueError for a preset that does not exist.
    """
    if name not in REGION_PRESETS:
        raise RefusedError(
            "There is no preset {name}; choose one of {presets}.", name=repr(name), presets=", ".join(REGION_PRESETS)
        )
    width, height = size
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    region = REGION_PRESETS[name](x, y, count)
    return [Image.fromarray((region == i).astype(np.uint8) * 255) for i in range(count)]
