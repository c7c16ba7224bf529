"""First values of a fresh network's weights: it passes the content on and adds what it finds of the style.

So training begins with pictures rather than with noise. The paper does not say how its network began.
"""

import torch
from torch import nn

from sanet.network.attention import SANet
from sanet.network.model import StyleTransferNet

NOISE = 0.2  # of torch's own first values, so that channels can grow apart
MATCHING = 0.45  # of queries and keys: their scores then spread as far as with torch's own first values
STYLE = 0.5  # share of what was attended that is added to the content
GREY = 0.45


@torch.no_grad()
def set_first_weights(net: StyleTransferNet) -> None:
    """Fill SANets, merge convolution and decoder, in place."""
    for module in net.transform.modules():
        if isinstance(module, SANet):
            for conv, share in ((module.f, MATCHING), (module.g, MATCHING), (module.h, 1.0), (module.out_conv, STYLE)):
                _near_identity(conv, share)
    _near_identity(net.transform.merge_conv, 0.5)
    convolutions = [layer for layer in net.decoder if isinstance(layer, nn.Conv2d)]
    for conv in convolutions:
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")  # ReLU keeps the size of its maps
        _fill_bias(conv, 0.0)
    convolutions[-1].weight.mul_(0.1)
    _fill_bias(convolutions[-1], GREY)


def _near_identity(conv: nn.Conv2d, share: float) -> None:
    """Each channel passes `share` of itself on, and a little of all others."""
    centre = conv.kernel_size[0] // 2
    conv.weight.mul_(NOISE)
    conv.weight[:, :, centre, centre] += share * torch.eye(conv.out_channels)
    _fill_bias(conv, 0.0)


def _fill_bias(conv: nn.Conv2d, value: float) -> None:
    assert conv.bias is not None
    conv.bias.fill_(value)
