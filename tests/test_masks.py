"""Region masks: presets, painted sketches, soft edges."""

import numpy as np
import pytest
from PIL import Image

from sanet.masks import PRESETS, painted_masks, preset_masks, soften

PALETTE = ("#ff0000", "#0000ff", "#00ff00")


def array(mask):
    return np.asarray(mask)


@pytest.mark.parametrize("name", list(PRESETS))
@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(40, 30), (17, 33)])
def test_presets_cover_every_pixel_exactly_once(name, count, size):
    masks = preset_masks(name, size, count)
    assert len(masks) == count
    assert all(mask.mode == "L" and mask.size == size for mask in masks)
    assert set(np.unique([array(mask) for mask in masks])) <= {0, 255}
    assert (sum(array(mask).astype(int) for mask in masks) == 255).all()
    assert all(array(mask).any() for mask in masks)


@pytest.mark.parametrize(
    ("name", "count", "regions"),
    [
        ("Left / right", 2, ["0011", "0011"]),
        ("Left / right", 4, ["0123", "0123"]),
        ("Top / bottom", 2, ["0000", "1111"]),
        ("Quadrants", 4, ["0011", "2233"]),
        ("Quadrants", 2, ["0011", "0011"]),
        ("Quadrants", 3, ["0011", "2200"]),
        ("Quadrants", 1, ["0000", "0000"]),
    ],
)
def test_presets_lie_where_their_names_say(name, count, regions):
    masks = np.stack([array(mask) for mask in preset_masks(name, (4, 2), count)])
    assert ["".join(map(str, row)) for row in masks.argmax(axis=0)] == regions


def test_the_centre_preset_puts_the_first_style_inside_and_the_last_in_the_corners():
    inside, outside = (array(mask) for mask in preset_masks("Centre", (41, 31), 2))
    assert inside[15, 20] == 255
    assert outside[0, 0] == outside[0, -1] == outside[-1, 0] == outside[-1, -1] == 255
    assert outside[15, 0] == outside[0, 20] == 255


def test_an_unknown_preset_is_refused_by_name():
    with pytest.raises(ValueError, match="'Diagonal'"):
        preset_masks("Diagonal", (8, 8), 2)


def sketch(*pixels):
    return Image.fromarray(np.array([pixels], dtype=np.uint8))


def test_painted_pixels_belong_to_the_nearest_colour():
    drawn = sketch((255, 0, 0, 255), (250, 30, 9, 255), (10, 10, 200, 255), (90, 160, 80, 255), (0, 0, 0, 0))
    masks = painted_masks(drawn, PALETTE, drawn.size)
    assert [array(mask)[0].tolist() for mask in masks] == [[255, 255, 0, 0, 0], [0, 0, 255, 0, 0], [0, 0, 0, 255, 0]]


def test_antialiased_edges_become_hard_at_half_transparency():
    drawn = sketch(*((255, 0, 0, alpha) for alpha in (0, 1, 127, 128, 254, 255)))
    assert array(painted_masks(drawn, PALETTE, drawn.size)[0])[0].tolist() == [0, 0, 0, 255, 255, 255]


def test_painted_masks_are_brought_to_the_size_without_soft_edges():
    drawn = sketch((255, 0, 0, 255), (0, 0, 0, 0), (0, 0, 255, 255))
    red, blue, green = (array(mask) for mask in painted_masks(drawn, PALETTE, (6, 2)))
    assert red.tolist() == [[255, 255, 0, 0, 0, 0]] * 2
    assert blue.tolist() == [[0, 0, 0, 0, 255, 255]] * 2
    assert not green.any()


def test_soft_edges_blur_and_keep_the_sum():
    masks = preset_masks("Left / right", (80, 40), 2)
    left, right = (array(mask).astype(int) for mask in soften(masks, 0.5))
    assert left[20, 0] == 255
    assert left[20, -1] == 0
    assert 100 < left[20, 40] < 155
    assert (np.diff(left[20]) <= 0).all()
    assert abs(left + right - 255).max() <= 2


def test_more_softness_makes_a_wider_edge():
    masks = preset_masks("Top / bottom", (60, 60), 2)
    columns = [array(soften(masks, softness)[0])[:, 30] for softness in (0.1, 0.4, 1.0)]
    widths = [int(((column > 0) & (column < 255)).sum()) for column in columns]
    assert 0 < widths[0] < widths[1] < widths[2]


def test_no_softness_leaves_masks_as_they_are():
    masks = preset_masks("Centre", (20, 20), 3)
    assert [m.tobytes() for m in soften(masks, 0)] == [m.tobytes() for m in masks]
