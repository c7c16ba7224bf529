"""The bridge between pictures and images: PIL <-> (1, 3, H, W) in [0, 1], and the border that the network needs."""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

# relu5_1 has stride 16; below 32 it would have one position a side, too few to mirror.
STRIDE = 16
MIN_PADDED = 32


def to_tensor(picture: Image.Image) -> Tensor:
    """Mode "RGB" or "L" -> (1, 3 or 1, H, W) float32 in [0, 1]."""
    array = np.array(picture, dtype=np.uint8).reshape(picture.height, picture.width, -1)
    return torch.from_numpy(array).permute(2, 0, 1)[None].float() / 255.0


def to_picture(image: Tensor) -> Image.Image:
    """(1, 3, H, W), clamped to [0, 1] -> mode "RGB"."""
    array = (image[0].float().clamp(0.0, 1.0) * 255.0).round().to(torch.uint8)
    return Image.fromarray(array.permute(1, 2, 0).cpu().numpy())


def padding(width: int, height: int) -> tuple[int, int, int, int]:
    """(left, right, top, bottom) that brings a picture to multiples of 16, and to 32 at least, on even sides."""
    left, right = _split(width)
    top, bottom = _split(height)
    return left, right, top, bottom


def _split(side: int) -> tuple[int, int]:
    total = max(MIN_PADDED, -(-side // STRIDE) * STRIDE) - side
    return total // 2, total - total // 2


def pad(image: Tensor) -> Tensor:
    """(N, C, H, W) mirrored at the borders to the size that `padding` gives."""
    return F.pad(image, padding(image.shape[3], image.shape[2]), mode="reflect")


def crop(image: Tensor, width: int, height: int) -> Tensor:
    """Undo `pad` for a picture that was `width` x `height`."""
    left, _, top, _ = padding(width, height)
    return image[:, :, top : top + height, left : left + width]
