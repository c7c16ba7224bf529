"""Exact tiling of the two local parts, encoder and decoder, so that large pictures take bounded memory.

Knows no attention and no normalisation: those see the whole picture and must never be cut. A tile is computed with a
halo as wide as the network's reach; where it touches the picture's border, the network mirrors as it would untiled.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from sanet.network.decoder import Decoder
from sanet.network.encoder import Encoder, Features

STRIDE = 16  # of relu5_1, in pixels
CELL = 8  # of relu4_1
# Memory in pieces of 32 MB, and all above 64 MB in a thread, is fetched from the system each time, which took longer
# than some of the convolutions on it.
WHOLE_BYTES = 16 << 20
STRIP_BYTES = 8 << 20


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


def encode_tiled(encoder: Encoder, image: Tensor, tile: int, progress: Callable[[float], None]) -> Features:
    """relu4_1 and relu5_1 of (1, 3, H, W), sides multiples of 16, `tile` pixels at a time; the lower taps are empty.

    Equal to the whole picture's up to rounding. `progress` is called before each tile and may raise to stop.
    """
    height, width = image.shape[2] // STRIDE, image.shape[3] // STRIDE
    tiles = grid(height, width, tile // STRIDE, -(-encoder.radius // STRIDE))
    nothing = image.new_empty(0)
    fours = fives = nothing
    for i, (rows, columns) in enumerate(tiles):
        progress(i / len(tiles))
        four, five = _encode(encoder, _cut(image, rows, columns, STRIDE))
        if i == 0:
            fours, fives = _empty(four, 2 * height, 2 * width), _empty(five, height, width)
        _paste(fours, four, rows, columns, 2)
        _paste(fives, five, rows, columns, 1)
    return Features(nothing, nothing, nothing, fours, fives)


def decode_tiled(decoder: Decoder, mixed: Tensor, tile: int, progress: Callable[[float], None]) -> Tensor:
    """(1, C, h, w) -> (1, 3, 8h, 8w), float32 on the CPU, `tile` pixels at a time; otherwise as `encode_tiled`."""
    height, width = mixed.shape[2:]
    tiles = grid(height, width, tile // CELL, -(-decoder.radius // CELL))
    out = torch.empty((1, 3, CELL * height, CELL * width))
    for i, (rows, columns) in enumerate(tiles):
        progress(i / len(tiles))
        _paste(out, _decode(decoder, _cut(mixed, rows, columns, 1)), rows, columns, CELL)
    return out


def _encode(encoder: Encoder, image: Tensor) -> tuple[Tensor, Tensor]:
    """relu4_1 and relu5_1, the blocks below in strips."""
    x = encoder.prepared(image)
    *shallow, fourth, fifth = encoder.blocks
    for names, channels in zip(shallow, encoder.widths, strict=False):
        x = by_strips(partial(encoder.pooled, names), x, Fraction(1, 2), len(names), channels)
    four = encoder.convolved(fourth[:1], x)
    return four, encoder.convolved(fifth[:1], encoder.pooled(fourth[1:], four))


def _decode(decoder: Decoder, x: Tensor) -> Tensor:
    """All stages, those above the first in strips."""
    first, *doubling = decoder.stages()
    x = first(x)
    for stage in doubling:
        x = by_strips(stage, x, Fraction(2), sum(isinstance(layer, nn.Conv2d) for layer in stage), x.shape[1])
    return x


def by_strips(
    local: Callable[[Tensor], Tensor], x: Tensor, scale: Fraction, convolutions: int, channels: int
) -> Tensor:
    """`local`(x), which halves or doubles the picture (`scale`), a strip of rows at a time if its maps are large.

    `convolutions` of 3x3 at the larger of the two sizes bring forth at most `channels` there.
    """
    unit = 2 if scale < 1 else 1  # rows of x in a cell, the step of strips
    made = int(unit * scale)  # rows of the result in a cell
    cells = x.shape[2] // unit
    cell_bytes = 2 * channels * max(x.shape[3], int(scale * x.shape[3])) * x.element_size()
    if len(x) * cells * cell_bytes <= WHOLE_BYTES:
        return local(x)
    out = None
    for rows in spans(cells, max(1, STRIP_BYTES // (len(x) * cell_bytes)), -(-convolutions // 2)):
        part = local(x[:, :, unit * rows.outer_start : unit * rows.outer_stop])
        if out is None:
            out = _empty(part, made * cells, part.shape[3])
        start = made * (rows.start - rows.outer_start)
        out[:, :, made * rows.start : made * rows.stop] = part[:, :, start : start + made * (rows.stop - rows.start)]
    assert out is not None
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
