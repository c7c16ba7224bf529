"""3x3 convolution by Winograd's minimal filtering, with a half or a quarter of the products, in inference on a CPU.

F(4, 3) of Lavin & Gray, "Fast algorithms for convolutional neural networks" (arXiv 1509.09308): six rows are combined
into six others, each is convolved with a row of the kernel, and these are combined into four rows of the result. The
same along the rows, F(4x4, 3x3), leaves one matrix product for each of 36 coefficients.
"""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sanet.network.fast.matmul import Linear
from sanet.network.fast.padding import SharedConv2d, pad_border

Transform = Callable[[Tensor], Tensor]
SIDE, STEP = 6, 4  # inputs and outputs of a tile along one side
# G of the paper's section 4.3, for the interpolation points 0, 1, -1, 2, -2 and infinity.
KERNEL = torch.tensor([[6.0, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]).double() / 24
BIASED = 1  # of the six; a constant there is the same constant in all four outputs
WORTHWHILE = 32 * 32  # positions; below, so many small steps take longer than the plain convolution
BANDS_BYTES = 8 << 20  # combined rows at a time, so that they stay in the cache


def transform_rows(weight: Tensor) -> Tensor:
    """(D, C, 3, 3) -> (6, D, C, 1, 3), channels last: a kernel along the row for each combination of rows."""
    kernel = torch.einsum("ai,dcij->adjc", KERNEL, weight.double())
    return kernel.to(weight.dtype).permute(0, 1, 3, 2)[:, :, :, None]


def transform_tiles(weight: Tensor) -> Tensor:
    """(D, C, 3, 3) -> (6, 6, D, C): a matrix for each coefficient of a tile, by column and row."""
    kernel = torch.einsum("ai,bj,dcij->badc", KERNEL, KERNEL, weight.double())
    return kernel.to(weight.dtype).contiguous()


def convolve_tiles(x: Tensor, kernel: Tensor, bias: Tensor, multiply: Linear = F.linear) -> Tensor:
    """(N, C, H+2, W+2) and one of the two transformed kernels -> (N, D, H, W), channels last; no padding, no gradient.

    Rounds to about 1e-5 of the largest value in float32.
    """
    height, width = x.shape[2] - 2, x.shape[3] - 2
    down, across = -(-height // STEP), -(-width // STEP)
    if (height, width) != (STEP * down, STEP * across):
        x = F.pad(x, (0, STEP * across - width, 0, STEP * down - height))
    x = x.permute(0, 2, 3, 1).contiguous()
    out = x.new_empty(len(x), STEP * down, STEP * across, len(bias))
    blocks = -(-down * SIDE * STEP * across * max(x.shape[1], len(bias)) * x.element_size() // BANDS_BYTES)
    rows = -(-down // blocks)  # of tiles
    for source, place in zip(x, out, strict=True):
        for top in range(0, down, rows):
            count = min(rows, down - top)
            bands = _combine([source[STEP * top + i :][: STEP * count : STEP] for i in range(SIDE)])
            by_tiles = kernel.dim() == 4
            convolved = _by_tiles(bands, kernel, bias, multiply) if by_tiles else _by_rows(bands, kernel, bias)
            _separate(convolved, place[STEP * top : STEP * (top + count)].unflatten(0, (count, STEP)).unbind(1))
    return out.permute(0, 3, 1, 2)[:, :, :height, :width]


def _by_rows(bands: Tensor, kernel: Tensor, bias: Tensor) -> list[Tensor]:
    """(6, h, W+2, C) and `transform_rows` -> six of (h, W, D)."""
    maps = bands.permute(0, 3, 1, 2)[:, None]  # (6, 1, C, h, W+2)
    found = [F.conv2d(m, k, bias if i == BIASED else None) for i, (m, k) in enumerate(zip(maps, kernel, strict=True))]
    return [m[0].permute(1, 2, 0) for m in found]


def _by_tiles(bands: Tensor, kernel: Tensor, bias: Tensor, multiply: Linear) -> list[Tensor]:
    """(6, h, W+2, C) and `transform_tiles` -> six of (h, W, D)."""
    _, height, width, _ = bands.shape
    across = (width - 2) // STEP
    tiles = _combine([bands[:, :, i:][:, :, : STEP * across : STEP] for i in range(SIDE)])  # (6, 6, h, W/4, C)
    matrices = zip(tiles.flatten(0, 1).flatten(1, 2), kernel.flatten(0, 1), strict=True)
    biased = BIASED * SIDE + BIASED
    products = [multiply(x, k, bias if i == biased else None) for i, (x, k) in enumerate(matrices)]
    out = bands.new_empty(SIDE, height, across, STEP, len(bias))
    _separate(torch.stack(products).view(SIDE, SIDE, height, across, -1).unbind(), out.unbind(3))
    return list(out.flatten(2, 3))


def _combine(x: Sequence[Tensor]) -> Tensor:
    """B^T of the paper's section 4.3: six inputs to six sums, stacked."""
    x0, x1, x2, x3, x4, x5 = x
    out = x0.new_empty(SIDE, *x0.shape)
    y0, y1, y2, y3, y4, y5 = out
    torch.sub(x4, x2, out=y0)
    torch.sub(x3, x1, out=y5)
    torch.add(y0, y5, alpha=2, out=y3)  # -2 x1 - x2 + 2 x3 + x4
    torch.sub(y0, y5, alpha=2, out=y4)  # 2 x1 - x2 - 2 x3 + x4
    y0.add_(x0, alpha=4).sub_(x2, alpha=4)  # 4 x0 - 5 x2 + x4
    y5.mul_(-4).add_(x5).sub_(x3)  # 4 x1 - 5 x3 + x5
    torch.sub(x4, x2, alpha=4, out=y1)
    torch.sub(x3, x1, alpha=4, out=y2)
    y1.add_(y2)  # -4 x1 - 4 x2 + x3 + x4
    torch.sub(y1, y2, alpha=2, out=y2)  # 4 x1 - 4 x2 - x3 + x4
    return out


def _separate(y: Sequence[Tensor], out: Sequence[Tensor]) -> None:
    """A^T of the paper's section 4.3: six sums, which are overwritten, to four outputs."""
    y0, y1, y2, y3, y4, y5 = y
    even, difference = y1 + y2, y1.sub_(y2)
    wide, apart = y3 + y4, y3.sub_(y4)
    torch.add(difference, apart, alpha=2, out=out[1])
    torch.add(even, wide, alpha=4, out=out[2])
    torch.add(difference, apart, alpha=8, out=out[3]).add_(y5)
    torch.add(even.add_(wide), y0, out=out[0])


class WinogradConv2d(SharedConv2d):
    """A 3x3 convolution with no padding or one mirrored pixel. Keeps two or four times the weights, transformed."""

    transformed: Tensor

    def __init__(self, conv: nn.Conv2d, transform: Transform, multiply: Linear = F.linear) -> None:
        """`transform`: one of the two above, which decides how it is done; `multiply`: for the products of tiles."""
        super().__init__(conv)
        self.mirrors = conv.padding == (1, 1)
        self.multiply = multiply
        self.register_buffer("transformed", transform(conv.weight.detach()), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        padded = pad_border(x, 1) if self.mirrors else x
        if x.shape[2] * x.shape[3] < WORTHWHILE:
            return F.conv2d(padded, self.weight, self.bias)
        return convolve_tiles(padded, self.transformed, self.bias, self.multiply)
