"""Statistics of each channel over its positions: normalisation (F-bar of Eq. 1), AdaIN, and what losses compare.

Plain functions of feature maps (N, C, H, W); everything is computed in float32, whatever the maps come in.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

EPS = 1e-5  # under the roots, as in the published code
# `partial_adain` moves a deviation as if the other one were at most this many times larger or smaller.
MOST = 2.0
Moments = tuple[Tensor, Tensor]  # mean and variance of each channel, twice (N, C, 1, 1)
# The moments by which a map (N, C, H, W) is moved, for a place in the network that the name stands for.
Measure = Callable[[str, Tensor], Moments]


def mean_and_variance(x: Tensor) -> Moments:
    """Of each channel of (N, C, H, W) over its positions, unbiased, float32; twice (N, C, 1, 1).

    A single position has variance 0.
    """
    x32 = x.float()
    mean = x32.mean(dim=(2, 3), keepdim=True)
    # In two passes: torch.var_mean takes five times as long where channels lie side by side.
    return mean, (x32 - mean).square().sum(dim=(2, 3), keepdim=True) / max(x[0, 0].numel() - 1, 1)


def of_the_map(_place: str, x: Tensor) -> Moments:
    """The `Measure` of the paper: what a map's own positions have."""
    return mean_and_variance(x)


def mean_variance_norm(x: Tensor, moments: Moments | None = None) -> Tensor:
    """Each channel of (N, C, H, W) shifted and scaled to mean 0, deviation 1 over its positions (F-bar in Eq. 1).

    A single position becomes 0. `moments` stand in for those of `x`.
    """
    mean, var = moments or mean_and_variance(x)
    return ((x.float() - mean) * torch.rsqrt(var + EPS)).to(x.dtype)


def partial_adain(
    x: Tensor, other: Tensor, mean_share: float, deviation_share: float, *, moments: Moments | None = None
) -> Tensor:
    """`x` (N, C, H, W) with each channel's mean and deviation moved by a share of the way to those of `other`.

    Shares of 1 are AdaIN (arXiv 1703.06868, Eq. 8), but that a deviation at most doubles or halves: in an almost flat
    image it would be noise that grows. Shares of 0 return `x` itself. `moments` stand in for those of `x`.
    """
    if not (mean_share or deviation_share):
        return x
    (mean, var), (other_mean, other_var) = moments or mean_and_variance(x), mean_and_variance(other)
    ratio = ((other_var + EPS) / (var + EPS)).sqrt().clamp(1 / MOST, MOST)  # (N, C, 1, 1)
    factor = 1 + deviation_share * (ratio - 1)
    return ((x.float() - mean) * factor + mean + mean_share * (other_mean - mean)).to(x.dtype)


def mean_and_deviation(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each channel over positions, float32. (N, C, H, W) -> twice (N, C).

    EPS stands inside the root, so that its gradient stays finite at 0.
    """
    return _MeanAndDeviation.apply(x)


def weighted_mean_and_deviation(x: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The same where each position counts by its weight, for each of R weightings. (1, C, H, W), (R, H, W) -> twice
    (R, C).
    """
    x32 = x[0].flatten(1).float()  # (C, P)
    shares = weights.flatten(1)
    shares = shares / shares.sum(dim=1, keepdim=True).clamp(min=EPS)  # (R, P)
    mean = shares @ x32.T
    return mean, ((shares @ x32.square().T - mean.square()).clamp(min=0.0) + EPS).sqrt()


class _MeanAndDeviation(torch.autograd.Function):
    """With a gradient in one pass, and on the CPU one image after the other, which then stays in its cache."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        found = [mean_and_variance(images) for images in x.split(len(x) if x.is_cuda else 1)]
        mean = torch.cat([mean for mean, _ in found])  # (N, C, 1, 1)
        deviation = (torch.cat([var for _, var in found]) + EPS).sqrt()
        ctx.save_for_backward(x, mean, deviation)
        return mean.flatten(1), deviation.flatten(1)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        x, mean, deviation = ctx.saved_tensors
        of_mean, of_deviation = (grad[..., None, None] for grad in grads)
        count = x[0, 0].numel()
        slope = of_deviation / (deviation * max(count - 1, 1))
        offset = of_mean / count - slope * mean
        return torch.addcmul(offset.to(x.dtype), x, slope.to(x.dtype))
