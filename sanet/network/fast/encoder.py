"""The encoder for inference: only the two taps that attention reads, the large maps below in strips."""

from fractions import Fraction
from functools import partial

from torch import Tensor, nn

from sanet.network.encoder import Encoder, Features
from sanet.network.fast.choice import USUAL, Kernels, choose_convolution
from sanet.network.fast.strips import by_strips


class FastEncoder(Encoder):
    """Made of the parts of a plain encoder, whose parameters it shares."""

    def __init__(self, encoder: Encoder, kernels: Kernels = USUAL) -> None:
        nn.Module.__init__(self)  # not the plain encoder's, which makes weights of its own
        self.blocks, self.widths, self.radius = encoder.blocks, encoder.widths, encoder.radius
        self.register_buffer("rgb_matrix", encoder.rgb_matrix)
        self.register_buffer("rgb_offset", encoder.rgb_offset)
        for name, conv in encoder.named_children():
            self.add_module(name, choose_convolution(conv, kernels))

    def forward(self, image: Tensor) -> Features:
        """As in the plain encoder, but the three lower taps, which only training reads, are empty."""
        x = self.convert_colors(image)
        *shallow, fourth, fifth = self.blocks
        for names, channels in zip(shallow, self.widths, strict=False):
            x = by_strips(partial(self.pool, names), x, Fraction(1, 2), len(names), channels)
        four = self.convolve(fourth[:1], x)
        five = self.convolve(fifth[:1], self.pool(fourth[1:], four))
        nothing = image.new_empty(0)
        return Features(nothing, nothing, nothing, four, five)
