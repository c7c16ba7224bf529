"""Float32 matrix products by the faster of torch's two libraries on this machine. Knows no network."""

import time
from collections.abc import Callable
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`F.linear` for matrices: x (P, K) and weight (N, K) -> (P, N); faster where it is float32 without gradients."""
    suits = x.dtype == weight.dtype == torch.float32 and x.device.type == "cpu"
    if suits and not (x.requires_grad or weight.requires_grad) and onednn_is_faster():
        return _onednn(x, weight, bias)
    return F.linear(x, weight, bias)


def _onednn(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")


@cache
def onednn_is_faster() -> bool:
    """Measured once, in some milliseconds. Torch takes MKL for `F.linear`, which halves its pace on AMD processors."""
    x = torch.rand(512, 512)
    try:
        return _least_seconds(_onednn, x) < _least_seconds(F.linear, x)
    except (AttributeError, RuntimeError):  # torch without oneDNN, or without this operation of it
        return False


def _least_seconds(multiply: Callable[[Tensor, Tensor], Tensor], x: Tensor) -> float:
    times = []
    for _ in range(6):
        start = time.perf_counter()
        multiply(x, x)
        times.append(time.perf_counter() - start)
    return min(times)
