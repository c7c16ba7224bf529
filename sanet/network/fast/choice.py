"""Which kernel each convolution, each product and the attention gets. What was tried: benchmarks/LEVERS.md."""

from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from sanet.network.attention import Attend, chunked_attention
from sanet.network.fast.attention import fused_attention, fused_bfloat16_attention
from sanet.network.fast.matmul import Linear, has_onednn, multiply_with_onednn
from sanet.network.fast.padding import MirroredConv2d
from sanet.network.fast.winograd import Transform, WinogradConv2d, transform_rows, transform_tiles


@dataclass(frozen=True)
class Kernels:
    """What the network computes with on a CPU, one of `OFFERED` each. Which is fastest depends on the processor."""

    products: str = "blas"
    attention: str = "chunks"
    convolutions: str = "winograd"
    decoder: str = "float32"  # and what merges the attended maps


def has_bfloat16() -> bool:
    """Whether this CPU multiplies in bfloat16 itself; others imitate it many times slower."""
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("amx_tile") or capabilities.get("avx512_bf16"))


# "blas" is what `F.linear` takes: MKL on x86, which halves its pace on some processors of AMD.
OFFERED = {
    "products": ("blas", "onednn") if has_onednn() else ("blas",),
    "attention": ("chunks", "fused", "fused-bfloat16") if has_bfloat16() else ("chunks", "fused"),
    "convolutions": ("plain", "winograd"),
    "decoder": ("float32", "bfloat16") if has_bfloat16() else ("float32",),
}
USUAL = Kernels()


def choose_convolution(conv: nn.Module, kernels: Kernels = USUAL) -> nn.Module:
    """The module for what a plain 3x3 convolution does on its device, with the same parameters."""
    if not isinstance(conv, nn.Conv2d):
        return conv
    if conv.weight.is_cuda:
        return MirroredConv2d(conv) if conv.padding == (1, 1) else conv
    in_bfloat16 = conv.weight.dtype == torch.bfloat16  # whose rounding Winograd's sums would multiply
    transform = choose_transform(conv) if kernels.convolutions == "winograd" and not in_bfloat16 else None
    return WinogradConv2d(conv, transform, choose_multiply(kernels)) if transform else conv


def choose_transform(conv: nn.Conv2d) -> Transform | None:
    """How a CPU's Winograd convolution is done, if the layer is wide enough for one to pay."""
    narrow, wide = sorted((conv.in_channels, conv.out_channels))
    if narrow < 64:
        return None
    return transform_tiles if narrow >= 128 and wide >= 256 else transform_rows


def choose_multiply(kernels: Kernels) -> Linear:
    """The product of float32 matrices on a CPU."""
    return multiply_with_onednn if kernels.products == "onednn" else F.linear


def choose_attention(kernels: Kernels) -> Attend:
    """The attention on a CPU."""
    if kernels.attention == "fused":
        return fused_attention
    if kernels.attention == "fused-bfloat16":
        return fused_bfloat16_attention
    return partial(chunked_attention, multiply=choose_multiply(kernels))
