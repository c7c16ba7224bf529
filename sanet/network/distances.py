"""How far an image is from a content (Eq. 7) and from a style (Eq. 8), as a frozen network's features tell.

Plain functions of features; knows no optimizer and no picture.

Differs from the paper: it prints Euclidean distances, this takes mean squared errors, as the published code does.
Statistics and errors are computed in float32, whatever the features come in.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.network.encoder import Features
from sanet.network.statistics import mean_and_deviation, mean_variance_norm

# Of each layer its channels' means and deviations, twice (N, C).
Moments = Sequence[tuple[Tensor, Tensor]]


def squared_error(a: Tensor, b: Tensor) -> Tensor:
    """Mean squared difference in float32. ()."""
    return F.mse_loss(a.float(), b.float())


def content_loss(output: Features, content: Features) -> Tensor:
    """Eq. 7: squared error of the mean-variance normalised relu4_1 and relu5_1, summed. ()."""
    return structure_loss((output.relu4_1, output.relu5_1), (content.relu4_1, content.relu5_1))


def structure_loss(output: Sequence[Tensor], content: Sequence[Tensor]) -> Tensor:
    """Squared errors of mean-variance normalised maps (N, C, H, W), summed over layers. ()."""
    pairs = zip(output, content, strict=True)
    return torch.stack([squared_error(mean_variance_norm(o), mean_variance_norm(c)) for o, c in pairs]).sum()


def style_loss(output: Features, style: Features) -> Tensor:
    """Eq. 8: squared errors of channel means and deviations at relu1_1 ... relu5_1, summed. ()."""
    return moments_loss([mean_and_deviation(o) for o in output], [mean_and_deviation(s) for s in style])


def moments_loss(output: Moments, style: Moments) -> Tensor:
    """Eq. 8 for moments that are known. ()."""
    errors = []
    for o, s in zip(output, style, strict=True):
        errors += [squared_error(a, b) for a, b in zip(o, s, strict=True)]
    return torch.stack(errors).sum()
