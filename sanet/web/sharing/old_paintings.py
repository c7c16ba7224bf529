"""Paintings with soft edges, which the page drew until 24 November 2026 and links may hold for 90 days.

To be deleted after 22 February 2027, with its test and the one call in `regions.py`.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

EXACT = 8  # of 255: as far as a colour may be off and still be the palette's


def read_old_regions(painting: Image.Image, palette: Sequence[str]) -> Image.Image:
    """The region of every pixel, mode "L": 0 is unpainted, i + 1 is painted in `palette[i]` ("#rrggbb").

    Half-transparent and more counts as painted. Where an edge is antialiased, its mixed colours go to one of the
    regions beside it, never to a third one whose colour happens to be nearer.
    """
    pixels = np.asarray(painting.convert("RGBA")).astype(np.int32)
    colors = np.array([[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in palette])
    distances = np.abs(pixels[:, :, None, :3] - colors).max(axis=-1)  # (H, W, K)
    nearest, painted = distances.argmin(axis=-1), pixels[:, :, 3] >= 128
    sure = painted & (distances.min(axis=-1) <= EXACT)
    beside = np.stack([_spread(sure & (nearest == i)) for i in range(len(palette))], axis=-1)
    region = np.where(sure | ~beside.any(axis=-1), nearest, beside.argmax(axis=-1))
    return Image.fromarray(np.where(painted, region + 1, 0).astype(np.uint8))


def _spread(inside: np.ndarray) -> np.ndarray:
    """A region and a little around it, (H, W)."""
    return np.asarray(Image.fromarray(inside.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(2)))
