"""Nearest-neighbor doubling, padding and a 3x3 convolution in one, and the decoder's last two convolutions in another.

A 3x3 kernel over a doubled map sees a 2x2 neighborhood of the small one, another for each of the four phases of the
doubled map's positions: 4 of 9 products are enough.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sanet.network.fast.padding import SharedConv2d, pad_border, widen

# How a 3-tap kernel over a doubled row reads the row before doubling: (phase, tap there, tap here).
FOLD = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]], [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]])
# Where a row of the doubled map, by its phase, finds the three rows above, at and below it among `convolve_phases`:
# (phase, phase there, row there less its own, tap).
READ = torch.zeros(2, 2, 2, 3)
READ[[0, 0, 0, 1, 1, 1], [1, 0, 1, 0, 1, 0], [0, 0, 1, 0, 1, 1], [0, 1, 2, 0, 1, 2]] = 1.0


def convolve_phases(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """`convolve_doubled` with its four phases side by side as channels: (N, C, h, w) -> (N, 4D, h+1, w+1).

    Row 2i + a of the doubled map is row i + a of the phases (a, 0) and (a, 1), and so for columns. Mirroring the
    doubled map repeats the border of the small one.
    """
    d, c = weight.shape[:2]
    fold = FOLD.to(weight, non_blocking=True)
    kernels = torch.einsum("apy,bqx,dcyx->abdcpq", fold, fold, weight).reshape(4 * d, c, 2, 2)
    return F.conv2d(pad_border(x, 0), kernels, bias.repeat(4))


def convolve_doubled(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Nearest doubling, reflection padding and a 3x3 convolution: (N, C, h, w) -> (N, D, 2h, 2w), channels last."""
    n, _, h, w = x.shape
    d = len(weight)
    phases = convolve_phases(x, weight, bias)
    out = phases.new_empty((n, 2 * h, 2 * w, d)).permute(0, 3, 1, 2)
    for i, phase in enumerate(phases.split(d, dim=1)):
        a, b = divmod(i, 2)
        out[:, :, a::2, b::2] = phase[:, :, a : a + h, b : b + w]
    return out


class SubpixelConv2d(SharedConv2d):
    """Doubling, reflection padding and a 3x3 convolution; the parameters are the convolution's."""

    def forward(self, x: Tensor) -> Tensor:
        return convolve_doubled(x, self.weight, self.bias)


class LastStage(nn.Sequential):
    """The decoder from the last doubling on: its map of full size stays in phases and is not mirrored.

    (N, widths[0], h, w) -> (N, 3, 2h, 2w), equal to the layers in turn up to rounding.
    """

    def forward(self, x: Tensor) -> Tensor:
        doubling, last = (layer for layer in self if isinstance(layer, nn.Conv2d | SharedConv2d))
        assert isinstance(doubling, SubpixelConv2d)
        assert last.bias is not None
        maps = convolve_phases(x, doubling.weight, doubling.bias).relu_()
        phases = maps.unflatten(1, (2, 2, -1))  # (N, 2, 2, D, h+1, w+1)
        phases[:, 1, :, :, 0] = phases[:, 1, :, :, 1]
        phases[:, 0, :, :, -1] = phases[:, 0, :, :, -2]
        phases[:, :, 1, :, :, 0] = phases[:, :, 1, :, :, 1]
        phases[:, :, 0, :, :, -1] = phases[:, :, 0, :, :, -2]
        read = READ.to(last.weight, non_blocking=True)
        kernels = torch.einsum("apky,bqlx,dcyx->dabpqckl", read, read, last.weight).reshape(-1, maps.shape[1], 2, 2)
        return F.pixel_shuffle(F.conv2d(widen(maps), kernels, last.bias.repeat_interleave(4)), 2)
