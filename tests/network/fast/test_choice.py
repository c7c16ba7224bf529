"""Which layers get which kernel."""

import pytest
import torch.nn.functional as F
from torch import nn

from sanet.network.fast import choice
from sanet.network.fast.choice import choose_convolution, choose_multiply, choose_transform
from sanet.network.fast.matmul import multiply_with_onednn
from sanet.network.fast.winograd import WinogradConv2d, transform_rows, transform_tiles


def conv(channels_in, channels_out):
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, padding_mode="reflect")


@pytest.mark.parametrize(
    ("channels", "transform"),
    [
        ((32, 128), None),
        ((64, 64), transform_rows),
        ((128, 128), transform_rows),
        ((64, 256), transform_rows),
        ((128, 256), transform_tiles),
        ((512, 512), transform_tiles),
    ],
)
def test_wide_layers_are_filtered_along_one_side_and_the_widest_along_both(channels, transform):
    assert choose_transform(conv(*channels)) is transform
    assert choose_transform(conv(*channels[::-1])) is transform


def test_narrow_layers_and_what_is_no_convolution_stay():
    for layer in (conv(32, 128), nn.ReLU()):
        assert choose_convolution(layer) is layer
    assert isinstance(choose_convolution(conv(64, 64)), WinogradConv2d)


@pytest.mark.parametrize("faster", [True, False])
def test_products_come_from_the_faster_library(faster, monkeypatch):
    monkeypatch.setattr(choice, "onednn_is_faster", lambda: faster)
    layer = conv(64, 64)
    expected = multiply_with_onednn if faster else F.linear
    assert choose_multiply(layer.weight.device) is expected
    assert choose_convolution(layer).multiply is expected
