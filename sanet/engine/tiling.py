"""Exact tiling of the two local parts, encoder and decoder, so that large images take bounded memory.

Knows no attention and no normalisation: those see the whole image and must never be cut. A tile is computed with a
halo as wide as the network's reach; where it touches the image's border, the network mirrors as it would untiled.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from sanet.image.tensor import STRIDE
from sanet.network.decoder import Decoder
from sanet.network.encoder import Encoder, Features
from sanet.progress import Report

CELL = 8  # pixels, the stride of relu4_1


class Span(NamedTuple):
    """A tile along one axis, and the same with its halo."""

    start: int
    stop: int
    outer_start: int
    outer_stop: int


def spans(length: int, tile: int, halo: int) -> list[Span]:
    """Cut `length` into tiles of at most `tile`, each with a halo that ends at the border."""
    starts = range(0, length, tile)
    return [Span(s, min(s + tile, length), max(0, s - halo), min(length, min(s + tile, length) + halo)) for s in starts]


def grid(height: int, width: int, tile: int, halo: int) -> list[tuple[Span, Span]]:
    """The tiles of a map, row by row."""
    return [(rows, columns) for rows in spans(height, tile, halo) for columns in spans(width, tile, halo)]


def encode_tiled(encoder: Encoder, image: Tensor, tile: int, progress: Report) -> Features:
    """relu4_1 and relu5_1 of (1, 3, H, W), sides multiples of 16, `tile` pixels at a time; the lower taps are empty.

    Equal to the whole image's up to rounding. `progress` is called before each tile and may raise to stop.
    """
    height, width = image.shape[2] // STRIDE, image.shape[3] // STRIDE
    tiles = grid(height, width, tile // STRIDE, -(-encoder.radius // STRIDE))
    nothing = image.new_empty(0)
    fours = fives = nothing
    for i, (rows, columns) in enumerate(tiles):
        progress(i / len(tiles))
        features = encoder(_cut(image, rows, columns, STRIDE))
        if i == 0:
            fours, fives = _empty(features.relu4_1, 2 * height, 2 * width), _empty(features.relu5_1, height, width)
        _paste(fours, features.relu4_1, rows, columns, 2)
        _paste(fives, features.relu5_1, rows, columns, 1)
    return Features(nothing, nothing, nothing, fours, fives)


def decode_tiled(decoder: Decoder, mixed: Tensor, tile: int, progress: Report) -> Tensor:
    """(1, C, h, w) -> (1, 3, 8h, 8w), float32 on the CPU, `tile` pixels at a time; otherwise as `encode_tiled`."""
    height, width = mixed.shape[2:]
    tiles = grid(height, width, tile // CELL, -(-decoder.radius // CELL))
    out = torch.empty((1, 3, CELL * height, CELL * width))
    for i, (rows, columns) in enumerate(tiles):
        progress(i / len(tiles))
        _paste(out, decoder(_cut(mixed, rows, columns, 1)), rows, columns, CELL)
    return out


def _cut(whole: Tensor, rows: Span, columns: Span, scale: int) -> Tensor:
    """The tile with its halo; spans count units of `scale` positions."""
    part = whole[:, :, scale * rows.outer_start : scale * rows.outer_stop]
    return part[:, :, :, scale * columns.outer_start : scale * columns.outer_stop]


def _paste(whole: Tensor, part: Tensor, rows: Span, columns: Span, scale: int) -> None:
    """Write the tile without its halo into its place."""
    y, x = scale * (rows.start - rows.outer_start), scale * (columns.start - columns.outer_start)
    height, width = scale * (rows.stop - rows.start), scale * (columns.stop - columns.start)
    place = whole[:, :, scale * rows.start : scale * rows.stop, scale * columns.start : scale * columns.stop]
    place.copy_(part[:, :, y : y + height, x : x + width])


def _empty(like: Tensor, height: int, width: int) -> Tensor:
    """A map of another size, channels last."""
    return like.new_empty((1, height, width, like.shape[1])).permute(0, 3, 1, 2)
