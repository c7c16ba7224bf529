"""Attention by torch's fused kernel for CPUs, which never writes the scores to memory."""

import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.progress import Report, unreported

# Scores between two reports of progress: about a second of one core.
PIECE_SCORES = 1 << 26
# The kernel takes this many queries at a time, a thread for each such block.
LEAST_ROWS = 256


def fused_attention(query: Tensor, key: Tensor, value: Tensor, progress: Report = unreported) -> Tensor:
    """softmax(query key^T) value without scaling; shapes, progress and memory as in `chunked_attention`."""
    pieces = query.contiguous().split(max(LEAST_ROWS, PIECE_SCORES // (key.shape[0] * key.shape[1])), dim=1)
    # For rows that are not contiguous, or values of another width than the keys, torch would make all scores at once.
    widened = F.pad(value, (0, key.shape[2] - value.shape[2]))
    keys, values = (rows.contiguous()[:, None] for rows in (key, widened))  # (N, 1, Q, C)
    attended = []
    for i, queries in enumerate(pieces):
        progress(i / len(pieces))
        attended.append(F.scaled_dot_product_attention(queries[:, None], keys, values, scale=1.0)[:, 0])
    return torch.cat(attended, dim=1)[..., : value.shape[2]]


def fused_bfloat16_attention(query: Tensor, key: Tensor, value: Tensor, progress: Report = unreported) -> Tensor:
    """`fused_attention` of float32 by products of bfloat16, three for one: a softmax tells near scores far apart.

    Each number is the sum of two in bfloat16; the product of the two smaller ones is left out.
    """
    (queries, finer_queries), (keys, finer_keys) = _in_two(query), _in_two(key)
    both = fused_attention(
        torch.cat([queries, finer_queries, queries], dim=2),
        torch.cat([keys, keys, finer_keys], dim=2),
        torch.cat(_in_two(value), dim=2),
        progress,
    )
    return both.float().unflatten(2, (2, -1)).sum(dim=2)


def _in_two(x: Tensor) -> tuple[Tensor, Tensor]:
    """float32 as a sum in bfloat16."""
    coarse = x.bfloat16()
    return coarse, (x - coarse).bfloat16()
