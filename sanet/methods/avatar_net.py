"""Avatar-Net (Sheng et al., Multi-scale Zero-shot Style Transfer by Feature Decoration, arXiv 1805.03857).

Plain functions of maps; knows no picture and no file.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.methods.adain import adain
from sanet.methods.mirror import Between, Mirror
from sanet.methods.wct import colored, whitened
from sanet.network.encoder import Encoder, Features
from sanet.progress import Report, unreported

PATCH = 5  # positions of relu4_1, the side of a patch
AT_ONCE = 64_000_000  # scores that are held in memory at once


def decorate(content: Tensor, style: Tensor, progress: Report = unreported) -> Tensor:
    """The style decorator, section 3: both projected into a space without style, each patch of the content replaced by
    the style's that correlates with it most, and projected back. (1, C, h, w), (1, C, h', w') -> (1, C, h, w).
    """
    projected, source = whitened(content), whitened(style)
    return colored(_reassembled(projected, source, progress), style)


def _reassembled(content: Tensor, style: Tensor, progress: Report) -> Tensor:
    """Patches matched by normalised cross-correlation, Eq. 4, and their overlaps averaged, Eq. 5."""
    side = min(PATCH, *content.shape[2:], *style.shape[2:])
    patches = F.unfold(style, side)[0].T  # (Q, C * side * side)
    filters = F.normalize(patches)
    rows, columns = content.shape[2] - side + 1, content.shape[3] - side + 1
    seen, best = F.unfold(content, side)[0].T, []  # (P, C * side * side); its length does not change which is best
    step = max(1, AT_ONCE // len(filters))
    for first in range(0, rows * columns, step):
        progress(first / (rows * columns))
        best.append((seen[first : first + step] @ filters.T).argmax(dim=1))
    chosen = patches[torch.cat(best)].T[None]
    size = content.shape[2:]
    overlaps = F.fold(torch.ones_like(chosen[:, : side * side]), size, side)
    return F.fold(chosen, size, side) / overlaps


def style_fusion(content: Features, style: Features, alpha: float = 1.0) -> Between:
    """Eq. 6: on its way to the image, a map takes the moments of the style's map of the same block.

    Differs from the paper at an `alpha` below 1, where it takes some of the content's: so strength 0 is the photograph.
    """

    def fused(block: int, x: Tensor) -> Tensor:
        return torch.lerp(adain(x, content[block - 1]), adain(x, style[block - 1]), alpha)

    return fused


def stylize(
    encoder: Encoder,
    decoder: Mirror,
    content: Tensor,
    style: Tensor,
    alpha: float = 1.0,
    progress: Report = unreported,
) -> Tensor:
    """Relu4_1 decorated, by a share `alpha`, and decoded with multi-scale AdaIN, section 4.
    (1, 3, H, W), (1, 3, H', W') in [0, 1] -> (1, 3, H, W), not clamped.
    """
    own, target = encoder(content), encoder(style)
    decorated = decorate(own.relu4_1, target.relu4_1, progress)
    size = (content.shape[2], content.shape[3])
    return decoder(torch.lerp(own.relu4_1, decorated, alpha), size, style_fusion(own, target, alpha))
