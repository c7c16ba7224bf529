"""Which kernel each convolution and each product gets: measured on machines named in benchmarks/LEVERS.md."""

import torch
import torch.nn.functional as F
from torch import nn

from sanet.network.fast.matmul import Linear, multiply_with_onednn, onednn_is_faster
from sanet.network.fast.padding import MirroredConv2d
from sanet.network.fast.winograd import Transform, WinogradConv2d, transform_rows, transform_tiles


def choose_convolution(conv: nn.Module) -> nn.Module:
    """The fastest module for what a plain 3x3 convolution does on its device, with the same parameters."""
    if not isinstance(conv, nn.Conv2d):
        return conv
    if conv.weight.is_cuda:
        return MirroredConv2d(conv) if conv.padding == (1, 1) else conv
    transform = choose_transform(conv)
    return WinogradConv2d(conv, transform, choose_multiply(conv.weight.device)) if transform else conv


def choose_transform(conv: nn.Conv2d) -> Transform | None:
    """How a CPU's Winograd convolution is done, if the layer is wide enough for one to pay."""
    narrow, wide = sorted((conv.in_channels, conv.out_channels))
    if narrow < 64:
        return None
    return transform_tiles if narrow >= 128 and wide >= 256 else transform_rows


def choose_multiply(device: torch.device) -> Linear:
    """The fastest product of float32 matrices."""
    return multiply_with_onednn if device.type == "cpu" and onednn_is_faster() else F.linear
