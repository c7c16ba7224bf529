"""Colours in image space: the content's chroma under the result's luminance, and one picture in another's palette."""

import torch
from torch import Tensor

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
# Of a variance: below the square of one step of 8 bits there is only noise, which must not be spread to colours.
NOISE = 1 / 255**2


def luminance(image: Tensor) -> Tensor:
    """BT.601 luma of (N, 3, H, W) RGB -> (N, 1, H, W)."""
    weights = torch.tensor(LUMA, dtype=image.dtype, device=image.device)
    return (image * weights[:, None, None]).sum(dim=1, keepdim=True)


def keep_content_color(result: Tensor, content: Tensor) -> Tensor:
    """`result`'s luminance with `content`'s chroma; both (N, 3, H, W) in [0, 1].

    Adding one value to R, G and B moves luma alone: the chroma differences B - Y and R - Y stay.
    """
    return (content + luminance(result) - luminance(content)).clamp(0.0, 1.0)


def mean_and_covariance(image: Tensor) -> tuple[Tensor, Tensor]:
    """Of the colours of (1, 3, H, W), over its pixels, float64: (3, 1) and (3, 3)."""
    pixels = image[0].flatten(1)  # (3, P)
    mean = pixels.mean(dim=1, keepdim=True, dtype=torch.float64)
    centred = pixels - mean.to(pixels.dtype)
    return mean, (centred @ centred.T).double() / pixels.shape[1]


def match_palette(image: Tensor, other: Tensor) -> Tensor:
    """`image` (1, 3, H, W) with mean and covariance of the colours of `other`, not clamped; its structure stays.

    The linear map that moves colours least (Monge-Kantorovich): A = S^-1/2 (S^1/2 T S^1/2)^1/2 S^-1/2 for covariances
    S of `image` and T of `other`; as in Gatys et al. (arXiv 1606.05897), whose map is one of the many others. Where
    `image` has no colours to be moved, as a grey one, the covariance stays below that of `other`.
    """
    (mean, covariance), (wanted_mean, wanted) = mean_and_covariance(image), mean_and_covariance(other)
    root, inverse = (_power(covariance, exponent, NOISE) for exponent in (0.5, -0.5))
    moved = inverse @ _power(root @ wanted @ root, 0.5, 0.0) @ inverse  # (3, 3)
    offset = wanted_mean - moved @ mean
    colors = torch.addmm(offset.to(image.dtype), moved.to(image.dtype), image[0].flatten(1))  # (3, P)
    return colors.reshape(image.shape)


def _power(covariance: Tensor, exponent: float, least: float) -> Tensor:
    """Of a symmetric matrix, its eigenvalues brought to `least` at least."""
    values, vectors = torch.linalg.eigh(covariance)
    return vectors * values.clamp(min=least) ** exponent @ vectors.T
