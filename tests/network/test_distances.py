"""Distances to a content and to a style, by known answers."""

import pytest
import torch

from sanet.network.distances import content_loss, style_loss
from sanet.network.encoder import Features
from sanet.network.statistics import mean_and_deviation


def features(seed: int, count: int = 2) -> Features:
    torch.manual_seed(seed)
    return Features(*(torch.rand(count, 3, 32 >> i, 32 >> i) for i in range(5)))


def shifted(x: Features, scale: float, offset: float) -> Features:
    return Features(*(scale * tap + offset for tap in x))


def test_content_loss_ignores_brightness_and_contrast_of_channels():
    x = features(0)
    assert content_loss(shifted(x, 3.0, 5.0), x).item() == pytest.approx(0.0, abs=1e-6)


def test_content_loss_of_opposite_features_is_four_for_each_level():
    x = features(0)
    # Normalised features of mean square (n - 1) / n differ by twice themselves.
    expected = sum(4.0 * (n - 1) / n for n in (x.relu4_1[0, 0].numel(), x.relu5_1[0, 0].numel()))
    assert content_loss(shifted(x, -1.0, 0.0), x).item() == pytest.approx(expected, rel=1e-3)


def test_content_loss_reads_only_the_two_deep_levels():
    x, other = features(0), features(1)
    assert content_loss(x._replace(relu1_1=other.relu1_1, relu3_1=other.relu3_1), x).item() == 0.0


def test_style_loss_counts_means_and_deviations_of_all_five_levels():
    x = features(0)
    assert style_loss(shifted(x, 1.0, 0.5), x).item() == pytest.approx(5 * 0.25, rel=1e-5)
    expected = sum(
        (mean.square().mean() + deviation.square().mean()).item() for mean, deviation in map(mean_and_deviation, x)
    )
    assert style_loss(shifted(x, 2.0, 0.0), x).item() == pytest.approx(expected, rel=1e-3)


def test_style_loss_ignores_where_things_are():
    x = features(0)
    assert style_loss(Features(*(tap.flip(2, 3) for tap in x)), x).item() == pytest.approx(0.0, abs=1e-9)
