"""3x3 convolution: a wide one takes a quarter of the products in inference on a CPU. Knows no network.

Minimal filtering F(4x4, 3x3) of Lavin & Gray, "Fast algorithms for convolutional neural networks" (arXiv 1509.09308):
tiles of 6x6 inputs and the kernels are brought to a basis in which the convolution is one product per coefficient.
"""

from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Net = TypeVar("Net", bound=nn.Module)
SIDE, STEP = 6, 4  # inputs and outputs along a side of a tile
# B^T, G and A^T of the paper's section 4.3, for the interpolation points 0, 1, -1, 2, -2 and infinity.
INPUT = torch.tensor(
    [
        [4.0, 0.0, -5.0, 0.0, 1.0, 0.0],
        [0.0, -4.0, -4.0, 1.0, 1.0, 0.0],
        [0.0, 4.0, -4.0, -1.0, 1.0, 0.0],
        [0.0, -2.0, -1.0, 2.0, 1.0, 0.0],
        [0.0, 2.0, -1.0, -2.0, 1.0, 0.0],
        [0.0, 4.0, 0.0, -5.0, 0.0, 1.0],
    ]
)
KERNEL = torch.tensor([[6.0, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]).double() / 24
OUTPUT = torch.tensor([[1.0, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]])


def transformed_kernel(weight: Tensor) -> Tensor:
    """(D, C, 3, 3) -> (36, C, D), a matrix for each coefficient of a tile."""
    kernel = torch.einsum("ai,bj,dcij->abcd", KERNEL, KERNEL, weight.double())
    return kernel.flatten(0, 1).to(weight.dtype).contiguous()


def tiled_convolution(x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """(N, C, H+2, W+2) and `transformed_kernel`'s (36, C, D) -> (N, D, H, W), channels last; no padding.

    Rounds to about 1e-5 of the largest value in float32. A few rows of tiles at a time, so that they stay in the cache.
    """
    _, c, d = kernel.shape
    height, width = x.shape[2] - 2, x.shape[3] - 2
    down, across = -(-height // STEP), -(-width // STEP)
    x = F.pad(x, (0, STEP * across - width, 0, STEP * down - height)).permute(0, 2, 3, 1).contiguous()
    to_tiles, from_tiles = torch.kron(INPUT, INPUT), torch.kron(OUTPUT, OUTPUT)  # (36, 36), (16, 36)
    out = x.new_empty(len(x), STEP * down, STEP * across, d)
    rows = max(1, max(c, d) // (2 * across))
    sy, sx = x.stride()[1:3]
    for image, place in zip(x, out, strict=True):
        for top in range(0, down, rows):
            count = min(rows, down - top)
            overlapping = image[STEP * top :].as_strided(
                (SIDE, SIDE, count, across, c), (sy, sx, STEP * sy, STEP * sx, 1)
            )
            tiles = (to_tiles @ overlapping.reshape(SIDE**2, -1)).view(SIDE**2, count * across, c)
            products = torch.bmm(tiles, kernel).view(SIDE**2, -1)  # (36, tiles x D)
            values = (from_tiles @ products).view(STEP, STEP, count, across, d).add_(bias)
            block = place[STEP * top : STEP * (top + count)].view(count, STEP, across, STEP, d)
            block.copy_(values.permute(2, 0, 3, 1, 4))
    return out.permute(0, 3, 1, 2)[:, :, :height, :width]


class Conv3x3(nn.Conv2d):
    """`nn.Conv2d` with 3x3 kernels, no padding or one reflected pixel, and `speed_up`. Parameters as there."""

    transformed: Tensor | None

    def __init__(self, channels_in: int, channels_out: int, padding: int = 0) -> None:
        super().__init__(channels_in, channels_out, 3, padding=padding, padding_mode="reflect")
        self.register_buffer("transformed", None, persistent=False)

    def speed_up(self) -> None:
        """Keep the transformed kernels, four times the weights, if this is wide enough for tiles to pay."""
        if min(self.in_channels, self.out_channels) >= 64 and max(self.in_channels, self.out_channels) >= 128:
            self.transformed = transformed_kernel(self.weight.detach())

    def _load_from_state_dict(self, *args: Any) -> None:
        self.transformed = None  # belongs to the weights before
        super()._load_from_state_dict(*args)

    def forward(self, x: Tensor) -> Tensor:
        suits = x.dtype == torch.float32 and x.device.type == "cpu" and not self.weight.requires_grad
        if self.transformed is None or not suits:
            return super().forward(x)
        assert self.bias is not None
        padded = F.pad(x, (1, 1, 1, 1), mode="reflect") if self.padding == (1, 1) else x
        return tiled_convolution(padded, self.transformed, self.bias)


def channels_last(net: Net) -> Net:
    """The same network, its kernels laid out for pictures whose channels lie side by side."""
    nn.utils.convert_conv2d_weight_memory_format(net, torch.channels_last)
    return net


def speed_up(net: nn.Module) -> None:
    """Prepare the wide convolutions of a frozen network on a CPU; training it again takes the plain ones."""
    for module in net.modules():
        if isinstance(module, Conv3x3):
            module.speed_up()
