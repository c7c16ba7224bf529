"""Winograd's 3x3 convolution against the plain one."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from sanet.network.fast import winograd
from sanet.network.fast.matmul import multiply_with_onednn
from sanet.network.fast.winograd import (
    WinogradConv2d,
    convolve_tiles,
    transform_rows,
    transform_tiles,
)

TRANSFORMS = [transform_rows, transform_tiles]


def plain_layer(channels_in, channels_out, padding):
    layer = nn.Conv2d(channels_in, channels_out, 3, padding=padding, padding_mode="reflect")
    return layer.requires_grad_(False)


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (5, 7), (12, 3), (33, 50)])
@pytest.mark.parametrize("channels", [(1, 1), (3, 5), (70, 130)])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_tiles_equal_the_plain_convolution(transform, size, channels):
    torch.manual_seed(0)
    c, d = channels
    x = torch.randn(2, c, size[0] + 2, size[1] + 2)
    weight, bias = torch.randn(d, c, 3, 3) / (9 * c) ** 0.5, torch.randn(d)
    found = convolve_tiles(x, transform(weight), bias)
    assert found.shape == (2, d, *size)
    torch.testing.assert_close(found, F.conv2d(x, weight, bias), atol=5e-5, rtol=1e-5)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_rounding_stays_small_for_the_widest(transform):
    torch.manual_seed(0)
    x, weight = torch.randn(1, 512, 34, 34).relu(), torch.randn(512, 512, 3, 3) / (9 * 256) ** 0.5
    exact = F.conv2d(x.double(), weight.double())
    found = convolve_tiles(x, transform(weight), torch.zeros(512))
    assert (found - exact).abs().max() < 1e-4 * exact.abs().max()


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_blocks_of_any_height_are_put_together(transform, rows, monkeypatch):
    torch.manual_seed(0)
    x, weight, bias = torch.randn(1, 3, 22, 10), torch.randn(5, 3, 3, 3), torch.randn(5)
    monkeypatch.setattr(winograd, "BANDS_BYTES", rows * 6 * 8 * 5 * 4)
    found = convolve_tiles(x, transform(weight), bias)
    torch.testing.assert_close(found, F.conv2d(x, weight, bias), atol=5e-5, rtol=1e-5)


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("channels", [(64, 64), (64, 128), (256, 128)])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_layer_equals_the_plain_one_and_has_its_parameters(transform, channels, padding):
    torch.manual_seed(0)
    plain, x = plain_layer(*channels, padding), torch.randn(1, channels[0], 33, 35)
    layer = WinogradConv2d(plain, transform)
    assert layer.state_dict().keys() == plain.state_dict().keys()
    assert layer.weight is plain.weight
    torch.testing.assert_close(layer(x), plain(x), atol=5e-5, rtol=1e-5)


@pytest.mark.parametrize("multiply", [F.linear, multiply_with_onednn])
def test_products_may_come_from_either_library(multiply):
    torch.manual_seed(0)
    plain, x = plain_layer(128, 256, 1), torch.randn(1, 128, 34, 32)
    layer = WinogradConv2d(plain, transform_tiles, multiply)
    torch.testing.assert_close(layer(x), plain(x), atol=5e-5, rtol=1e-5)


@pytest.mark.parametrize("padding", [0, 1])
def test_a_small_map_takes_the_plain_convolution(padding):
    plain, x = plain_layer(64, 64, padding), torch.randn(1, 64, 31, 33)
    assert torch.equal(WinogradConv2d(plain, transform_rows)(x), plain(x))
