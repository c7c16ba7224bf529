"""Decoder: one feature map on the relu4_1 grid in, an RGB image out (Eq. 4). Knows nothing else."""

from torch import nn

from sanet.network.layers import BilinearUpsample

# How maps are doubled; nearest is the paper's.
UPSAMPLING = ("nearest", "bilinear")


class Decoder(nn.Sequential):
    """The mirror of VGG-19 from relu4_1 down, as in AdaIN (Huang & Belongie, arXiv 1703.06868).

    (N, widths[3], h, w) -> (N, 3, 8h, 8w). No activation at the end: callers clamp to [0, 1]. The places of the layers
    are those of the published checkpoints.
    Differs from the paper with "bilinear": doubling by nearest neighbours leaves steps on a grid of 8, 4 and 2 pixels,
    from which the convolutions behind it learn to draw hatching; bilinear doubling leaves none.
    """

    def __init__(self, widths: tuple[int, ...], upsampling: str = "nearest") -> None:
        """`widths`: channels per encoder block, lowest first; the fifth is not used. `upsampling`: see `UPSAMPLING`."""
        w1, w2, w3, w4 = widths[:4]
        smooth = upsampling == "bilinear"
        super().__init__(
            nn.ReflectionPad2d(1),
            nn.Conv2d(w4, w3, 3),  # 1
            nn.ReLU(inplace=True),
            BilinearUpsample() if smooth else nn.Upsample(scale_factor=2, mode="nearest"),
            nn.ReflectionPad2d(1),
            nn.Conv2d(w3, w3, 3),  # 5
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(w3, w3, 3),  # 8
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(w3, w3, 3),  # 11
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(w3, w2, 3),  # 14
            nn.ReLU(inplace=True),
            BilinearUpsample() if smooth else nn.Upsample(scale_factor=2, mode="nearest"),
            nn.ReflectionPad2d(1),
            nn.Conv2d(w2, w2, 3),  # 18
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(w2, w1, 3),  # 21
            nn.ReLU(inplace=True),
            BilinearUpsample() if smooth else nn.Upsample(scale_factor=2, mode="nearest"),
            nn.ReflectionPad2d(1),
            nn.Conv2d(w1, w1, 3),  # 25
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(w1, 3, 3),  # 28
        )
        # Output pixels that one cell reaches beyond its own 8 x 8: convolutions at strides 8, 4, 2 and 1, and what
        # bilinear doubling reads beside it.
        self.radius = 8 + 4 * 4 + 2 * 2 + 2 * 1 + smooth * (4 + 2 + 1)
