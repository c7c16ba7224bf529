"""Paintings with soft edges still open; goes with `old_paintings.py`."""

from pathlib import Path

import numpy as np
from PIL import Image

from sanet.image.masks import draw_regions
from sanet.web.regions import kept_painting
from sanet.web.sharing.old_paintings import read_old_regions
from sanet.web.widgets.paint_canvas import COLORS

PALETTE = ("#ff0000", "#0000ff", "#00ff00")


def regions(*pixels: tuple[int, int, int, int]) -> list[int]:
    """Of one row."""
    sketch = Image.fromarray(np.array([pixels], dtype=np.uint8))
    return np.asarray(read_old_regions(sketch, PALETTE))[0].tolist()


def test_colours_that_are_not_quite_the_palettes_belong_to_the_nearest() -> None:
    drawn = ((240, 30, 0, 255), (0, 0, 0, 0), (10, 10, 200, 255), (0, 0, 0, 0), (90, 160, 80, 255))
    assert regions(*drawn) == [1, 0, 2, 0, 3]


def test_antialiased_edges_become_hard_at_half_transparency() -> None:
    assert regions(*((255, 0, 0, alpha) for alpha in (0, 1, 127, 128, 254, 255))) == [0, 0, 0, 1, 1, 1]


def test_antialiased_edges_never_bleed_into_a_third_style() -> None:
    orange, blue, green = (213, 94, 0), (0, 114, 178), (0, 158, 115)
    palette = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in (orange, blue, green)]
    mixed = tuple((a + b) // 2 for a, b in zip(orange, blue, strict=True))
    assert sum((np.array(mixed) - green) ** 2) < min(sum((np.array(mixed) - c) ** 2) for c in (orange, blue))
    drawn = np.zeros((12, 13, 4), dtype=np.uint8)
    drawn[:, :6], drawn[:, 6], drawn[:, 7:] = (*orange, 255), (*mixed, 255), (*blue, 255)
    found = np.asarray(read_old_regions(Image.fromarray(drawn), palette))
    assert set(found.ravel()) == {1, 2}
    assert (found[:, :6] == 1).all()
    assert (found[:, 7:] == 2).all()


def test_a_painting_of_the_first_page_still_opens(tmp_path: Path) -> None:
    """It was drawn in the four colours with soft edges, on a larger canvas."""
    blocks = Image.fromarray(np.random.default_rng(1).integers(0, 5, (30, 40), dtype=np.uint8))
    blocks = blocks.resize((320, 240), Image.Resampling.NEAREST)
    drawn = draw_regions(blocks, COLORS).resize((640, 480), Image.Resampling.BICUBIC)
    drawn.save(tmp_path / "painting.png")
    again = kept_painting(str(tmp_path / "painting.png")).resize((320, 240), Image.Resampling.NEAREST)
    assert (np.asarray(again) == np.asarray(blocks)).mean() > 0.9
