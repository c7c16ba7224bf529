"""Float32 matrix products by oneDNN, the second of torch's two libraries."""

from typing import Protocol

import torch
from torch import Tensor


class Linear(Protocol):
    """`F.linear` for matrices: (P, K), (N, K) and perhaps (N,) -> (P, N)."""

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor | None = None, /) -> Tensor: ...


def multiply_with_onednn(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`Linear` for float32 on a CPU, without a gradient."""
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")


def has_onednn() -> bool:
    """Whether this torch was built with oneDNN and has this operation of it."""
    return torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")
