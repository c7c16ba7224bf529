"""Decoder: one feature map on the relu4_1 grid in, an RGB picture out (Eq. 4). Knows nothing else."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sanet.network.fast.winograd import Conv3x3, framed

# How a 3-tap kernel over a doubled row reads the row before doubling: (phase, tap there, tap here).
FOLD = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]], [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]])
# Where a row of the doubled map, by its phase, finds the three rows above, at and below it among `doubled_phases`:
# (phase, phase there, row there less its own, tap).
READ = torch.zeros(2, 2, 2, 3)
READ[[0, 0, 0, 1, 1, 1], [1, 0, 1, 0, 1, 0], [0, 0, 1, 0, 1, 1], [0, 1, 2, 0, 1, 2]] = 1.0


def doubled_phases(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """`doubled_convolution` with its four phases side by side as channels: (N, C, h, w) -> (N, 4D, h+1, w+1).

    Row 2i + a of the doubled map is row i + a of the phases (a, 0) and (a, 1), and so for columns. Each phase sees a
    2x2 neighbourhood of the small map, so 4 of 9 products are enough; mirroring the doubled map repeats the border of
    the small one.
    """
    d, c = weight.shape[:2]
    fold = FOLD.to(weight, non_blocking=True)
    kernels = torch.einsum("apy,bqx,dcyx->abdcpq", fold, fold, weight).reshape(4 * d, c, 2, 2)
    return F.conv2d(framed(x, 0), kernels, bias.repeat(4))


def doubled_convolution(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Nearest-neighbour doubling, reflection padding and a 3x3 convolution in one: (N, C, h, w) -> (N, D, 2h, 2w)."""
    n, _, h, w = x.shape
    d = len(weight)
    phases = doubled_phases(x, weight, bias)
    out = phases.new_empty((n, 2 * h, 2 * w, d)).permute(0, 3, 1, 2)  # (N, D, 2h, 2w), channels last
    for i, phase in enumerate(phases.split(d, dim=1)):
        a, b = divmod(i, 2)
        out[:, :, a::2, b::2] = phase[:, :, a : a + h, b : b + w]
    return out


class UpConv2d(nn.Conv2d):
    """Doubling, reflection padding and a 3x3 convolution; the parameters are the convolution's."""

    def forward(self, x: Tensor) -> Tensor:
        assert self.bias is not None
        return doubled_convolution(x, self.weight, self.bias)


class Mirror(nn.Module):
    """Reflection padding of one pixel. (N, C, h, w) -> (N, C, h+2, w+2)."""

    def forward(self, x: Tensor) -> Tensor:
        return framed(x, 1)


def conv(channels_in: int, channels_out: int) -> tuple[nn.Module, nn.Module]:
    """3x3 convolution behind reflection padding; two entries, so that published keys keep their indices."""
    return Mirror(), Conv3x3(channels_in, channels_out)


def up_conv(channels_in: int, channels_out: int) -> tuple[nn.Module, nn.Module, nn.Module]:
    """As `conv` on a map of twice the size; three entries, where the published layout has doubling and padding."""
    return nn.Identity(), nn.Identity(), UpConv2d(channels_in, channels_out, 3)


class LastStage(nn.Sequential):
    """The decoder from the last doubling on, for inference: its map of full size stays in phases and is not mirrored.

    (N, widths[0], h, w) -> (N, 3, 2h, 2w), equal to the layers in turn up to rounding.
    """

    def forward(self, x: Tensor) -> Tensor:
        doubling, last = (layer for layer in self if isinstance(layer, nn.Conv2d))
        assert doubling.bias is not None
        assert last.bias is not None
        maps = doubled_phases(x, doubling.weight, doubling.bias).relu_()
        phases = maps.unflatten(1, (2, 2, -1))  # (N, 2, 2, D, h+1, w+1)
        phases[:, 1, :, :, 0] = phases[:, 1, :, :, 1]
        phases[:, 0, :, :, -1] = phases[:, 0, :, :, -2]
        phases[:, :, 1, :, :, 0] = phases[:, :, 1, :, :, 1]
        phases[:, :, 0, :, :, -1] = phases[:, :, 0, :, :, -2]
        read = READ.to(last.weight, non_blocking=True)
        kernels = torch.einsum("apky,bqlx,dcyx->dabpqckl", read, read, last.weight).reshape(-1, maps.shape[1], 2, 2)
        return F.pixel_shuffle(F.conv2d(maps, kernels, last.bias.repeat_interleave(4)), 2)


class Decoder(nn.Sequential):
    """The mirror of VGG-19 from relu4_1 down, as in AdaIN (Huang & Belongie, arXiv 1703.06868).

    (N, widths[3], h, w) -> (N, 3, 8h, 8w). No activation at the end: callers clamp to [0, 1].
    """

    # Output pixels that one cell reaches beyond its own 8 x 8: convolutions at strides 8, 4, 2 and 1.
    radius = 8 + 4 * 4 + 2 * 2 + 2 * 1

    def __init__(self, widths: tuple[int, ...]) -> None:
        """`widths`: channels per encoder block, lowest first; the fifth is not used."""
        w1, w2, w3, w4 = widths[:4]
        super().__init__(
            *(*conv(w4, w3), nn.ReLU(inplace=True)),
            *(*up_conv(w3, w3), nn.ReLU(inplace=True)),
            *(*conv(w3, w3), nn.ReLU(inplace=True)),
            *(*conv(w3, w3), nn.ReLU(inplace=True)),
            *(*conv(w3, w2), nn.ReLU(inplace=True)),
            *(*up_conv(w2, w2), nn.ReLU(inplace=True)),
            *(*conv(w2, w1), nn.ReLU(inplace=True)),
            *(*up_conv(w1, w1), nn.ReLU(inplace=True)),
            *conv(w1, 3),
        )

    def stages(self) -> list[nn.Sequential]:
        """The layers from one doubling to the next; applied in turn they are the decoder up to rounding."""
        layers = list(self)
        # A doubling takes three places.
        cuts = [i - 2 for i, layer in enumerate(layers) if isinstance(layer, UpConv2d)]
        *stages, last = (layers[a:b] for a, b in pairwise([0, *cuts, len(layers)]))
        return [*(nn.Sequential(*stage) for stage in stages), LastStage(*last)]
