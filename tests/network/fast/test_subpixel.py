"""Doubling and convolution in one, against the layers in turn."""

import pytest
import torch
from torch import nn

from sanet.network.fast.subpixel import LastStage, SubpixelConv2d

SIZES = [(1, 1), (2, 2), (2, 4), (3, 5)]


def layers(channels_in, channels_out):
    """Doubling, padding and a convolution."""
    torch.manual_seed(0)
    upsample = nn.Upsample(scale_factor=2, mode="nearest")
    return upsample, nn.ReflectionPad2d(1), nn.Conv2d(channels_in, channels_out, 3).requires_grad_(False)


@pytest.mark.parametrize("size", SIZES)
def test_four_phases_are_the_doubled_map(size):
    plain, x = layers(5, 7), torch.randn(2, 5, *size)
    found = SubpixelConv2d(plain[2])(x)
    torch.testing.assert_close(found, nn.Sequential(*plain)(x), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("size", SIZES)
def test_the_last_two_convolutions_in_phases_are_the_layers_in_turn(size):
    first, x = layers(5, 7), torch.randn(2, 5, *size)
    rest = nn.ReLU(), nn.ReflectionPad2d(1), nn.Conv2d(7, 3, 3).requires_grad_(False)
    found = LastStage(SubpixelConv2d(first[2]), *rest)(x)
    torch.testing.assert_close(found, nn.Sequential(*first, *rest)(x), atol=1e-6, rtol=1e-5)
