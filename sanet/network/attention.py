"""Style-attentional network: rearranges style features by their similarity to content features (section 3.2).

Works on feature maps alone: it never sees an image, a file or a control.
"""

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sanet.network.encoder import Features
from sanet.network.fast.matmul import product
from sanet.network.fast.winograd import Conv3x3

# Scores of one chunk (rows x Q float32) stay in the processor's cache at about this many entries.
CHUNK_SCORES = 1 << 20
CHUNKS_A_REPORT = 32
EPS = 1e-5
# A deviation is moved as if the other one were at most this many times larger or smaller.
MOST = 2.0
# `SANet`'s shares in the paper.
PAPER_MOMENTS = (0.0, 0.0, 0.0, 0.0)

Progress = Callable[[float], None]


def unreported(fraction: float) -> None:
    """Default progress: reports to nobody."""


def mean_and_variance(x: Tensor) -> tuple[Tensor, Tensor]:
    """Of each channel of (N, C, H, W) over its positions, unbiased, float32; twice (N, C, 1, 1).

    A single position has variance 0.
    """
    x32 = x.float()
    mean = x32.mean(dim=(2, 3), keepdim=True)
    # In two passes: torch.var_mean is one and five times slower when channels lie side by side.
    return mean, (x32 - mean).square().sum(dim=(2, 3), keepdim=True) / max(x[0, 0].numel() - 1, 1)


def mean_variance_norm(x: Tensor) -> Tensor:
    """Each channel of (N, C, H, W) shifted and scaled to mean 0, deviation 1 over its positions (F-bar in Eq. 1).

    Unbiased variance and eps 1e-5 as in the published code; statistics in float32. A single position becomes 0.
    """
    mean, var = mean_and_variance(x)
    return ((x.float() - mean) * torch.rsqrt(var + EPS)).to(x.dtype)


def chunked_attention(
    query: Tensor, key: Tensor, value: Tensor, chunk_scores: int = CHUNK_SCORES, progress: Progress = unreported
) -> Tensor:
    """softmax(query key^T) value without scaling, a few query rows at a time.

    Exact, since each row is normalised by itself. query (N, P, C), key and value (N, Q, C) -> (N, P, C).
    `progress` is called every few chunks and may raise to stop.
    """
    rows = max(1, chunk_scores // (key.shape[0] * key.shape[1]))
    values = value.transpose(1, 2).contiguous()  # (N, C, Q)
    parts = query.split(rows, dim=1)
    chunks = []
    for i, part in enumerate(parts):
        if i % CHUNKS_A_REPORT == 0:
            progress(i / len(parts))
        scores = [product(q, k).softmax(dim=-1) for q, k in zip(part, key, strict=True)]  # N of (rows, Q)
        chunks.append(torch.stack([product(s, v) for s, v in zip(scores, values, strict=True)]))
    return torch.cat(chunks, dim=1)


def attention(query: Tensor, key: Tensor, value: Tensor, progress: Progress = unreported) -> Tensor:
    """softmax(query key^T) value in memory linear in P and Q; shapes and `progress` as in `chunked_attention`.

    The fused kernel on CUDA, chunks of plain products elsewhere: measured faster on CPU for one wide head.
    """
    if query.is_cuda:
        fused = F.scaled_dot_product_attention(query[:, None], key[:, None], value[:, None], scale=1.0)
        return fused[:, 0]
    return chunked_attention(query, key, value, progress=progress)


def positions(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, H*W, C): one row per position."""
    return x.flatten(2).transpose(1, 2)


def moved_moments(x: Tensor, other: Tensor, mean_share: float, deviation_share: float) -> Tensor:
    """`x` (N, C, H, W) with each channel's mean and deviation moved by a share of the way to those of `other`.

    Shares of 1 are AdaIN (arXiv 1703.06868, Eq. 8), but that a deviation at most doubles or halves: in an almost flat
    picture it would be noise that grows. Shares of 0 return `x` itself.
    """
    if not (mean_share or deviation_share):
        return x
    (mean, var), (other_mean, other_var) = mean_and_variance(x), mean_and_variance(other)
    ratio = ((other_var + EPS) / (var + EPS)).sqrt().clamp(1 / MOST, MOST)  # (N, C, 1, 1)
    factor = 1 + deviation_share * (ratio - 1)
    return ((x.float() - mean) * factor + mean + mean_share * (other_mean - mean)).to(x.dtype)


class SANet(nn.Module):
    """One attention block (Eq. 1 and 5): content + out_conv(softmax(f(norm c)^T g(norm s)) h(s)).

    The softmax takes the scores unscaled. h sees the raw style, so the style's strength survives.
    Differs from the paper where `moments` is not 0: mean and deviation of the content move by the first two shares to
    the style's, those of what was attended by the last two to those of h(s), because a softmax averages, and attends
    to positions unevenly, so that the result's colours and contrasts stray from the style's.
    """

    def __init__(self, channels: int, moments: tuple[float, ...] = PAPER_MOMENTS) -> None:
        super().__init__()
        self.moments = moments
        self.f = nn.Conv2d(channels, channels, 1)
        self.g = nn.Conv2d(channels, channels, 1)
        self.h = nn.Conv2d(channels, channels, 1)
        self.out_conv = nn.Conv2d(channels, channels, 1)

    def forward(self, content: Tensor, style: Tensor, progress: Progress = unreported) -> Tensor:
        """Content (N, C, H, W) with P = H*W, style (N, C, H', W') with Q = H'*W' -> (N, C, H, W)."""
        query = positions(self.f(mean_variance_norm(content)))  # (N, P, C)
        key = positions(self.g(mean_variance_norm(style)))  # (N, Q, C)
        values = self.h(style)
        attended = attention(query, key, positions(values), progress)  # (N, P, C)
        rearranged = attended.transpose(1, 2).reshape(content.shape)  # (N, C, H, W)
        shifted = moved_moments(content, style, *self.moments[:2])
        return shifted + self.out_conv(moved_moments(rearranged, values, *self.moments[2:]))


def _part(progress: Progress, index: int, count: int, done: float) -> None:
    """Progress of one of `count` equal parts as that of the whole."""
    progress((index + done) / count)


class StyleAttention(nn.Module):
    """SANets at relu4_1 and relu5_1, summed on the relu4_1 grid and merged by a 3x3 convolution (Eq. 3).

    Differs from the paper: `levels` may name only one of the two, because its ablations (Fig. 7) need that;
    the 3x3 convolution stays in place then.
    """

    def __init__(self, channels: int, levels: tuple[int, ...], moments: tuple[float, ...] = PAPER_MOMENTS) -> None:
        super().__init__()
        self.levels = levels
        for level in levels:
            self.add_module(f"sanet{level}_1", SANet(channels, moments))
        self.merge_conv = Conv3x3(channels, channels, padding=1)

    def forward(self, content: Features, style: Features, progress: Progress = unreported) -> Tensor:
        """Features of contents and styles (same N) -> F_csc, (N, C, H/8, W/8) of the content.

        `progress` is called now and then, from 0 to 1, and may raise to stop.
        """
        grid = content.relu4_1.shape[2:]
        merged = torch.zeros_like(content.relu4_1)
        for i, level in enumerate(self.levels):
            sanet, report = self.get_submodule(f"sanet{level}_1"), partial(_part, progress, i, len(self.levels))
            attended = sanet(content[level - 1], style[level - 1], report)
            merged = merged + F.interpolate(attended, size=grid, mode="nearest")
        return self.merge_conv(merged)
