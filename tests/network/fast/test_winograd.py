"""The tiled 3x3 convolution against the plain one, and when it is used."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from sanet.network.fast import winograd as convolution
from sanet.network.fast.winograd import (
    Conv3x3,
    Framed,
    framed,
    rows_transformed,
    speed_up,
    tiled_convolution,
    tiles_transformed,
)

TRANSFORMS = [rows_transformed, tiles_transformed]


@pytest.mark.parametrize("size", [(2, 2), (2, 5), (4, 3)])
@pytest.mark.parametrize("inside", [0, 1])
def test_the_frame_for_cuda_equals_the_padding_for_the_cpu_and_so_does_its_gradient(inside, size):
    torch.manual_seed(0)
    x = torch.randn(2, 3, *size, dtype=torch.double, requires_grad=True)
    found = Framed.apply(x, inside)
    assert torch.equal(found, framed(x, inside))
    assert torch.autograd.gradcheck(lambda x: Framed.apply(x, inside), x)


def test_the_frame_leaves_the_gradient_that_it_reads():
    x = torch.randn(1, 3, 1, 4, requires_grad=True)
    gradient = torch.ones(1, 3, 3, 6)
    Framed.apply(x, 0).backward(gradient)
    assert torch.equal(gradient, torch.ones(1, 3, 3, 6))


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (5, 7), (12, 3), (33, 50)])
@pytest.mark.parametrize("channels", [(1, 1), (3, 5), (70, 130)])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_tiles_equal_the_plain_convolution(transform, size, channels):
    torch.manual_seed(0)
    c, d = channels
    x = torch.randn(2, c, size[0] + 2, size[1] + 2)
    weight, bias = torch.randn(d, c, 3, 3) / (9 * c) ** 0.5, torch.randn(d)
    found = tiled_convolution(x, transform(weight), bias)
    assert found.shape == (2, d, *size)
    torch.testing.assert_close(found, F.conv2d(x, weight, bias), atol=5e-5, rtol=1e-5)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_rounding_stays_small_for_the_widest(transform):
    torch.manual_seed(0)
    x, weight = torch.randn(1, 512, 34, 34).relu(), torch.randn(512, 512, 3, 3) / (9 * 256) ** 0.5
    exact = F.conv2d(x.double(), weight.double())
    found = tiled_convolution(x, transform(weight), torch.zeros(512))
    assert (found - exact).abs().max() < 1e-4 * exact.abs().max()


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_blocks_of_any_height_are_put_together(transform, rows, monkeypatch):
    torch.manual_seed(0)
    x, weight, bias = torch.randn(1, 3, 22, 10), torch.randn(5, 3, 3, 3), torch.randn(5)
    monkeypatch.setattr(convolution, "BANDS_BYTES", rows * 6 * 8 * 5 * 4)
    found = tiled_convolution(x, transform(weight), bias)
    torch.testing.assert_close(found, F.conv2d(x, weight, bias), atol=5e-5, rtol=1e-5)


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("channels", [(64, 64), (64, 128), (256, 128)])
def test_a_wide_layer_is_sped_up_and_stays_equal(channels, padding):
    torch.manual_seed(0)
    layer, x = Conv3x3(*channels, padding).requires_grad_(False), torch.randn(1, channels[0], 33, 35)
    plain = nn.Conv2d(*channels, 3, padding=padding, padding_mode="reflect")
    plain.load_state_dict(layer.state_dict())
    assert torch.equal(layer(x), plain(x))
    speed_up(layer)
    assert layer.transformed is not None
    assert layer.state_dict().keys() == {"weight", "bias"}
    torch.testing.assert_close(layer(x), plain(x), atol=5e-5, rtol=1e-5)


def test_a_small_picture_takes_the_plain_convolution():
    layer, x = Conv3x3(64, 64, 1).requires_grad_(False), torch.randn(1, 64, 31, 33)
    plain = layer(x)
    speed_up(layer)
    assert torch.equal(layer(x), plain)


def test_a_narrow_layer_stays_plain():
    layer = Conv3x3(32, 128)
    speed_up(layer)
    assert layer.transformed is None


def test_gradients_reach_the_input_of_a_frozen_layer():
    torch.manual_seed(0)
    layer, x = Conv3x3(64, 64).requires_grad_(False), torch.randn(1, 64, 5, 5, requires_grad=True)
    speed_up(layer)
    layer(x).sum().backward()
    assert x.grad is not None


def test_training_takes_the_weights_as_they_are():
    layer, x = Conv3x3(64, 128), torch.randn(1, 64, 5, 5)
    speed_up(layer)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
    assert layer(x).abs().max() == 0
    layer(x).sum().backward()
    assert layer.weight.grad is not None
