"""The measures themselves: plain functions of images and features. Lower is closer, but for SSIM.

Content loss (Eq. 7) and style loss (Eq. 8) are in `sanet.network.distances`, Gram matrices in `sanet.methods.gatys`.
Knows no network and no file.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torchmetrics.functional.image import structural_similarity_index_measure

from sanet.network.distances import squared_error

ROWS = 256  # of a similarity matrix at a time: at 512 px each takes 64 KB


def ssim(a: Tensor, b: Tensor) -> float:
    """Mean structural similarity (Wang et al. 2004) of two images (1, 3, H, W) in [0, 1], sides of at least 11.

    A Gaussian window of deviation 1.5, borders mirrored, each of R, G and B by itself; 1 for the same image.
    """
    found = structural_similarity_index_measure(a, b, data_range=1.0)
    assert isinstance(found, Tensor)
    return float(found)


def gram_distance(output: Sequence[Tensor], style: Sequence[Tensor]) -> float:
    """Mean squared differences of Gram matrices (C, C), summed over layers: four times Eq. 5 of Gatys et al. (CVPR
    2016) with layer weights of 1.
    """
    return sum(float(squared_error(o, s)) for o, s in zip(output, style, strict=True))


def cfsd(output: Tensor, content: Tensor) -> float:
    """Content feature structural distance (Chung et al., CVPR 2024) of two maps (1, C, H, W) of one size.

    Each position's similarities to all positions, as a softmax, are compared by KL(content || output); mean over
    positions. Linear memory: rows come in parts.

    Differs from the published code: it divides features by C, because those of its VGG-19 are large; ours have a
    root-mean-square of 1 and are divided by the root of C. It also sums over positions.
    """
    o, c = (x[0].flatten(1).float().T * x.shape[1] ** -0.5 for x in (output, content))  # (P, C)
    parts = zip(o.split(ROWS), c.split(ROWS), strict=True)
    total = sum(float(_divergence(c_rows @ c.T, o_rows @ o.T)) for o_rows, c_rows in parts)
    return max(0.0, total / len(c))  # rounding may bring it just below


def _divergence(expected: Tensor, found: Tensor) -> Tensor:
    """KL(softmax of `expected` || softmax of `found`), both (R, P), summed over rows. ()."""
    logs = expected.log_softmax(dim=1)
    return torch.nn.functional.kl_div(found.log_softmax(dim=1), logs, reduction="sum", log_target=True)
