"""The network of the paper, composed: encoder, style attention, decoder, and the configuration that sizes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from reprlib import repr as short

from torch import Tensor, nn

from sanet.network.attention import PAPER_MOMENTS, StyleAttention
from sanet.network.decoder import UPSAMPLING, Decoder
from sanet.network.encoder import Encoder, Features
from sanet.network.regions import match_regions
from sanet.network.statistics import Measure, of_the_map
from sanet.progress import Report, unreported

# Of one block, several times those of VGG-19: more is a configuration of something else.
MOST_CONVS, MOST_WIDTH = 16, 4096


def blend(maps: Sequence[Tensor], weights: Tensor) -> Tensor:
    """Weighted sum of K+1 maps (N, C, h, w); `weights` is (K+1, 1, 1) or (K+1, h, w). Zero weights cost nothing."""
    used = [(m, w) for m, w in zip(maps, weights, strict=True) if bool(w.any())]
    (first, weight), *rest = used
    mixed = first * weight
    for feature_map, weight in rest:
        mixed = mixed + feature_map * weight
    return mixed


@dataclass(frozen=True)
class SANetConfig:
    """Size of the network. `convs` and `widths`: convolutions and channels of the five encoder blocks.

    `levels`: encoder blocks with a SANet: (4, 5) is the paper, (4,) and (5,) its ablations (Fig. 7, Table 1).
    `moments`: shares of `SANet`, four numbers from 0 to 1: for mean and deviation of the content, then of what was
    attended; all 0 is the paper. `upsampling`: how the decoder doubles its maps; "nearest" is the paper.
    Lists, as JSON has them, become tuples.
    """

    convs: tuple[int, ...]
    widths: tuple[int, ...]
    levels: tuple[int, ...] = (4, 5)
    moments: tuple[float, ...] = PAPER_MOMENTS
    upsampling: str = "nearest"

    def __post_init__(self) -> None:
        for name in ("convs", "widths", "levels", "moments"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name, most in (("convs", MOST_CONVS), ("widths", MOST_WIDTH)):
            numbers = getattr(self, name)
            if len(numbers) != 5 or not all(isinstance(n, int) and 1 <= n <= most for n in numbers):
                raise ValueError(f"{name} needs five whole numbers from 1 to {most}, got {short(numbers)}.")
        if self.widths[3] != self.widths[4]:
            raise ValueError(f"Blocks 4 and 5 are summed, so their widths must be equal, got {self.widths}.")
        if self.levels not in {(4,), (5,), (4, 5)}:
            raise ValueError(f"levels must be (4,), (5,) or (4, 5), got {short(self.levels)}.")
        if len(self.moments) != 4 or not all(0 <= share <= 1 for share in self.moments):
            raise ValueError(f"moments needs four numbers from 0 to 1, got {short(self.moments)}.")
        if self.upsampling not in UPSAMPLING:
            raise ValueError(f"upsampling must be one of {', '.join(UPSAMPLING)}, got {short(self.upsampling)}.")


PRESETS = {
    "vgg19": SANetConfig(convs=(2, 2, 4, 4, 1), widths=(64, 128, 256, 512, 512)),
    "vgg16": SANetConfig(convs=(2, 2, 3, 3, 1), widths=(64, 128, 256, 512, 512)),
    "compact": SANetConfig((2, 2, 3, 3, 1), (32, 64, 128, 256, 256), moments=(0.45, 0.8, 0.7, 1.0)),
    "full": SANetConfig((2, 2, 4, 4, 1), (64, 128, 256, 512, 512), upsampling="bilinear"),
}


class StyleTransferNet(nn.Module):
    """Encoder, style attention and decoder in the order of Fig. 2. Images are (N, 3, H, W) in [0, 1]."""

    def __init__(self, config: SANetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config.convs, config.widths)
        self.transform = StyleAttention(config.widths[3], config.levels, config.moments)
        self.decoder = Decoder(config.widths, config.upsampling)

    def attend(
        self,
        content: Features,
        style: Features,
        progress: Report = unreported,
        measure: Measure = of_the_map,
        match: float = 0.0,
        seen: Tensor | None = None,
    ) -> Tensor:
        """F_csc of Eq. 3, (N, C, H/8, W/8); with the content as its own style, F_ccc.

        `match`: how much each position keeps to the style's region that matches its own, from 0 to 1. `seen`: a mask
        of the style's picture, (1, 1, H', W') in [0, 1], without which all of it is seen.
        Differs from the paper where `match` is not 0, as SCSA (CVPR 2025) does with regions that are given, and where
        there is a mask.
        """
        matching = match_regions(content.relu4_1, style.relu4_1) if match else None
        return self.transform(content, style, progress, measure, matching, match, seen)

    def forward(self, image: Tensor, styles: list[Tensor], weights: Tensor) -> Tensor:
        """Stylize `image`, sides a multiple of 16 and at least 32, with K `styles`; `weights` as in `blend`.

        Returns (N, 3, H, W), nominally in [0, 1], not clamped.
        """
        content = self.encoder(image)
        maps = [self.attend(content, self.encoder(style)) for style in (image, *styles)]
        return self.decoder(blend(maps, weights))
