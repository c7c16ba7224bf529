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
