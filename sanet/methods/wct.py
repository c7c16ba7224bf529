"""WCT, whitening and colouring (Li et al., Universal Style Transfer via Feature Transforms, arXiv 1705.08086).

Plain functions of maps; knows no picture and no file.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from sanet.methods.mirror import Mirror
from sanet.network.encoder import Encoder
from sanet.progress import Report, unreported

LEAST = 1e-5  # of the largest eigenvalue: directions that vary less are left out, as they are noise


def whitening_and_coloring(content: Tensor, style: Tensor, alpha: float = 1.0) -> Tensor:
    """The content's map with the style's mean and covariance, Eq. 2 to 4. (1, C, h, w), (1, C, h', w') -> (1, C, h, w).

    `alpha`: share of it that is taken, Eq. 5. Without directions in which the content varies, what is asked for cannot
    be had: those stay at the style's mean.
    """
    x, mean = _centered(content)
    y, wanted = _centered(style)
    moved = _power(y, 0.5) @ (_power(x, -0.5) @ x) + wanted
    found = alpha * moved + (1 - alpha) * (x + mean)
    return found.reshape(content.shape[1:])[None].to(content.dtype)


def whitened(x: Tensor) -> Tensor:
    """Mean 0, covariance 1, as near to the map as that can be (ZCA). (1, C, h, w), the same."""
    centered, _ = _centered(x)
    return (_power(centered, -0.5) @ centered).reshape(x.shape[1:])[None].to(x.dtype)


def colored(x: Tensor, style: Tensor) -> Tensor:
    """A whitened map with the style's mean and covariance. (1, C, h, w), the same."""
    y, wanted = _centered(style)
    found = _power(y, 0.5) @ x[0].flatten(1).double() + wanted
    return found.reshape(x.shape[1:])[None].to(x.dtype)


def _centered(x: Tensor) -> tuple[Tensor, Tensor]:
    """(1, C, h, w) -> (C, P) of mean 0, and the mean (C, 1); float64, as small eigenvalues are divided by."""
    flat = x[0].flatten(1).double()
    mean = flat.mean(dim=1, keepdim=True)
    return flat - mean, mean


def _power(x: Tensor, exponent: float) -> Tensor:
    """The covariance of centered (C, P), to an exponent. (C, C)."""
    covariance = x @ x.T / max(x.shape[1] - 1, 1)
    values, vectors = torch.linalg.eigh(covariance)
    kept = values > LEAST * values[-1]
    return (vectors[:, kept] * values[kept] ** exponent) @ vectors[:, kept].T


def stylize(
    encoder: Encoder,
    decoders: Callable[[int], Mirror],
    content: Tensor,
    style: Tensor,
    alpha: float = 1.0,
    progress: Report = unreported,
) -> Tensor:
    """From coarse to fine (section 3.3): encoded to relu5_1, moved and decoded, and the result once more for relu4_1
    and so on. (1, 3, H, W), (1, 3, H', W') in [0, 1] -> (1, 3, H, W), not clamped.

    `decoders(level)` undoes the encoder from relu`level`_1; `alpha` is used at each level.
    """
    targets, image = encoder(style), content
    for level in range(5, 0, -1):
        progress((5 - level) / 5)
        found = encoder(image.clamp(0.0, 1.0))[level - 1]
        moved = whitening_and_coloring(found, targets[level - 1], alpha)
        image = decoders(level)(moved, tuple(image.shape[2:]))
    return image
