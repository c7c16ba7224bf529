"""Run-time controls of section 4.4 as one set of weights over attended maps. Knows no network and no widget."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor


@dataclass(frozen=True)
class Controls:
    """What a person sets between preparing and rendering.

    `alpha`: strength, 0 (content) to 1 (style). `mix`: one weight per style, normalised; None means equal shares.
    `masks`: one greyscale PIL picture per style, any size, white where the style applies; None means everywhere.
    `keep_color`: the content's chroma under the result's luminance. Raises ValueError for values out of range.
    """

    alpha: float = 1.0
    mix: tuple[float, ...] | None = None
    masks: tuple[Image.Image, ...] | None = None
    keep_color: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.alpha <= 1.0:
            raise ValueError(f"Strength (alpha) must lie between 0 and 1, got {self.alpha}.")
        for weight in self.mix or ():
            if not math.isfinite(weight) or weight < 0:
                raise ValueError(f"Style weights must be 0 or more, got {weight}.")
        if self.mix is not None and not sum(self.mix) > 0:
            raise ValueError(f"At least one style weight must be above 0, got {tuple(self.mix)}.")


def style_weights(alpha: float, mix: Sequence[float]) -> Tensor:
    """Weights of map 0 (the content) and of K styles without masks, (K+1, 1, 1): alpha is shared by `mix`."""
    shares = torch.tensor(mix, dtype=torch.float32)
    return torch.cat([torch.tensor([1.0 - alpha]), alpha * shares / shares.sum()])[:, None, None]


def spatial_weights(alpha: float, mix: Sequence[float], masks: Tensor) -> Tensor:
    """Weights per cell under soft `masks` (K, h, w) in [0, 1] -> (K+1, h, w), summing to 1 in every cell.

    Where masks overlap to more than 1 the styles share the cell; what they leave uncovered goes to the content.
    """
    coverage = masks.sum(dim=0).clamp(max=1.0)  # (h, w)
    parts = masks * torch.tensor(mix, dtype=torch.float32)[:, None, None]  # (K, h, w)
    total = parts.sum(dim=0)
    styles = alpha * coverage * parts / total.where(total > 0, torch.ones(()))  # (K, h, w)
    return torch.cat([(1.0 - styles.sum(dim=0, keepdim=True)).clamp(min=0.0), styles])


def blend(maps: Sequence[Tensor], weights: Tensor) -> Tensor:
    """Weighted sum of K+1 maps (N, C, h, w); `weights` is (K+1, 1, 1) or (K+1, h, w). Zero weights cost nothing."""
    used = [(m, w) for m, w in zip(maps, weights, strict=True) if bool(w.any())]
    (first, weight), *rest = used
    mixed = first * weight
    for feature_map, weight in rest:
        mixed = mixed + feature_map * weight
    return mixed
