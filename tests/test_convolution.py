"""The tiled 3x3 convolution against the plain one, and when it is used."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from sanet.convolution import Conv3x3, speed_up, tiled_convolution, transformed_kernel


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (5, 7), (12, 3), (33, 50)])
@pytest.mark.parametrize("channels", [(1, 1), (3, 5), (70, 130)])
def test_tiles_equal_the_plain_convolution(size, channels):
    torch.manual_seed(0)
    c, d = channels
    x = torch.randn(2, c, size[0] + 2, size[1] + 2)
    weight, bias = torch.randn(d, c, 3, 3) / (9 * c) ** 0.5, torch.randn(d)
    found = tiled_convolution(x, transformed_kernel(weight), bias)
    assert found.shape == (2, d, *size)
    torch.testing.assert_close(found, F.conv2d(x, weight, bias), atol=5e-5, rtol=1e-5)


def test_rounding_stays_small_for_the_widest():
    torch.manual_seed(0)
    x, weight = torch.randn(1, 512, 34, 34).relu(), torch.randn(512, 512, 3, 3) / (9 * 256) ** 0.5
    exact = F.conv2d(x.double(), weight.double())
    found = tiled_convolution(x, transformed_kernel(weight), torch.zeros(512))
    assert (found - exact).abs().max() < 1e-4 * exact.abs().max()


@pytest.mark.parametrize("padding", [0, 1])
def test_a_wide_layer_is_sped_up_and_stays_equal(padding):
    torch.manual_seed(0)
    layer, x = Conv3x3(64, 128, padding).requires_grad_(False), torch.randn(1, 64, 9, 11)
    plain = nn.Conv2d(64, 128, 3, padding=padding, padding_mode="reflect")
    plain.load_state_dict(layer.state_dict())
    assert torch.equal(layer(x), plain(x))
    speed_up(layer)
    assert layer.transformed is not None
    assert layer.state_dict().keys() == {"weight", "bias"}
    torch.testing.assert_close(layer(x), plain(x), atol=5e-5, rtol=1e-5)


def test_a_narrow_layer_stays_plain():
    layer = Conv3x3(32, 128)
    speed_up(layer)
    assert layer.transformed is None


def test_training_takes_the_weights_as_they_are():
    layer, x = Conv3x3(64, 128), torch.randn(1, 64, 5, 5)
    speed_up(layer)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
    assert layer(x).abs().max() == 0
    layer(x).sum().backward()
    assert layer.weight.grad is not None
