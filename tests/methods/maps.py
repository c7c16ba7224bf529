"""Maps to try methods on."""

import torch
from torch import Tensor


def random_map(channels: int, height: int, width: int) -> Tensor:
    """(1, C, h, w), its channels related, another one each time it is asked for."""
    mixing = torch.randn(channels, channels)
    return torch.einsum("dc,nchw->ndhw", mixing, torch.randn(1, channels, height, width)) + torch.randn(channels, 1, 1)


def covariance(x: Tensor) -> Tensor:
    """Of the channels of (1, C, h, w), by the definition. (C, C)."""
    return torch.cov(x[0].flatten(1))
