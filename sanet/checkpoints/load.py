"""Checkpoints on disk: the embedded one, a local folder in our layout, a folder in the published .pth layout.

Knows no picture, no device and no network address. Every refusal is a `ValueError` that names the folder and what is
wrong with it.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict
from fnmatch import fnmatch
from pathlib import Path

import torch

from sanet.checkpoints import format as layout
from sanet.checkpoints.format import CONFIG, WEIGHTS, load_strictly
from sanet.checkpoints.vgg import published, read_tensors
from sanet.network.model import PRESETS, StyleTransferNet
from sanet.paths import EMBEDDED

PUBLISHED = {"encoder": "vgg_normalised*.pth", "transform": "transformer*.pth", "decoder": "decoder*.pth"}


def load_network(source: str | Path) -> StyleTransferNet:
    """The network in "embedded" or in a folder of either layout, float32, on the CPU."""
    folder = EMBEDDED if source == "embedded" else Path(source)
    if not folder.is_dir():
        raise ValueError(f"There is no checkpoint folder {str(source)!r}; use 'embedded', a folder, or owner/name.")
    names = files_needed(path.name for path in folder.iterdir())
    if not names:
        raise ValueError(
            f"{folder} holds neither {CONFIG} and {WEIGHTS} nor the published {', '.join(PUBLISHED.values())}."
        )
    if CONFIG in names:
        return StyleTransferNet.from_folder(folder)
    return _load_published(*(folder / name for name in names))


def files_needed(names: Iterable[str]) -> tuple[str, ...]:
    """Which of `names` make up a checkpoint: ours, or encoder, transform and decoder of the highest iteration.

    Empty if they are neither of the two layouts.
    """
    present = set(names)
    newest = [_newest(present, pattern) for pattern in PUBLISHED.values()]
    if all(newest) and not {CONFIG, WEIGHTS} <= present:
        return tuple(name for name in newest if name)
    return (CONFIG, WEIGHTS) if CONFIG in present else ()


def save_network(net: StyleTransferNet, folder: Path, half: bool = True) -> None:
    """Write `net` in our layout, in half precision unless told otherwise, with the SHA-256 of its weights."""
    tensors = {name: tensor.half() if half else tensor for name, tensor in net.state_dict().items()}
    layout.write(folder, asdict(net.config), tensors)


@torch.inference_mode()
def largest_difference(a: StyleTransferNet, b: StyleTransferNet) -> float:
    """Of any colour value in [0, 1], between what two networks make of the same random pictures."""
    image, style = torch.rand(2, 1, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    weights = torch.tensor([0.0, 1.0])[:, None, None]
    return float((a(image, [style], weights) - b(image, [style], weights)).abs().max())


def _newest(names: Iterable[str], pattern: str) -> str | None:
    """The name of the highest iteration number among those that match."""
    found = [name for name in names if fnmatch(name, pattern)]
    return max(found, key=lambda name: [int(digits) for digits in re.findall(r"\d+", name)], default=None)


def _load_published(encoder: Path, transform: Path, decoder: Path) -> StyleTransferNet:
    """The three-file layout of the best-known re-implementation: a VGG-19 Sequential, transformer, decoder."""
    net = StyleTransferNet(PRESETS["vgg19"])
    tensors = read_tensors(encoder)
    try:
        named = published(tensors, net.config.convs)
    except (ValueError, LookupError) as error:
        raise ValueError(f"{encoder} is not the published VGG Sequential: {error}.") from error
    load_strictly(net.encoder, named, encoder)
    load_strictly(net.transform, read_tensors(transform), transform)
    load_strictly(net.decoder, read_tensors(decoder), decoder)
    return net
