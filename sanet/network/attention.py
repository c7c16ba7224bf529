"""Style-attentional network: rearranges style features by their similarity to content features (section 3.2).

Works on feature maps alone: it never sees an image, a file or a control.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sanet.network.encoder import Features
from sanet.network.regions import Matching, marked_positions
from sanet.network.statistics import Measure, mean_variance_norm, of_the_map, partial_adain
from sanet.progress import Report, part, unreported

# Scores of one chunk (rows x Q float32) stay in the processor's cache at about this many entries.
CHUNK_SCORES = 1 << 20
# With fewer rows each chunk would take longer to read the style than to multiply.
LEAST_ROWS = 64
CHUNKS_A_REPORT = 32
# `SANet`'s shares in the paper.
PAPER_MOMENTS = (0.0, 0.0, 0.0, 0.0)

# (P, K) and (N, K) -> (P, N): the first times the second transposed, as `F.linear`.
Multiply = Callable[[Tensor, Tensor], Tensor]
# Query, key, value and progress, as `attention`.
Attend = Callable[[Tensor, Tensor, Tensor, Report], Tensor]


def attention(query: Tensor, key: Tensor, value: Tensor, progress: Report = unreported) -> Tensor:
    """softmax(query key^T) value, unscaled, in memory linear in P and Q; shapes as in `chunked_attention`.

    The fused kernel on CUDA, chunks of plain products elsewhere. But plain products in training on CUDA: the fused
    kernel is made for at most 128 channels, and its gradient slow for more.
    """
    if query.is_cuda and query.requires_grad:
        return (query @ key.transpose(1, 2)).softmax(dim=-1) @ value
    if query.is_cuda:
        fused = F.scaled_dot_product_attention(query[:, None], key[:, None], value[:, None], scale=1.0)
        return fused[:, 0]
    return chunked_attention(query, key, value, progress)


def chunked_attention(
    query: Tensor, key: Tensor, value: Tensor, progress: Report = unreported, multiply: Multiply = F.linear
) -> Tensor:
    """softmax(query key^T) value without scaling, about `CHUNK_SCORES` scores at a time.

    Exact, since each row is normalised by itself. query (N, P, C), key and value (N, Q, C) -> (N, P, C).
    `progress` is called every few chunks and may raise to stop.
    """
    rows = max(1, LEAST_ROWS // key.shape[0], CHUNK_SCORES // (key.shape[0] * key.shape[1]))
    values = value.transpose(1, 2).contiguous()  # (N, C, Q)
    parts = query.split(rows, dim=1)
    chunks = []
    for i, queries in enumerate(parts):
        if i % CHUNKS_A_REPORT == 0:
            progress(i / len(parts))
        scores = [multiply(q, k).softmax(dim=-1) for q, k in zip(queries, key, strict=True)]  # N of (rows, Q)
        chunks.append(torch.stack([multiply(s, v) for s, v in zip(scores, values, strict=True)]))
    return torch.cat(chunks, dim=1)


def matched_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    regions: tuple[Tensor, Tensor],
    share: float,
    progress: Report = unreported,
    attend: Attend = attention,
) -> Tensor:
    """As `attend` between positions of the same region; those of other regions count 1 - `share` times as much.

    `regions`: the number of each query's region (P,) and of each key's (Q,). Exact: a factor within the softmax is a
    summand of its scores, log(1 - share). A share of 1 takes fewer products, one of 0 is `attend`, and so is a
    region that no key has, as there may be on a coarse grid.
    """
    of_query, of_key = regions
    numbers = of_query.unique().tolist()
    out = query.new_empty((*query.shape[:2], value.shape[2]))
    for i, number in enumerate(numbers):
        mine, own = of_query == number, of_key == number
        asking, keys, values = query[:, mine], key, value
        if share == 1 and own.any():
            keys, values = key[:, own], value[:, own]
        elif own.any() and not own.all():
            summand = torch.zeros_like(key[..., :1]).masked_fill_(~own[:, None], math.log1p(-share))
            asking, keys = torch.cat([asking, torch.ones_like(asking[..., :1])], 2), torch.cat([key, summand], 2)
        report = part(progress, i / len(numbers), 1 / len(numbers))
        out[:, mine] = attend(asking, keys, values, report).to(out.dtype)
    return out


def flatten_positions(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, H*W, C): one row per position."""
    return x.flatten(2).transpose(1, 2)


def placed(measure: Measure, name: str) -> Measure:
    """`measure` for the places within the one of this name."""
    return lambda place, x: measure(f"{name} {place}", x)


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
        self.attend: Attend = attention
        self.f = nn.Conv2d(channels, channels, 1)
        self.g = nn.Conv2d(channels, channels, 1)
        self.h = nn.Conv2d(channels, channels, 1)
        self.out_conv = nn.Conv2d(channels, channels, 1)

    def forward(
        self,
        content: Tensor,
        style: Tensor,
        progress: Report = unreported,
        measure: Measure = of_the_map,
        matching: Matching | None = None,
        share: float = 1.0,
        seen: Tensor | None = None,
    ) -> Tensor:
        """Content (N, C, H, W) with P = H*W, style (N, C, H', W') with Q = H'*W' -> (N, C, H, W).

        `measure` takes the moments of the content and of what was attended. `matching` and `share` as in
        `matched_attention`. `seen`: a mask of the style's picture, (1, 1, h, w); of the rest nothing is known.
        """
        regions = None
        if matching is not None:
            regions = matching.at((content.shape[2], content.shape[3]), (style.shape[2], style.shape[3]))
        if seen is not None:
            positions = marked_positions(seen, (style.shape[2], style.shape[3]))
            style = style.flatten(2)[:, :, None, positions]  # (N, C, 1, Q), a picture of these positions alone
            regions = regions and (regions[0], regions[1][positions])
        own = measure("content", content)
        query = flatten_positions(self.f(mean_variance_norm(content, own)))  # (N, P, C)
        key = flatten_positions(self.g(mean_variance_norm(style)))  # (N, Q, C)
        values = self.h(style)
        parts = (query, key, flatten_positions(values))
        if regions is None:
            attended = self.attend(*parts, progress)  # (N, P, C)
        else:
            attended = matched_attention(*parts, regions, share, progress, self.attend)
        rearranged = attended.transpose(1, 2).reshape(content.shape)  # (N, C, H, W)
        shifted = partial_adain(content, style, *self.moments[:2], moments=own)
        moved = measure("attended", rearranged) if any(self.moments[2:]) else None
        return shifted + self.out_conv(partial_adain(rearranged, values, *self.moments[2:], moments=moved))


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
        self.merge_conv = nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect")

    def forward(
        self,
        content: Features,
        style: Features,
        progress: Report = unreported,
        measure: Measure = of_the_map,
        matching: Matching | None = None,
        share: float = 1.0,
        seen: Tensor | None = None,
    ) -> Tensor:
        """Features of contents and styles (same N) -> F_csc, (N, C, H/8, W/8) of the content.

        `matching` and `share` as in `matched_attention`, `seen` as in `SANet`: which positions of the style count.
        `progress` is called now and then, from 0 to 1, and may raise to stop; `measure` as in `SANet`, by its level.
        """
        grid = content.relu4_1.shape[2:]
        merged = torch.zeros_like(content.relu4_1)
        for i, level in enumerate(self.levels):
            report = part(progress, i / len(self.levels), 1 / len(self.levels))
            name = f"sanet{level}_1"
            block = self.get_submodule(name)
            features, place = (content[level - 1], style[level - 1]), placed(measure, name)
            attended = block(*features, report, place, matching, share, seen)
            merged = merged + F.interpolate(attended, size=grid, mode="nearest")
        return self.merge_conv(merged)
