"""The judge: what the embedded VGG-19 sees in a content, a style and a result, and all measures of a result by it.

What results share, of a content or of a style, is computed once and handed in. Knows no method and no file.
"""

from typing import NamedTuple

import torch
from PIL import Image
from torch import Tensor

from sanet.image.tensor import pad, to_tensor
from sanet.measures.distances import cfsd, gram_distance, ssim
from sanet.methods.gatys import gram
from sanet.network.distances import Moments, content_loss, moments_loss
from sanet.network.encoder import Encoder, Features
from sanet.network.statistics import mean_and_deviation


class Measure(NamedTuple):
    """`key` in the rows, `name` in the table, `of` what it compares a result with, and which way is better."""

    key: str
    name: str
    of: str
    better: str


MEASURES = (
    Measure("ssim", "SSIM", "content", "higher"),
    Measure("content_loss", "Content loss", "content", "lower"),
    Measure("cfsd", "CFSD", "content", "lower"),
    Measure("style_loss", "Style loss", "style", "lower"),
    Measure("gram", "Gram distance", "style", "lower"),
)


def best(of: str) -> dict[str, float]:
    """What comparing a content, or a style, with itself gives: 1 by SSIM, else 0."""
    return {measure.key: float(measure.better == "higher") for measure in MEASURES if measure.of == of}


class Seen(NamedTuple):
    """An image (1, 3, H, W) in [0, 1] and its features."""

    image: Tensor
    features: Features


class Style(NamedTuple):
    """What is compared of a style: its picture, and of every layer moments and Gram matrix, a few megabytes in all."""

    picture: Image.Image
    moments: Moments
    grams: list[Tensor]


class Judge:
    """Measures by a frozen encoder, on the device that it is moved to."""

    def __init__(self, encoder: Encoder, device: torch.device) -> None:
        self.encoder = encoder.eval().requires_grad_(False).to(device)
        self.device = device

    @torch.inference_mode()
    def see(self, picture: Image.Image) -> Seen:
        """Of mode "RGB"."""
        image = to_tensor(picture).to(self.device)
        return Seen(image, self.encoder(pad(image)))

    @torch.inference_mode()
    def see_style(self, picture: Image.Image) -> Style:
        """Of mode "RGB"."""
        features = self.see(picture).features
        return Style(picture, [mean_and_deviation(x) for x in features], [gram(x) for x in features])

    @torch.inference_mode()
    def compare_content(self, result: Seen, content: Seen) -> dict[str, float]:
        """The measures against the content. Raises ValueError for another size."""
        if result.image.shape != content.image.shape:
            (*_, height, width), (*_, wanted_height, wanted_width) = result.image.shape, content.image.shape
            raise ValueError(f"The result has {width} x {height} pixels, not {wanted_width} x {wanted_height}.")
        return {
            "ssim": ssim(result.image, content.image),
            "content_loss": float(content_loss(result.features, content.features)),
            "cfsd": cfsd(result.features.relu3_1, content.features.relu3_1),
        }

    @torch.inference_mode()
    def compare_style(self, result: Seen, style: Style) -> dict[str, float]:
        """The measures against the style, whose size may be another."""
        return {
            "style_loss": float(moments_loss([mean_and_deviation(x) for x in result.features], style.moments)),
            "gram": gram_distance([gram(x) for x in result.features], style.grams),
        }
