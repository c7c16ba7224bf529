"""A local part of a network, a strip of rows at a time, so that its large maps stay in the processor's cache."""

from collections.abc import Callable
from fractions import Fraction

from torch import Tensor

# Memory in pieces of 32 MB, and all above 64 MB in a thread, is fetched from the system each time, which took longer
# than some of the convolutions on it.
WHOLE_BYTES = 16 << 20
STRIP_BYTES = 8 << 20


def by_strips(
    local: Callable[[Tensor], Tensor], x: Tensor, scale: Fraction, convolutions: int, channels: int
) -> Tensor:
    """`local`(x), which halves or doubles the map (`scale`), a strip of rows at a time if what it makes is large.

    `convolutions` of 3x3 at the larger of the two sizes bring forth at most `channels` there.
    """
    unit = 2 if scale < 1 else 1  # rows of x in a cell, the step of strips
    made = int(unit * scale)  # rows of the result in a cell
    cells = x.shape[2] // unit
    cell_bytes = 2 * channels * max(x.shape[3], int(scale * x.shape[3])) * x.element_size()
    if len(x) * cells * cell_bytes <= WHOLE_BYTES:
        return local(x)
    step, halo = max(1, STRIP_BYTES // (len(x) * cell_bytes)), -(-convolutions // 2)
    out = None
    for start in range(0, cells, step):
        stop, outer = min(start + step, cells), max(0, start - halo)
        part = local(x[:, :, unit * outer : unit * (stop + halo)])
        if out is None:
            out = part.new_empty(len(x), made * cells, part.shape[3], part.shape[1]).permute(0, 3, 1, 2)
        out[:, :, made * start : made * stop] = part[:, :, made * (start - outer) :][:, :, : made * (stop - start)]
    assert out is not None
    return out
