"""Frames of one pixel: those made for CUDA against torch's own, here on the CPU."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from sanet.network.fast.padding import MirroredConv2d, _pad_channels_last, pad_border


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
