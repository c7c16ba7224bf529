"""Polish: what the pixels themselves are moved towards, from the decoder's image: Eq. 7 and 8 as a full VGG-19 sees
them.

Features in, a loss and pixels out: knows no picture, no file and no request. The decoder has to guess strokes in one
go; here each step asks the loss network. Only a full VGG may judge: on a compact encoder the same steps make noise.

Differs from the paper, which stops at the decoder's picture: this is the optimisation of Gatys et al. (CVPR 2016) with
the paper's losses, begun where the network ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.network.distances import Moments, content_loss, moments_loss
from sanet.network.encoder import Features
from sanet.network.statistics import mean_and_deviation, weighted_mean_and_deviation

# Of Eq. 8 and 7, on channels of root-mean-square 1.
STYLE, CONTENT = 25.0, 1.0


@dataclass(frozen=True)
class Goal:
    """What features the pixels should come to have: a content's structure, and in each of R regions a style's moments.

    `moments`: for each layer twice (R, C). `regions`: for each layer (R, h, w), how much of each position belongs to
    each region; None where there is one region, everywhere. Of `content` only relu4_1 and relu5_1 are read.
    """

    content: Features
    moments: Moments
    regions: tuple[Tensor, ...] | None


def mixed_goal(content: Features, styles: Sequence[Moments], weights: Tensor) -> Goal:
    """The goal for K styles by their `weights`, as `blend` takes them: of the content, then of each style.

    `weights` (K+1, 1, 1): the moments of all are mixed linearly. (K+1, H, W), one for each pixel: each style has the
    region where it has weight; where two share a pixel, that pulls it as their mix would.
    """
    if weights.shape[1:] == (1, 1):
        shares = weights.flatten()
        own = [mean_and_deviation(x) for x in content]
        mixed = [_mixed(layer, shares) for layer in zip(own, *styles, strict=True)]
        return Goal(_structure(content), mixed, None)
    regions = tuple(F.adaptive_avg_pool2d(weights, (x.shape[2], x.shape[3])) for x in content)
    own = [weighted_mean_and_deviation(x, region[:1]) for x, region in zip(content, regions, strict=True)]
    wanted = [_stacked(layer) for layer in zip(own, *styles, strict=True)]
    return Goal(_structure(content), wanted, regions)


def _mixed(layer: Sequence[tuple[Tensor, Tensor]], shares: Tensor) -> tuple[Tensor, Tensor]:
    """K+1 times twice (1, C) -> twice (1, C)."""
    means, deviations = _stacked(layer)
    return shares[None] @ means, shares[None] @ deviations


def _stacked(layer: Sequence[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """K+1 times twice (1, C) -> twice (K+1, C)."""
    return torch.cat([mean for mean, _ in layer]), torch.cat([deviation for _, deviation in layer])


def _structure(features: Features) -> Features:
    """Without the lower layers, which are large and which no goal reads."""
    nothing = features.relu1_1.new_empty(0)
    return Features(nothing, nothing, nothing, features.relu4_1, features.relu5_1)


def distance(features: Features, goal: Goal) -> Tensor:
    """What the steps make smaller: `STYLE` times Eq. 8 and `CONTENT` times Eq. 7. ()."""
    return STYLE * style_distance(features, goal) + CONTENT * content_loss(features, goal.content)


def style_distance(features: Features, goal: Goal) -> Tensor:
    """Eq. 8, mean over regions by their area. ()."""
    if goal.regions is None:
        return moments_loss([mean_and_deviation(x) for x in features], goal.moments)
    errors = []
    for x, wanted, regions in zip(features, goal.moments, goal.regions, strict=True):
        area = regions.mean(dim=(1, 2))  # (R,), sums to 1
        for found, target in zip(weighted_mean_and_deviation(x, regions), wanted, strict=True):
            errors.append(area @ (found - target).square().mean(dim=1))
    return torch.stack(errors).sum()


def changed(image: Tensor, share: Tensor, added: Tensor) -> Tensor:
    """`image` (1, 3, H, W) with its share of what is added; `share` is (1, 1, H, W) or (1, 1, 1, 1), 0 to 1.

    Where it is 0 the pixels stay. What is added may come from a smaller image.
    """
    if added.shape != image.shape:
        added = F.interpolate(added, image.shape[2:], mode="bicubic", align_corners=False)
    return image + share * added
