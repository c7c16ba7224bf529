"""Run-time controls of section 4.4 as one set of weights over attended maps. Knows no network and no widget."""

import math
import reprlib
from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from numbers import Real

import torch
from PIL import Image
from torch import Tensor

from sanet.errors import RefusedError

# As painted; the photograph's; the photograph in the style's, unpainted; painted in the photograph's palette.
COLORS = ("result", "photo", "style", "palette")


@dataclass(frozen=True)
class Controls:
    """What a person sets between preparing and rendering.

    `alpha`: strength, 0 (content) to 1 (style). `mix`: one weight per style, normalised; None means equal shares.
    `masks`: one greyscale PIL picture per style, any size, white where the style applies; None means everywhere.
    `colors`: one of COLORS. "photo": the content's chroma under the result's luminance. "style": nothing but the
    colours of the styles, with the structure of the content. "palette": the styles are first brought to the content's
    colours; `prepare` must be told. `keep_color=True` is short for "photo". Raises ValueError for values out of range.
    `reconstruct`: where the content has a share, what the decoder makes of it, as in the paper.
    Differs from the paper: otherwise what that loses is added back in proportion to the content's share, because
    strength 0 and places without a style should be the photograph, whose faces and letters the decoder smears.
    """

    alpha: float = 1.0
    mix: tuple[float, ...] | None = None
    masks: tuple[Image.Image, ...] | None = None
    keep_color: InitVar[bool] = False
    reconstruct: bool = False
    colors: str = "result"

    def __post_init__(self, keep_color: bool) -> None:
        if not (isinstance(self.alpha, Real) and 0.0 <= self.alpha <= 1.0):
            raise RefusedError("Strength (alpha) must lie between 0 and 1, got {alpha}.", alpha=repr(self.alpha))
        for name, given in (("weight", self.mix), ("mask", self.masks)):
            if given is not None and not isinstance(given, Sequence):
                raise ValueError(f"There must be a sequence with one {name} per style, got {given!r}.")
        for weight in self.mix or ():
            if not (isinstance(weight, Real) and math.isfinite(weight) and weight >= 0):
                raise RefusedError("Style weights must be 0 or more, got {weight}.", weight=repr(weight))
        for mask in self.masks or ():
            if not isinstance(mask, Image.Image):
                raise ValueError(f"A mask must be a PIL picture, got {type(mask).__name__}.")
            if 0 in mask.size:
                raise ValueError(f"A mask has no pixels: {mask.width} x {mask.height}.")
        if keep_color not in (True, False):
            raise ValueError(f"Keeping the colours must be true or false, got {reprlib.repr(keep_color)}.")
        check_colors(self.colors)
        if keep_color:
            object.__setattr__(self, "colors", "photo")
        if self.reconstruct not in (True, False):
            raise ValueError(f"Reconstructing must be true or false, got {reprlib.repr(self.reconstruct)}.")
        if self.mix is not None and not sum(self.mix) > 0:
            raise RefusedError("At least one style weight must be above 0, got {weights}.", weights=tuple(self.mix))

    def check_style_count(self, count: int) -> None:
        """Raise ValueError unless there is one weight and one mask for each of `count` styles, where given."""
        for name, given in (("weight", self.mix), ("mask", self.masks)):
            if given is not None and len(given) != count:
                raise ValueError(f"Each style needs one {name}: got {len(given)} for {count} style(s).")


def check_colors(colors: object) -> None:
    """Raise ValueError unless this is one of COLORS."""
    if colors not in COLORS:
        raise RefusedError(
            "There are no colours {colors}; choose one of {all}.", colors=reprlib.repr(colors), all=", ".join(COLORS)
        )


def style_weights(alpha: float, mix: Sequence[float]) -> Tensor:
    """Weights of map 0 (the content) and of K styles without masks, (K+1, 1, 1): alpha is shared by `mix`."""
    return torch.cat([torch.tensor([1.0 - alpha], dtype=torch.float32), alpha * _shares(mix)])[:, None, None]


def _shares(mix: Sequence[float]) -> Tensor:
    """`mix` scaled to sum 1, (K,); by the largest first, since very large or small weights have no float32 sum."""
    shares = torch.tensor([weight / max(mix) for weight in mix], dtype=torch.float32)
    return shares / shares.sum()


def spatial_weights(alpha: float, mix: Sequence[float], masks: Tensor) -> Tensor:
    """Weights per cell under soft `masks` (K, h, w) in [0, 1] -> (K+1, h, w), summing to 1 in every cell.

    Where masks overlap to more than 1 the styles share the cell; what they leave uncovered goes to the content.
    """
    coverage = masks.sum(dim=0).clamp(max=1.0)  # (h, w)
    parts = masks * _shares(mix)[:, None, None]  # (K, h, w)
    total = parts.sum(dim=0)
    styles = alpha * coverage * parts / total.where(total > 0, torch.ones(()))  # (K, h, w)
    rest = 1.0 - styles.sum(dim=0, keepdim=True)
    # What only rounding leaves would cost the attention of the content with itself.
    return torch.cat([rest.where(rest > 1e-5, torch.zeros(())), styles])


def bilinear_mix(x: float, y: float) -> tuple[float, float, float, float]:
    """Weights of four styles at the corners of a unit square: top left, top right, bottom left, bottom right.

    `x` runs from left to right and `y` from top to bottom. Raises ValueError outside [0, 1].
    """
    if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
        raise RefusedError("The point must lie inside the square, 0 to 1 both ways, got ({x}, {y}).", x=x, y=y)
    return (1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y


def bilinear_point(mix: Sequence[float]) -> tuple[float, float]:
    """The point (x, y) whose `bilinear_mix` is `mix`, to 12 decimals."""
    _, top_right, bottom_left, bottom_right = mix
    return round(top_right + bottom_right, 12), round(bottom_left + bottom_right, 12)
