"""SqueezeNet 1.1 (Iandola et al., arXiv 1602.07360) as a second loss network: a picture in, five feature maps out.

Knows no style transfer. Reads torchvision's state dict.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sanet.checkpoints.tensor_files import read_tensors
from sanet.checkpoints.vgg import IMAGENET_MEAN, IMAGENET_STD

# Channels in, squeezed, and of each of the two expansions, by their place in torchvision's `features`.
FIRES = {
    3: (64, 16, 64),
    4: (128, 16, 64),
    6: (128, 32, 128),
    7: (256, 32, 128),
    9: (256, 48, 192),
    10: (384, 48, 192),
    11: (384, 64, 256),
    12: (512, 64, 256),
}
POOLED = (3, 6, 9)
# Fire modules 3, 5, 7 and 9 of the paper.
TAPS = (4, 7, 10, 12)


class Fire(nn.Module):
    """A 1x1 convolution to few channels, then 1x1 and 3x3 side by side, each with its ReLU.

    (N, channels, H, W) -> (N, 2 wide, H, W). Repeats the border, where the published network pads with zeros, so that
    borders do not count as edges.
    """

    def __init__(self, channels: int, narrow: int, wide: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, narrow, 1)
        self.expand1x1 = nn.Conv2d(narrow, wide, 1)
        self.expand3x3 = nn.Conv2d(narrow, wide, 3, padding=1, padding_mode="replicate")

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.squeeze(x))
        return F.relu(torch.cat([self.expand1x1(x), self.expand3x3(x)], dim=1))


class SqueezeNet(nn.Module):
    """SqueezeNet 1.1 up to its last fire module."""

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        modules = {0: nn.Conv2d(3, 64, 3, stride=2), **{place: Fire(*widths) for place, widths in FIRES.items()}}
        self.features = nn.ModuleDict({str(place): module for place, module in modules.items()})
        self.register_buffer("mean", IMAGENET_MEAN[:, None, None].clone(), persistent=False)
        self.register_buffer("std", IMAGENET_STD[:, None, None].clone(), persistent=False)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """(N, 3, H, W) in [0, 1], sides of at least 32 -> the maps behind the first convolution and four fire modules,
        at strides of about 2, 4, 8, 16 and 16.
        """
        x = F.relu(self.features["0"]((image - self.mean) / self.std))
        taps = [x]
        for place in FIRES:
            if place in POOLED:
                x = F.max_pool2d(x, 3, 2, ceil_mode=True)
            x = self.features[str(place)](x)
            if place in TAPS:
                taps.append(x)
        return tuple(taps)


def load_squeezenet(path: Path) -> SqueezeNet:
    """The network in torchvision's state dict of SqueezeNet 1.1, as .pth or .safetensors; its classifier is left out.

    Raises ValueError if the file is something else.
    """
    tensors = {name: tensor for name, tensor in read_tensors(path).items() if name.startswith("features.")}
    net = SqueezeNet()
    try:
        net.load_state_dict(tensors)
    except RuntimeError as error:
        raise ValueError(f"{path} is not torchvision's SqueezeNet 1.1: names or shapes differ.") from error
    return net.eval().requires_grad_(False)
