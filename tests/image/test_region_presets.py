"""Divisions of a picture into regions."""

import numpy as np
import pytest

from sanet.image.region_presets import REGION_PRESETS, preset_masks


def array(mask):
    return np.asarray(mask)


@pytest.mark.parametrize("name", list(REGION_PRESETS))
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
