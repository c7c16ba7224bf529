"""Frames of one pixel: those made for CUDA against torch's own, here on the CPU."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from sanet.network.fast.padding import (
    LastConv2d,
    MirroredBfloat16Conv2d,
    MirroredConv2d,
    _pad_channels_last,
    pad_border,
)


@pytest.mark.parametrize("size", [(2, 2), (2, 5), (4, 3)])
@pytest.mark.parametrize(("inside", "mode"), [(0, "replicate"), (1, "reflect")])
@pytest.mark.parametrize("pad", [pad_border, _pad_channels_last])
def test_a_frame_repeats_or_mirrors_the_border(pad, inside, mode, size):
    x = torch.randn(2, 3, *size)
    assert torch.equal(pad(x, inside), F.pad(x, (1, 1, 1, 1), mode=mode))


def test_channels_stay_side_by_side():
    assert _pad_channels_last(torch.randn(1, 3, 4, 4), 1).is_contiguous(memory_format=torch.channels_last)


def test_a_mirrored_convolution_is_the_plain_one():
    plain = nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect").requires_grad_(False)
    x = torch.randn(2, 3, 5, 7)
    assert torch.equal(MirroredConv2d(plain)(x), plain(x))


def test_one_in_bfloat16_leaves_the_plain_one_and_the_type_of_the_map():
    plain = nn.Conv2d(32, 4, 3, padding=1, padding_mode="reflect").requires_grad_(False)
    x = torch.randn(2, 32, 5, 7)
    expected, found = plain(x), MirroredBfloat16Conv2d(plain)(x)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=0.02, rtol=0.02)
    assert torch.equal(plain(x), expected)


def test_the_last_convolution_makes_float32_of_bfloat16():
    plain, x = nn.Conv2d(3, 4, 3).requires_grad_(False), torch.randn(2, 3, 5, 7).bfloat16()
    assert torch.equal(LastConv2d(plain)(x), plain(x.float()))
