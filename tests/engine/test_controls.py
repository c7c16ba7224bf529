"""Controls to weights: every control is a weighted sum whose weights add up to 1."""

from dataclasses import replace

import pytest
import torch
from PIL import Image

from sanet.engine.controls import Controls, bilinear_mix, bilinear_point, spatial_weights, style_weights
from sanet.network.model import blend


def flat(weights):
    return weights.flatten().tolist()


@pytest.mark.parametrize(
    ("alpha", "mix", "expected"),
    [
        (1.0, (1.0,), [0, 1]),
        (0.0, (1.0,), [1, 0]),
        (0.75, (1.0,), [0.25, 0.75]),
        (1.0, (1.0, 3.0), [0, 0.25, 0.75]),
        (0.5, (2.0, 2.0), [0.5, 0.25, 0.25]),
        (0.8, (0.0, 7.0, 0.0), [0.2, 0, 0.8, 0]),
    ],
)
def test_alpha_is_shared_among_the_styles(alpha, mix, expected):
    weights = style_weights(alpha, mix)
    assert weights.shape == (len(mix) + 1, 1, 1)
    assert flat(weights) == pytest.approx(expected)


def masks(*rows):
    """One-row masks (K, 1, w)."""
    return torch.tensor(rows, dtype=torch.float32)[:, None, :]


@pytest.mark.parametrize(
    ("alpha", "mix", "given", "content", "styles"),
    [
        # two halves: no cell is left to the content
        (1.0, (1, 1), masks([1, 1, 0, 0], [0, 0, 1, 1]), [0, 0, 0, 0], [[1, 1, 0, 0], [0, 0, 1, 1]]),
        # soft halves that add up to one
        (1.0, (1, 1), masks([1, 0.75, 0.25], [0, 0.25, 0.75]), [0, 0, 0], [[1, 0.75, 0.25], [0, 0.25, 0.75]]),
        # overlap: shared by the mix
        (1.0, (1, 3), masks([1, 1, 0], [0, 1, 1]), [0, 0, 0], [[1, 0.25, 0], [0, 0.75, 1]]),
        # uncovered and half covered cells: the rest is content
        (1.0, (1, 1), masks([1, 0, 0.5], [0, 0, 0]), [0, 1, 0.5], [[1, 0, 0.5], [0, 0, 0]]),
        # strength
        (0.5, (1, 1), masks([1, 0, 1], [0, 0, 1]), [0.5, 1, 0.5], [[0.5, 0, 0.25], [0, 0, 0.25]]),
        (0.0, (1,), masks([1, 0.5, 0]), [1, 1, 1], [[0, 0, 0]]),
        # a style without weight under its own mask: content, not a division by zero
        (1.0, (0, 1), masks([1, 0], [0, 1]), [1, 0], [[0, 0], [0, 1]]),
    ],
)
def test_masks_share_each_cell(alpha, mix, given, content, styles):
    weights = spatial_weights(alpha, mix, given)
    assert flat(weights[0]) == pytest.approx(content, abs=1e-6)
    assert [flat(row) for row in weights[1:]] == [pytest.approx(row, abs=1e-6) for row in styles]


def test_random_soft_masks_give_weights_that_sum_to_one_and_are_never_negative():
    torch.manual_seed(0)
    for alpha in (0.0, 0.3, 1.0):
        given = torch.rand(4, 9, 13) * (torch.rand(4, 9, 13) > 0.5)
        weights = spatial_weights(alpha, (0.0, 1.0, 2.0, 0.1), given)
        torch.testing.assert_close(weights.sum(dim=0), torch.ones(9, 13))
        assert weights.min() >= 0


def test_full_masks_are_the_same_as_none():
    torch.testing.assert_close(
        spatial_weights(0.7, (1.0, 3.0), torch.ones(2, 3, 4)), style_weights(0.7, (1.0, 3.0)).expand(3, 3, 4)
    )


def test_two_hard_halves_leave_exactly_nothing_to_the_content():
    left = torch.zeros(1, 8, 8)
    left[..., :4] = 1
    weights = spatial_weights(1.0, (1.0, 1.0), torch.cat([left, 1 - left]))
    assert torch.equal(weights[0], torch.zeros(8, 8))


def test_blend_is_a_weighted_sum_per_cell():
    maps = [torch.full((1, 2, 1, 3), value) for value in (1.0, 10.0, 100.0)]
    weights = torch.tensor([[[1.0, 0.0, 0.5]], [[0.0, 1.0, 0.25]], [[0.0, 0.0, 0.25]]])
    assert blend(maps, weights).tolist() == [[[[1.0, 10.0, 28.0]], [[1.0, 10.0, 28.0]]]]


@pytest.mark.parametrize("i", [0, 1, 2])
def test_blend_with_one_hot_weights_returns_that_map_whatever_the_others_hold(i):
    maps = [torch.full((1, 2, 3, 3), float("nan")) for _ in range(3)]
    maps[i] = torch.rand(1, 2, 3, 3)
    weights = torch.eye(3)[i][:, None, None]
    assert torch.equal(blend(maps, weights), maps[i])


def test_blend_leaves_the_maps_as_they_were():
    maps = [torch.rand(1, 2, 3, 3) for _ in range(3)]
    before = [m.clone() for m in maps]
    blend(maps, torch.full((3, 1, 1), 1 / 3))
    assert all(torch.equal(m, b) for m, b in zip(maps, before, strict=True))


def test_blend_refuses_a_wrong_number_of_weights():
    with pytest.raises(ValueError, match="shorter"):
        blend([torch.rand(1, 2, 3, 3)] * 3, torch.full((2, 1, 1), 0.5))


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0, 0, (1, 0, 0, 0)),
        (1, 0, (0, 1, 0, 0)),
        (0, 1, (0, 0, 1, 0)),
        (1, 1, (0, 0, 0, 1)),
        (0.5, 0.5, (0.25, 0.25, 0.25, 0.25)),
        (0.25, 0.5, (0.375, 0.125, 0.375, 0.125)),
        (0.5, 0.1, (0.45, 0.45, 0.05, 0.05)),
    ],
)
def test_a_point_in_the_square_gives_bilinear_shares(x, y, expected):
    assert bilinear_mix(x, y) == pytest.approx(expected)


@pytest.mark.parametrize("point", [(-0.01, 0.5), (0.5, 1.01), (float("nan"), 0.5)])
def test_a_point_outside_the_square_is_refused(point):
    with pytest.raises(ValueError, match=str(point[0])):
        bilinear_mix(*point)


@pytest.mark.parametrize("x", [0, 1, 0.29, 0.57, 0.123456789])
@pytest.mark.parametrize("y", [0, 1, 0.35, 0.07])
def test_the_point_is_found_again_in_its_shares(x, y):
    assert bilinear_point(bilinear_mix(x, y)) == (x, y)


@pytest.mark.parametrize("value", ["false", None, 2, [], {"a": "b" * 100_000}])
@pytest.mark.parametrize("switch", ["keep_color", "reconstruct"])
def test_switches_are_on_or_off(switch, value):
    with pytest.raises(ValueError, match="true or false") as refusal:
        Controls(**{switch: value})
    assert len(str(refusal.value)) < 200
    assert Controls(**{switch: 1}) == Controls(**{switch: True})


def test_keeping_the_colours_is_short_for_those_of_the_photograph():
    assert Controls(keep_color=True) == Controls(colors="photo") != Controls()
    assert replace(Controls(keep_color=True), alpha=0.5) == Controls(0.5, colors="photo")
    assert replace(Controls(keep_color=True), colors="result") == Controls()


@pytest.mark.parametrize("colors", ["", "Photo", None, 1, [], "x" * 100_000])
def test_other_colours_are_refused(colors):
    with pytest.raises(ValueError, match="choose one of result, photo, style, palette") as refusal:
        Controls(colors=colors)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("alpha", [-0.1, 1.5, float("nan"), float("inf")])
def test_alpha_out_of_range_is_refused_by_value(alpha):
    with pytest.raises(ValueError, match=rf"alpha.*got {alpha}\."):
        Controls(alpha=alpha)


@pytest.mark.parametrize(
    ("mix", "named"),
    [
        ((0.5, -0.25), "got -0.25"),
        ((float("nan"), 1.0), "got nan"),
        ((1.0, float("inf")), "got inf"),
        ((0.0, 0.0), "(0.0, 0.0)"),
        ((), "got ()"),
    ],
)
def test_impossible_mixes_are_refused_by_value(mix, named):
    with pytest.raises(ValueError, match="weight") as refusal:
        Controls(mix=mix)
    assert named in str(refusal.value)


def test_the_limits_are_accepted():
    assert Controls(alpha=0).alpha == 0
    assert Controls(alpha=1, mix=(0, 1e-9)).mix == (0, 1e-9)


def test_one_weight_and_one_mask_per_style():
    mask = Image.new("L", (4, 4))
    controls = Controls(mix=(1, 1), masks=(mask, mask))
    controls.check_style_count(2)
    Controls().check_style_count(5)
    with pytest.raises(ValueError, match=r"weight: got 2 for 3"):
        controls.check_style_count(3)
    with pytest.raises(ValueError, match=r"mask: got 1 for 2"):
        Controls(masks=(mask,)).check_style_count(2)
