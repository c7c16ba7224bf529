"""Modules that compute the same faster, for inference: Winograd convolutions, a fused attention, matrix products by the
faster of two libraries, nearest-neighbor doubling folded into the next convolution, and strips that stay in the
processor's cache.

Only the engine imports this folder; without it the engine takes the plain modules.
"""

from copy import deepcopy

from torch import nn

from sanet.network.attention import SANet
from sanet.network.fast.choice import USUAL, Kernels, choose_attention, choose_convolution
from sanet.network.fast.decoder import FastDecoder
from sanet.network.fast.encoder import FastEncoder
from sanet.network.fast.padding import MirroredBfloat16Conv2d
from sanet.network.model import StyleTransferNet


def accelerate(net: StyleTransferNet, kernels: Kernels = USUAL) -> StyleTransferNet:
    """A network that shares the weights of `net` and is faster in inference on the device that holds them.

    What it makes is equal up to rounding, whatever the `kernels`, which matter on a CPU only; those in bfloat16 round
    more, and hold rounded copies of the weights. `net` stays as it is; the new one is not for training, and has to be
    made again when the weights change.
    """
    fast = deepcopy(net, {id(tensor): tensor for tensor in (*net.parameters(), *net.buffers())})
    fast.encoder, fast.decoder = FastEncoder(fast.encoder, kernels), FastDecoder(fast.decoder, kernels)
    fast.transform.add_module("merge_conv", _choose_merge(fast.transform.merge_conv, kernels))
    for module in fast.transform.modules():
        if isinstance(module, SANet) and not module.f.weight.is_cuda:
            module.attend = choose_attention(kernels)
    return fast


def _choose_merge(conv: nn.Module, kernels: Kernels) -> nn.Module:
    """What merges the attended maps, which the decoder alone reads."""
    if kernels.decoder == "bfloat16" and isinstance(conv, nn.Conv2d):
        return MirroredBfloat16Conv2d(conv)
    return choose_convolution(conv, kernels)
