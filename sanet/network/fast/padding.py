"""A frame of one pixel around a map, which keeps channels side by side on CUDA, where torch's padding does not."""

from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def pad_border(x: Tensor, inside: int) -> Tensor:
    """(N, C, H, W) -> (N, C, H+2, W+2), framed by copies of what lies `inside` steps from the border.

    1 mirrors the map, 0 repeats its border.
    """
    return _pad_channels_last(x, inside) if x.is_cuda else F.pad(x, (1,) * 4, mode="reflect" if inside else "replicate")


def _pad_channels_last(x: Tensor, inside: int) -> Tensor:
    n, c, h, w = x.shape
    out = torch.empty(n, c, h + 2, w + 2, dtype=x.dtype, device=x.device, memory_format=torch.channels_last)
    out[:, :, 1:-1, 1:-1] = x
    out[:, :, 0, 1:-1] = x[:, :, inside]
    out[:, :, -1, 1:-1] = x[:, :, -1 - inside]
    out[..., 0] = out[..., 1 + inside]
    out[..., -1] = out[..., -2 - inside]
    return out


class Mirror(nn.Module):
    """`nn.ReflectionPad2d(1)`."""

    def forward(self, x: Tensor) -> Tensor:
        return pad_border(x, 1)


class SharedConv2d(nn.Module):
    """Holds the parameters of a 3x3 convolution, under their names, for another way to its sums."""

    weight: Tensor
    bias: Tensor

    def __init__(self, conv: "nn.Conv2d | SharedConv2d") -> None:
        super().__init__()
        assert conv.bias is not None
        self.weight, self.bias = conv.weight, conv.bias


class MirroredConv2d(SharedConv2d):
    """A convolution with one pixel of reflection padding."""

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(pad_border(x, 1), self.weight, self.bias)


class MirroredBfloat16Conv2d(MirroredConv2d):
    """The same from float32 to float32 with products in bfloat16; the parameters are rounded copies."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__(deepcopy(conv).to(torch.bfloat16))

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.bfloat16()).float()


class LastConv2d(SharedConv2d):
    """A convolution without padding whose result, a picture, must not have the coarse steps of bfloat16."""

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(widen(x), self.weight, self.bias)


def widen(x: Tensor) -> Tensor:
    """bfloat16 as float32; any other type as it is."""
    return x.float() if x.dtype == torch.bfloat16 else x
