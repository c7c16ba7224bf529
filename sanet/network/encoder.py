"""VGG encoder: an RGB image in, the five feature maps relu1_1 ... relu5_1 out.

Knows nothing of styles, attention or files. Depth and width are arguments, so VGG-19, VGG-16 and the compact
network are the same few lines.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Features(NamedTuple):
    """Encoder taps by layer name; relu`B`_1 is (N, widths[B-1], H / 2^(B-1), W / 2^(B-1)), sizes rounded up."""

    relu1_1: Tensor
    relu2_1: Tensor
    relu3_1: Tensor
    relu4_1: Tensor
    relu5_1: Tensor


class Encoder(nn.Module):
    """VGG (Simonyan & Zisserman, arXiv 1409.1556) up to relu5_1, as used in section 3.2 of the paper.

    Reflection padding and ceil-mode max pooling, as in the published style-transfer checkpoints. The input is RGB
    in [0, 1]; `rgb_matrix` and `rgb_offset` bring it to what the weights were trained on.
    """

    rgb_matrix: Tensor
    rgb_offset: Tensor

    def __init__(self, convs: tuple[int, ...], widths: tuple[int, ...]) -> None:
        """`convs`: convolutions per block; `widths`: output channels per block; five of each."""
        super().__init__()
        self.register_buffer("rgb_matrix", torch.eye(3))
        self.register_buffer("rgb_offset", torch.zeros(3))
        self.blocks: list[list[str]] = []
        self.widths = widths
        channels = 3
        for block, (count, width) in enumerate(zip(convs, widths, strict=True), start=1):
            self.blocks.append([f"conv{block}_{i}" for i in range(1, count + 1)])
            for name in self.blocks[-1]:
                self.add_module(name, nn.Conv2d(channels, width, 3, padding=1, padding_mode="reflect"))
                channels = width
        # Pixels that relu5_1 reaches beyond its own 16 x 16: one a 3x3 convolution, at strides 1 to 16.
        self.radius = sum(count << block for block, count in enumerate(convs))

    def forward(self, image: Tensor) -> Features:
        """`image`: (N, 3, H, W) in [0, 1], sides of at least 32 (conv5_1 mirrors its border)."""
        x = self.convert_colors(image)
        taps: list[Tensor] = []
        *below, fifth = self.blocks
        for first, *rest in below:
            taps.append(self.convolve([first], x))
            x = self.pool(rest, taps[-1])
        taps.append(self.convolve(fifth[:1], x))
        return Features(*taps)

    def convert_colors(self, image: Tensor) -> Tensor:
        """RGB in [0, 1] to what the weights were trained on. (N, 3, H, W), the same."""
        return F.conv2d(image, self.rgb_matrix[:, :, None, None], self.rgb_offset)

    def convolve(self, names: Sequence[str], x: Tensor) -> Tensor:
        """Convolutions by name, each with its ReLU. (N, C, H, W) -> (N, D, H, W)."""
        for name in names:
            # In place on the convolution's own output, so a tap that was kept stays as it is.
            x = F.relu(self.get_submodule(name)(x), inplace=True)
        return x

    def pool(self, names: Sequence[str], x: Tensor) -> Tensor:
        """As `convolve`, then the maximum of 2x2. (N, C, H, W) -> (N, D, ceil(H/2), ceil(W/2))."""
        return F.max_pool2d(self.convolve(names, x), 2, ceil_mode=True)
