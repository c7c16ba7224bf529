"""Float32 matrix products by oneDNN, and whether that is the faster of torch's two libraries on this machine."""

import time
from functools import cache
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor


class Linear(Protocol):
    """`F.linear` for matrices: (P, K), (N, K) and perhaps (N,) -> (P, N)."""

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor | None = None, /) -> Tensor: ...


def multiply_with_onednn(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`Linear` for float32 on a CPU, without a gradient."""
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")


@cache
def onednn_is_faster() -> bool:
    """Measured once, in some milliseconds. Torch takes MKL for `F.linear`, which halves its pace on AMD processors."""
    x = torch.rand(512, 512, dtype=torch.float32)
    try:
        return _measure(multiply_with_onednn, x) < _measure(F.linear, x)
    except (AttributeError, RuntimeError):  # torch without oneDNN, or without this operation of it
        return False


def _measure(multiply: Linear, x: Tensor) -> float:
    """The least seconds of a few."""
    times = []
    for _ in range(6):
        start = time.perf_counter()
        multiply(x, x)
        times.append(time.perf_counter() - start)
    return min(times)
