"""Colour preservation in image space: the result's luminance under the content's chroma."""

import torch
from torch import Tensor

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


def luminance(image: Tensor) -> Tensor:
    """BT.601 luma of (N, 3, H, W) RGB -> (N, 1, H, W)."""
    weights = torch.tensor(LUMA, dtype=image.dtype, device=image.device)
    return (image * weights[:, None, None]).sum(dim=1, keepdim=True)


def keep_content_color(result: Tensor, content: Tensor) -> Tensor:
    """`result`'s luminance with `content`'s chroma; both (N, 3, H, W) in [0, 1].

    Adding one value to R, G and B moves luma alone: the chroma differences B - Y and R - Y stay.
    """
    return (content + luminance(result) - luminance(content)).clamp(0.0, 1.0)
