"""Region masks: paintings, the subject, soft edges, strengths."""

import numpy as np
import pytest
from PIL import Image

from sanet.image.masks import (
    draw_regions,
    find_subject,
    middle,
    read_mask,
    read_regions,
    region_masks,
    shape_masks,
    soften,
    strongest_regions,
    tint,
)
from sanet.image.region_presets import preset_masks

PALETTE = ("#ff0000", "#0000ff", "#00ff00")


def array(mask):
    return np.asarray(mask)


def test_a_painting_is_read_as_it_was_drawn():
    regions = Image.fromarray(np.random.default_rng(0).integers(0, 4, (9, 7), dtype=np.uint8))
    assert read_regions(draw_regions(regions, PALETTE), PALETTE).tobytes() == regions.tobytes()


@pytest.mark.parametrize("pixel", [(254, 0, 0, 255), (255, 0, 0, 254), (9, 9, 9, 9)])
def test_a_painting_in_other_colours_is_refused(pixel):
    with pytest.raises(ValueError, match="#ff0000, #0000ff, #00ff00 and nothing else"):
        read_regions(Image.new("RGBA", (2, 1), pixel), PALETTE)


def test_regions_become_masks_and_masks_regions():
    regions = Image.fromarray(np.array([[0, 1, 3], [3, 0, 1]], dtype=np.uint8))
    masks = region_masks(regions, [1, 3])
    assert [array(mask).tolist() for mask in masks] == [[[0, 255, 0], [0, 0, 255]], [[0, 0, 255], [255, 0, 0]]]
    assert strongest_regions(masks, [1, 3]).tobytes() == regions.tobytes()


def map_of(*boxes, size=(48, 36)):
    """A map of region 1 with boxes of the regions 2, 3, ... on it, in positions."""
    regions = Image.new("L", size, 1)
    for number, box in enumerate(boxes, 2):
        regions.paste(number, box)
    return regions


def share(mask, box):
    """How much of a box is white."""
    return array(mask.crop(box)).mean() / 255


def test_the_subject_is_what_lies_in_the_middle():
    mask = find_subject(map_of((16, 12, 32, 24)), (640, 480))
    assert (mask.mode, mask.size) == ("L", (640, 480))
    assert np.unique(array(mask)).tolist() == [0, 255]
    assert share(mask, (233, 180, 407, 300)) == 1
    assert share(mask, (0, 0, 640, 140)) == share(mask, (0, 140, 193, 480)) == 0
    assert array(mask).mean() / 255 == pytest.approx(1 / 9, abs=0.01)


def test_a_subject_may_have_several_regions_and_reach_the_lower_side():
    head, body, corner = (20, 8, 28, 18), (14, 18, 34, 36), (0, 0, 10, 10)
    mask = find_subject(map_of(head, body, corner), (480, 360))
    assert share(mask, (220, 100, 260, 170)) == share(mask, (160, 200, 320, 360)) == 1
    assert share(mask, (0, 0, 480, 60)) == share(mask, (0, 0, 120, 360)) == 0


def test_what_is_only_at_the_rim_is_no_subject():
    frame = Image.new("L", (48, 48), 2)
    frame.paste(1, (6, 6, 42, 42))
    mask = find_subject(frame, (96, 96))
    assert share(mask, (20, 20, 76, 76)) == 1
    assert share(mask, (0, 0, 96, 8)) == 0


def test_a_subject_is_without_specks_and_holes():
    regions = map_of((12, 9, 36, 27))
    regions.putpixel((24, 18), 1)
    regions.putpixel((4, 4), 2)
    assert find_subject(regions, (480, 360)).tobytes() == find_subject(map_of((12, 9, 36, 27)), (480, 360)).tobytes()


@pytest.mark.parametrize("regions", [map_of(), map_of((24, 0, 48, 36)), map_of(size=(1, 1)), map_of((23, 17, 24, 18))])
def test_where_nothing_stands_out_it_is_said(regions):
    with pytest.raises(ValueError, match="Nothing stands out in this photograph"):
        find_subject(regions, (64, 48))


@pytest.mark.parametrize("seed", range(3))
def test_subjects_of_the_same_regions_are_the_same(seed):
    numbers = np.random.default_rng(seed).integers(1, 5, (9, 12), dtype=np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    masks = [find_subject(Image.fromarray(numbers), (640, 480)) for _ in range(2)]
    assert masks[0].tobytes() == masks[1].tobytes()
    renumbered = find_subject(Image.fromarray(5 - numbers), (640, 480))
    assert masks[0].tobytes() == renumbered.tobytes()


def test_masks_are_brought_to_size_softened_and_scaled_by_their_strengths():
    masks = preset_masks("Left / right", (80, 40), 2)
    left, right = (array(mask).astype(int) for mask in shape_masks(masks, (160, 80), 0.5, (1.0, 0.4)))
    assert left.shape == (80, 160)
    assert (left[40, 0], right[40, -1]) == (255, 102)
    assert abs(left + right / 0.4 - 255).max() <= 4
    assert not array(shape_masks(masks, (80, 40), 0.5, (0.0, 1.0))[0]).any()
    with pytest.raises(ValueError, match=r"1\.5"):
        shape_masks(masks, (80, 40), 0.0, (1.0, 1.5))


@pytest.mark.parametrize("softness", [float("nan"), float("inf"), float("-inf"), -0.1, 1.1, 1e308])
def test_soft_edges_out_of_range_are_refused_before_the_blur_sees_them(softness):
    masks = preset_masks("Left / right", (80, 40), 2)
    with pytest.raises(ValueError, match="between 0 and 1"):
        shape_masks(masks, (80, 40), softness, (1.0, 1.0))


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


def with_alpha(mode, value, alpha):
    """A picture whose left half is `value` seen at `alpha`, whose right half is white that cannot be seen."""
    picture = Image.new("LA", (20, 16), (255, 0))
    picture.paste((value, alpha), (0, 0, 10, 16))
    return picture.convert("RGBA").convert(mode) if mode == "RGBa" else picture.convert(mode)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "La", "RGBa"])
@pytest.mark.parametrize(
    ("value", "alpha", "expected"), [(255, 255, 255), (255, 128, 128), (128, 128, 64), (0, 255, 0)]
)
def test_a_mask_is_brightness_times_opacity(mode, value, alpha, expected):
    mask = read_mask(with_alpha(mode, value, alpha))
    assert mask.mode == "L"
    assert mask.getpixel((3, 8)) == pytest.approx(expected, abs=3)
    assert mask.getpixel((15, 8)) == 0


def test_a_palette_with_a_transparent_colour_is_a_mask():
    picture = Image.new("P", (20, 16), 1)
    picture.putpalette([255, 255, 255, 255, 255, 255])
    picture.paste(0, (0, 0, 10, 16))
    picture.info["transparency"] = 1
    mask = read_mask(picture)
    assert (mask.getpixel((3, 8)), mask.getpixel((15, 8))) == (255, 0)


@pytest.mark.parametrize("mode", ["L", "RGB", "1", "I;16"])
def test_masks_without_transparency_are_their_brightness(mode):
    grey = Image.linear_gradient("L")
    given = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257) if mode == "I;16" else grey.convert(mode)
    expected = given.convert("L") if mode == "1" else grey
    assert read_mask(given).tobytes() == expected.tobytes()


def test_a_truncated_mask_is_refused(tmp_path, noise):
    noise(64, 64).convert("L").save(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:2000])
    with Image.open(tmp_path / "a.png") as lazy, pytest.raises(ValueError, match="damaged"):
        read_mask(lazy)
