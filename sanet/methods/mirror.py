"""Mirror: a decoder that undoes the encoder block by block, from any of its five taps. Knows no style.

The decoders of WCT (Li et al., arXiv 1705.08086, section 3.1) and Avatar-Net (Sheng et al., arXiv 1805.03857, section
4.1).
"""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

CONVS = (2, 2, 4, 4)  # of the blocks of VGG-19, whatever the encoder's depth, as the network's own decoder has them
# What happens to a map on its way: the number of the block whose tap it mirrors, and the map.
Between = Callable[[int, Tensor], Tensor]


def unchanged(_block: int, x: Tensor) -> Tensor:
    """Nothing happens on the way."""
    return x


class Mirror(nn.Module):
    """From relu`level`_1 to the image.

    No activation at the end: callers clamp to [0, 1]. Differs from the papers, which double maps by nearest neighbours:
    bilinear doubling leaves no steps for the convolutions behind it to draw a grid from.
    """

    def __init__(self, widths: tuple[int, ...], level: int) -> None:
        """`widths`: channels of the encoder's five blocks. `level`: the tap, 1 to 5."""
        super().__init__()
        self.level = level
        self.stages = nn.ModuleDict()
        for block in range(level - 1, 0, -1):
            width = widths[block - 1]
            layers = [_conv(widths[block], width), nn.ReLU(), nn.Upsample(scale_factor=2, mode="bilinear")]
            for _ in range(CONVS[block - 1] - 1):
                layers += [_conv(width, width), nn.ReLU()]
            self.stages[str(block)] = nn.Sequential(*layers)
        self.rgb = _conv(widths[0], 3)

    def forward(self, x: Tensor, size: tuple[int, int], between: Between = unchanged) -> Tensor:
        """(N, widths[level - 1], h, w) -> (N, 3, H, W) of `size`, height and width.

        `between` is asked at relu4_1 ... relu1_1, as far as they lie below the level, and may move the map.
        """
        for block in range(self.level - 1, 0, -1):
            x = between(block, self.stages[str(block)](x))
        image = self.rgb(x)
        return image if image.shape[2:] == size else F.interpolate(image, size, mode="bilinear")

    @property
    def convolutions(self) -> list[nn.Conv2d]:
        """From the tap to the image."""
        return [layer for layer in self.modules() if isinstance(layer, nn.Conv2d)]


def _conv(channels: int, width: int) -> nn.Conv2d:
    return nn.Conv2d(channels, width, 3, padding=1, padding_mode="reflect")
