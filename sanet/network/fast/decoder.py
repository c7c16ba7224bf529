"""The decoder for inference: doublings folded into the convolutions behind them, the large maps in strips.

In bfloat16, where that is chosen, all but the last convolution, which makes the picture.
"""

from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from itertools import pairwise

import torch
from torch import Tensor, nn

from sanet.network.decoder import Decoder
from sanet.network.fast.choice import USUAL, Kernels, choose_convolution
from sanet.network.fast.padding import LastConv2d, Mirror, SharedConv2d
from sanet.network.fast.strips import by_strips
from sanet.network.fast.subpixel import LastStage, SubpixelConv2d
from sanet.network.layers import BilinearUpsample


class FastDecoder(Decoder):
    """Made of the layers of a plain decoder, at their places; the parameters are shared, except in bfloat16."""

    def __init__(self, decoder: Decoder, kernels: Kernels = USUAL) -> None:
        in_bfloat16 = kernels.decoder == "bfloat16"
        layers = _replace_layers(_in_bfloat16(decoder) if in_bfloat16 else decoder, kernels)
        nn.Sequential.__init__(self, *layers)  # not the plain one's, which makes weights of its own
        self.radius, self.in_bfloat16 = decoder.radius, in_bfloat16

    def forward(self, x: Tensor) -> Tensor:
        """As in the plain decoder; all stages above the first in strips."""
        first, *doubling = self.stages()
        x = first(x.bfloat16() if self.in_bfloat16 else x)
        for stage in doubling:
            x = by_strips(stage, x, Fraction(2), sum(map(_reaches_further, stage)), x.shape[1])
        return x

    def stages(self) -> list[nn.Sequential]:
        """The layers from one doubling to the next; applied in turn they are the decoder."""
        layers = list(self)
        # A `SubpixelConv2d` takes three places.
        cuts = [i - 2 for i, layer in enumerate(layers) if isinstance(layer, SubpixelConv2d)]
        folded = bool(cuts)
        cuts += [i for i, layer in enumerate(layers) if isinstance(layer, BilinearUpsample)]
        *stages, last = (layers[a:b] for a, b in pairwise([0, *cuts, len(layers)]))
        return [*(nn.Sequential(*stage) for stage in stages), LastStage(*last) if folded else nn.Sequential(*last)]


def _in_bfloat16(decoder: Decoder) -> Decoder:
    """A copy of it but for the last convolution."""
    *_, last = decoder
    assert isinstance(last, nn.Conv2d | SharedConv2d)
    rounded = deepcopy(decoder).to(torch.bfloat16)
    rounded[-1] = LastConv2d(last)
    return rounded


def _replace_layers(decoder: Decoder, kernels: Kernels) -> Iterator[nn.Module]:
    """A nearest doubling, its padding and its convolution become two places that do nothing and a `SubpixelConv2d`."""
    doublings = {i for i, layer in enumerate(decoder) if isinstance(layer, nn.Upsample)}
    for i, layer in enumerate(decoder):
        if doublings & {i, i - 1}:
            yield nn.Identity()
        elif i - 2 in doublings:
            assert isinstance(layer, nn.Conv2d)
            yield SubpixelConv2d(layer)
        elif isinstance(layer, nn.ReflectionPad2d):
            yield Mirror()
        else:
            yield choose_convolution(layer, kernels)


def _reaches_further(layer: nn.Module) -> bool:
    """Whether it reads one position beside its own."""
    return isinstance(layer, nn.Conv2d | SharedConv2d | BilinearUpsample)
