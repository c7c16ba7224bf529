"""The yardstick: the paper's network written straight from Eqs. 1 to 5 in plain PyTorch.

Contiguous tensors, one matrix of all attention scores, everything encoded each time. Fed with the weights of one of
our networks, so that results can be compared.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.network.model import StyleTransferNet


class LiteralSANet:
    """Callable on two pictures (1, 3, H, W) in [0, 1], sides multiples of 16."""

    def __init__(self, net: StyleTransferNet) -> None:
        self.convs = net.config.convs
        self.weights = {name: tensor.contiguous() for name, tensor in net.state_dict().items()}

    def __call__(self, content: Tensor, style: Tensor) -> Tensor:
        c4, c5 = self.encode(content)
        s4, s5 = self.encode(style)
        upsampled = F.interpolate(self.sanet("transform.sanet5_1", c5, s5), scale_factor=2, mode="nearest")
        merged = self.sanet("transform.sanet4_1", c4, s4) + upsampled  # Eq. 3
        return self.decode(self.convolve("transform.merge_conv", merged))

    def convolve(self, name: str, x: Tensor) -> Tensor:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        if weight.shape[-1] == 3:
            x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(x, weight, bias)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """relu4_1 and relu5_1."""
        taps = []
        x = F.conv2d(x, self.weights["encoder.rgb_matrix"][:, :, None, None], self.weights["encoder.rgb_offset"])
        for block, count in enumerate(self.convs, start=1):
            for i in range(1, count + 1):
                x = F.relu(self.convolve(f"encoder.conv{block}_{i}", x))
                if i == 1:
                    taps.append(x)
            x = F.max_pool2d(x, 2, ceil_mode=True)
        return taps[3], taps[4]

    def sanet(self, name: str, content: Tensor, style: Tensor) -> Tensor:
        """Eq. 1 and 5 with the whole matrix of scores."""
        query = self.convolve(f"{name}.f", _normalised(content)).flatten(2)  # (1, C, P)
        key = self.convolve(f"{name}.g", _normalised(style)).flatten(2)  # (1, C, Q)
        value = self.convolve(f"{name}.h", style).flatten(2)
        scores = torch.softmax(query.transpose(1, 2) @ key, dim=-1)  # (1, P, Q)
        rearranged = (value @ scores.transpose(1, 2)).view(content.shape)
        return content + self.convolve(f"{name}.out_conv", rearranged)

    def decode(self, x: Tensor) -> Tensor:
        for index in (1, 5, 8, 11, 14, 18, 21, 25, 28):
            x = self.convolve(f"decoder.{index}", x)
            if index != 28:
                x = F.relu(x)
            if index in (1, 14, 21):
                x = F.interpolate(x, scale_factor=2, mode="nearest")
        return x


def _normalised(x: Tensor) -> Tensor:
    mean, variance = x.mean(dim=(2, 3), keepdim=True), x.var(dim=(2, 3), keepdim=True)
    return (x - mean) / (variance + 1e-5).sqrt()
