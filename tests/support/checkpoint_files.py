"""Checkpoints as the bytes of their files, in both formats."""

import io
import tempfile
from pathlib import Path

import torch
from torch import Tensor

from sanet.checkpoints.load import save_network
from sanet.network.model import StyleTransferNet


def our_files(net: StyleTransferNet, half: bool = False) -> dict[str, bytes]:
    """config.json and model.safetensors."""
    with tempfile.TemporaryDirectory() as folder:
        save_network(net, Path(folder), half=half)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def published_files(net: StyleTransferNet, iteration: int = 500_000) -> dict[str, bytes]:
    """The three .pth files as the best-known re-implementation publishes them: VGG-19 goes on above relu5_1."""
    named = {"decoder": net.decoder.state_dict(), "transformer": net.transform.state_dict()}
    files = {f"{part}_iter_{iteration}.pth": pth(tensors) for part, tensors in named.items()}
    return {"vgg_normalised.pth": pth(vgg_sequential(net)), **files}


def vgg_sequential(net: StyleTransferNet) -> dict[str, Tensor]:
    """The encoder under the keys of a Sequential: the colour transform, then a convolution every third entry."""
    encoder = net.encoder.state_dict()
    tensors = {"0.weight": encoder["rgb_matrix"][:, :, None, None].clone(), "0.bias": encoder["rgb_offset"].clone()}
    for i, name in enumerate(name for block in net.encoder.blocks for name in block):
        tensors |= {f"{3 * i + 2}.{part}": encoder[f"{name}.{part}"] for part in ("weight", "bias")}
    return tensors | {"99.weight": torch.zeros(1)}


def pth(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def same(a: StyleTransferNet, b: StyleTransferNet) -> bool:
    """Whether every tensor is the same, bit for bit."""
    pairs = zip(a.state_dict().values(), b.state_dict().values(), strict=True)
    return all(torch.equal(x, y) for x, y in pairs)
