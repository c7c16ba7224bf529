"""Decoder: one feature map on the relu4_1 grid in, an RGB picture out (Eq. 4). Knows nothing else."""

from torch import nn


def conv(channels_in: int, channels_out: int) -> tuple[nn.Module, nn.Module]:
    """3x3 convolution behind reflection padding; two entries, so that published keys keep their indices."""
    return nn.ReflectionPad2d(1), nn.Conv2d(channels_in, channels_out, 3)


def up() -> nn.Module:
    """Nearest-neighbour doubling."""
    return nn.Upsample(scale_factor=2, mode="nearest")


class Decoder(nn.Sequential):
    """The mirror of VGG-19 from relu4_1 down, as in AdaIN (Huang & Belongie, arXiv 1703.06868).

    (N, widths[3], h, w) -> (N, 3, 8h, 8w). No activation at the end: callers clamp to [0, 1].
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        """`widths`: channels per encoder block, lowest first; the fifth is not used."""
        w1, w2, w3, w4 = widths[:4]
        super().__init__(
            *(*conv(w4, w3), nn.ReLU(inplace=True), up()),
            *(*conv(w3, w3), nn.ReLU(inplace=True)),
            *(*conv(w3, w3), nn.ReLU(inplace=True)),
            *(*conv(w3, w3), nn.ReLU(inplace=True)),
            *(*conv(w3, w2), nn.ReLU(inplace=True), up()),
            *(*conv(w2, w2), nn.ReLU(inplace=True)),
            *(*conv(w2, w1), nn.ReLU(inplace=True), up()),
            *(*conv(w1, w1), nn.ReLU(inplace=True)),
            *conv(w1, 3),
        )
