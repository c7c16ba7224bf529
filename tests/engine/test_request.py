"""Requests: what they hold together, what they refuse, and regions as masks."""

import math

import numpy as np
import pytest
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.request import PAINTED, UPLOADED, Regions, Request, controls_at, drawn_masks


def test_a_request_of_files_is_a_value():
    request = Request("a.jpg", ("b.jpg", None), Controls(0.8, (1, 2)), 256)
    assert request == Request("a.jpg", ("b.jpg", None), Controls(0.8, (1, 2)), 256)
    assert hash(request) == hash(Request("a.jpg", ("b.jpg", None), Controls(0.8, (1, 2)), 256))


@pytest.mark.parametrize(
    ("controls", "regions", "sentence"),
    [
        (Controls(mix=(1, 1, 1)), None, "one weight: got 3 for 2"),
        (Controls(), Regions("Centre", strengths=(1.0,)), "one strength: got 1 for 2"),
    ],
)
def test_there_is_one_of_everything_for_each_style(controls, regions, sentence):
    with pytest.raises(ValueError, match=sentence):
        Request("a.jpg", ("b.jpg", "c.jpg"), controls, 256, regions)


def test_strokes_are_not_endless():
    with pytest.raises(ValueError, match=r"stroke size must lie between 0\.25 and 4\.0, got 4\.5\."):
        Request("a.jpg", ("b.jpg",), stroke_size=4.5)


@pytest.mark.parametrize(("values", "sentence"), [({"enlarge": "no"}, "true or false"), ({"dpi": -1}, "Dots per inch")])
def test_sizes_that_make_no_sense_are_refused(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        Request("a.jpg", ("b.jpg",), **values)


def test_what_is_not_painted_is_not_polished():
    with pytest.raises(ValueError, match="choose other colours"):
        Request("a.jpg", ("b.jpg",), Controls(colors="style"), polish=5)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"drawn": "Diagonal"}, "no preset 'Diagonal'; choose one of Left / right"),
        ({"softness": math.nan}, "Soft edges must lie between 0 and 1, got nan"),
        ({"softness": 1.5}, "got 1.5"),
        ({"softness": "soft"}, "got soft"),
        ({"strengths": (0.5, -0.1)}, "strength of a region must lie between 0 and 1, got -0.1"),
        ({"strengths": (None,)}, "got None"),
        ({"strengths": (10**400,)}, "strength of a region"),
    ],
)
def test_regions_that_make_no_sense_are_refused(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        Regions(**({"drawn": "Centre"} | values))


def rows(masks):
    return [np.asarray(mask).tolist() for mask in masks]


def test_a_painting_is_a_mask_for_each_style():
    painting = Image.fromarray(np.array([[0, 1, 2], [2, 2, 0]], dtype=np.uint8))
    masks = drawn_masks(Regions(PAINTED, (painting,)), (9, 9), 2)
    assert rows(masks) == [[[0, 255, 0], [0, 0, 0]], [[0, 0, 255], [255, 255, 0]]]


def test_a_preset_has_the_size_of_the_result_and_uploads_their_own():
    assert rows(drawn_masks(Regions("Left / right"), (4, 1), 2)) == [[[255, 255, 0, 0]], [[0, 0, 255, 255]]]
    masks = Image.new("L", (2, 1), 200), Image.new("L", (3, 1), 7)
    assert drawn_masks(Regions(UPLOADED, masks), (4, 1), 2) == masks


def test_the_controls_of_a_result_have_the_shaped_masks():
    regions = Regions("Top / bottom", softness=0.0, strengths=(1.0, 0.4))
    request = Request(Image.new("RGB", (4, 4)), (Image.new("RGB", (4, 4)),) * 2, Controls(0.5), 64, regions)
    controls = controls_at(request, (2, 2))
    assert (controls.alpha, rows(controls.masks)) == (0.5, [[[255, 255], [0, 0]], [[0, 0], [102, 102]]])
    plain = Request(request.content, request.styles, request.controls)
    assert controls_at(plain, (2, 2)) is request.controls
