"""AdaIN, adaptive instance normalization (Huang & Belongie, Arbitrary Style Transfer in Real-time, arXiv 1703.06868).

Plain functions of maps; knows no picture and no file.
"""

from torch import Tensor, nn

from sanet.network.encoder import Encoder
from sanet.network.statistics import EPS, mean_and_variance
from sanet.progress import Report, unreported


def adain(content: Tensor, style: Tensor) -> Tensor:
    """The content's map with the mean and deviation of each of the style's channels, Eq. 8. (N, C, h, w), the same."""
    (mean, var), (wanted, spread) = mean_and_variance(content), mean_and_variance(style)
    return ((content.float() - mean) * ((spread + EPS) / (var + EPS)).sqrt() + wanted).to(content.dtype)


def stylize(
    encoder: Encoder,
    decoder: nn.Module,
    content: Tensor,
    style: Tensor,
    alpha: float = 1.0,
    progress: Report = unreported,
) -> Tensor:
    """Relu4_1 moved by a share `alpha` of the way, Eq. 14, and decoded. (1, 3, H, W), (1, 3, H', W') in [0, 1], sides
    multiples of 16 -> (1, 3, H, W), not clamped.
    """
    progress(0.0)
    found = encoder(content).relu4_1
    moved = adain(found, encoder(style).relu4_1)
    progress(0.5)
    return decoder(alpha * moved + (1 - alpha) * found)
