"""Region masks: presets, paintings, soft edges, strengths."""

import numpy as np
import pytest
from PIL import Image

from sanet.image.masks import (
    PRESETS,
    draw_regions,
    middle,
    preset_masks,
    read_regions,
    region_masks,
    shape_masks,
    soften,
    strongest_regions,
    tint,
)

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


def test_a_painting_is_read_as_it_was_drawn():
    regions = Image.fromarray(np.random.default_rng(0).integers(0, 4, (9, 7), dtype=np.uint8))
    assert read_regions(draw_regions(regions, PALETTE), PALETTE).tobytes() == regions.tobytes()


def test_colours_that_are_not_quite_the_palettes_belong_to_the_nearest():
    drawn = sketch((240, 30, 0, 255), (0, 0, 0, 0), (10, 10, 200, 255), (0, 0, 0, 0), (90, 160, 80, 255))
    assert array(read_regions(drawn, PALETTE))[0].tolist() == [1, 0, 2, 0, 3]


def test_antialiased_edges_become_hard_at_half_transparency():
    drawn = sketch(*((255, 0, 0, alpha) for alpha in (0, 1, 127, 128, 254, 255)))
    assert array(read_regions(drawn, PALETTE))[0].tolist() == [0, 0, 0, 1, 1, 1]


def test_antialiased_edges_never_bleed_into_a_third_style():
    orange, blue, green = (213, 94, 0), (0, 114, 178), (0, 158, 115)
    palette = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in (orange, blue, green)]
    mixed = tuple((a + b) // 2 for a, b in zip(orange, blue, strict=True))
    assert sum((np.array(mixed) - green) ** 2) < min(sum((np.array(mixed) - c) ** 2) for c in (orange, blue))
    drawn = np.zeros((12, 13, 4), dtype=np.uint8)
    drawn[:, :6], drawn[:, 6], drawn[:, 7:] = (*orange, 255), (*mixed, 255), (*blue, 255)
    regions = array(read_regions(Image.fromarray(drawn), palette))
    assert set(regions.ravel()) == {1, 2}
    assert (regions[:, :6] == 1).all()
    assert (regions[:, 7:] == 2).all()


def test_regions_become_masks_and_masks_regions():
    regions = Image.fromarray(np.array([[0, 1, 3], [3, 0, 1]], dtype=np.uint8))
    masks = region_masks(regions, [1, 3])
    assert [array(mask).tolist() for mask in masks] == [[[0, 255, 0], [0, 0, 255]], [[0, 0, 255], [255, 0, 0]]]
    assert strongest_regions(masks, [1, 3]).tobytes() == regions.tobytes()


def test_masks_are_brought_to_size_softened_and_scaled_by_their_strengths():
    masks = preset_masks("Left / right", (80, 40), 2)
    left, right = (array(mask).astype(int) for mask in shape_masks(masks, (160, 80), 0.5, (1.0, 0.4)))
    assert left.shape == (80, 160)
    assert (left[40, 0], right[40, -1]) == (255, 102)
    assert abs(left + right / 0.4 - 255).max() <= 4
    assert not array(shape_masks(masks, (80, 40), 0.5, (0.0, 1.0))[0]).any()
    with pytest.raises(ValueError, match=r"1\.5"):
        shape_masks(masks, (80, 40), 0.0, (1.0, 1.5))


def test_the_tint_has_each_colour_where_its_mask_is_and_nothing_elsewhere():
    masks = region_masks(Image.fromarray(np.array([[0, 1, 2]], dtype=np.uint8)), [1, 2])
    clear, red, blue = array(tint(masks, PALETTE[:2]))[0].tolist()
    assert clear[3] == 0
    assert red == [255, 0, 0, blue[3]]
    assert blue[:3] == [0, 0, 255]
    assert 100 < blue[3] < 200


def test_the_middle_lies_inside_the_region():
    ring, corners = preset_masks("Centre", (300, 200), 2)
    for mask in (ring, corners):
        x, y = middle(mask)
        assert mask.getpixel((int(x * 300), int(y * 200))) == 255
    assert middle(Image.new("L", (300, 200), 255)) == pytest.approx((0.5, 0.5), abs=0.1)
    assert middle(Image.new("L", (30, 20))) is None
    assert middle(Image.new("L", (1, 1), 255)) == (0.5, 0.5)


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
