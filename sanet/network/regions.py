"""Regions that content and style have in common, found in the features themselves, without a word for what they are.

Pure functions of features; knows no picture and no control. As in StyleGallery (CVPR 2026), k-means on the network's
own features of content and style together, so that a region of one knows its like in the other.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.network.statistics import mean_variance_norm

MOST = 4  # regions
SMALLEST = 0.05  # share of a picture; what is smaller goes to the region that is most alike
SIDE = 48  # positions a side, which is enough to see regions and bounds the work
ALIKE = 0.35  # distance of two centres, of points of length 1, that are one region
ROUNDS = 30


class Matching(NamedTuple):
    """Regions by number, from 0, on grids of their own: `content` (h, w) and `style` (h', w'), int64.

    Each number of the content is one of the style's.
    """

    content: Tensor
    style: Tensor

    def at(self, content: tuple[int, int], style: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """The numbers of positions on grids of these heights and widths: (P,) and (Q,)."""
        return _resized(self.content, content), _resized(self.style, style)


def match_regions(content: Tensor, style: Tensor) -> Matching:
    """The regions of relu4_1 of a content and a style, (1, C, H, W) each; the same for the same features."""
    small = [_small(x) for x in (content, style)]  # (C, h, w)
    points = [F.normalize(x.flatten(1).T, dim=1) for x in small]  # (P, C) and (Q, C)
    centers = _apart(k_means(torch.cat(points), MOST))  # (K, C)
    shares = torch.stack([_shares(x, centers) for x in points])  # (2, K)
    kept = centers[(shares >= SMALLEST).all(dim=0)]
    if len(kept) == 0:  # nothing in common
        kept = centers[:1]
    of_content, of_style = (_nearest(x, kept).reshape(grid.shape[1:]) for x, grid in zip(points, small, strict=True))
    of_content = torch.where(torch.isin(of_content, of_style), of_content, of_style.flatten().mode().values)
    return Matching(of_content, of_style)


def marked_positions(mask: Tensor, size: tuple[int, int]) -> Tensor:
    """Which positions of a grid of this height and width are marked, (Q,) bool; `mask` (1, 1, h, w) in [0, 1].

    Those that are marked by half. Where no cell is, as on a coarse grid, those that are marked most.
    """
    shares = F.adaptive_avg_pool2d(mask, size).flatten()
    return shares >= shares.max().clamp(max=0.5)


def k_means(points: Tensor, most: int) -> Tensor:
    """At most `most` centres of points (N, C), (K, C); the same for the same points.

    Begins with the point that is farthest from the mean, and goes on with the one that is farthest from all chosen.
    """
    chosen = (points - points.mean(dim=0)).square().sum(dim=1).argmax()[None]
    for _ in range(most - 1):
        distance, farthest = torch.cdist(points, points[chosen]).amin(dim=1).max(dim=0)
        if distance < 1e-3:  # all points are there
            break
        chosen = torch.cat([chosen, farthest[None]])
    centers = points[chosen]
    for _ in range(ROUNDS):
        members = F.one_hot(_nearest(points, centers), len(centers)).to(points.dtype)  # (N, K)
        moved = members.T @ points / members.sum(dim=0)[:, None].clamp(min=1)
        moved = torch.where(members.sum(dim=0)[:, None] > 0, moved, centers)
        if torch.allclose(moved, centers, atol=1e-6):
            break
        centers = moved
    return centers


def _apart(centers: Tensor) -> Tensor:
    """Of centres that are alike, the first."""
    kept = centers[:1]
    for center in centers[1:]:
        if torch.cdist(center[None], kept).min() > ALIKE:
            kept = torch.cat([kept, center[None]])
    return kept


def _small(x: Tensor) -> Tensor:
    """(1, C, H, W) -> (C, h, w) with means 0 and deviations 1, so that what is a matter of style counts for less."""
    scale = min(1.0, SIDE / max(x.shape[2:]))
    height, width = (max(1, round(side * scale)) for side in x.shape[2:])
    return F.adaptive_avg_pool2d(mean_variance_norm(x.float()), (height, width))[0]


def _nearest(points: Tensor, centers: Tensor) -> Tensor:
    """The number of each point's centre, (N,)."""
    return torch.cdist(points, centers).argmin(dim=1)


def _shares(points: Tensor, centers: Tensor) -> Tensor:
    """Of each centre, how many of the points are its own, (K,), summing to 1."""
    return torch.bincount(_nearest(points, centers), minlength=len(centers)) / len(points)


def _resized(labels: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(labels[None, None].float(), size=size, mode="nearest").long().flatten()
