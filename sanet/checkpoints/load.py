"""Checkpoints on disk: the embedded one, a local folder in our format, a folder in the published .pth format.

Knows no picture, no device and no network address. Every refusal is a `ValueError` that names the folder and what is
wrong with it.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict
from fnmatch import fnmatch
from pathlib import Path

import torch

from sanet.checkpoints.format import (
    CONFIG,
    INDEX,
    WEIGHTS,
    Sums,
    check_sums,
    is_weights,
    load_strictly,
    read_config,
    read_weights,
    weights_shapes,
    write_checkpoint,
)
from sanet.checkpoints.tensor_files import Shapes, read_tensors
from sanet.checkpoints.vgg import encoder_sizes, published
from sanet.errors import RefusedError
from sanet.network.model import PRESETS, SANetConfig, StyleTransferNet
from sanet.paths import EMBEDDED

PUBLISHED = {"encoder": "vgg_normalised*.pth", "transform": "transformer*.pth", "decoder": "decoder*.pth"}
ENCODER = "encoder."  # before the names of its tensors


def load_network(source: str | Path) -> StyleTransferNet:
    """The network in "embedded" or in a folder of either format, float32, on the CPU."""
    folder = EMBEDDED if source == "embedded" else Path(source)
    if not folder.is_dir():
        raise RefusedError(
            "There is no checkpoint folder {folder}; use 'embedded', a folder, or owner/name.", folder=repr(str(source))
        )
    names = files_needed(path.name for path in folder.iterdir())
    if not names:
        raise RefusedError(
            "{folder} holds neither {config} and {weights} nor the published {files}.",
            folder=folder,
            config=CONFIG,
            weights=WEIGHTS,
            files=", ".join(PUBLISHED.values()),
        )
    if CONFIG in names:
        return read_folder(folder)
    return _load_published(*(folder / name for name in names))


def files_needed(names: Iterable[str]) -> tuple[str, ...]:
    """Which of `names` a checkpoint begins with: our configuration, which names the files of its weights, or encoder,
    transform and decoder of the highest iteration in the published format. Empty if they are neither.
    """
    present = set(names)
    newest = [_newest(present, pattern) for pattern in PUBLISHED.values()]
    if all(newest) and not (CONFIG in present and any(map(is_weights, present))):
        return tuple(name for name in newest if name)
    return (CONFIG,) if CONFIG in present else ()


def is_whole(folder: Path) -> bool:
    """Whether all files of a checkpoint are there, as far as its configuration can be read."""
    names: Iterable[str] = files_needed(path.name for path in folder.iterdir())
    if CONFIG in names:
        try:
            names = (CONFIG, *read_config(folder)[1])
        except ValueError:
            return True
    return bool(names) and all((folder / name).is_file() for name in names)


def read_folder(folder: Path) -> StyleTransferNet:
    """The network in a folder of our format, float32, on the CPU. Raises ValueError naming the file at fault."""
    config, sums = read_sizes(folder)
    check_sums(folder, sums)
    weights = folder / (INDEX if INDEX in sums else WEIGHTS)
    _check_sizes(config, weights_shapes(folder, sums), weights)
    net = StyleTransferNet(config)
    load_strictly(net, read_weights(folder, sums), weights)
    return net


def read_sizes(folder: Path) -> tuple[SANetConfig, Sums]:
    """The network that a folder of our format says to hold, and the SHA-256 of its files; errors as in `read_config`.

    Tells whether it can be ours while the weights are not there yet.
    """
    stated, sums = read_config(folder)
    try:
        return SANetConfig(**stated), sums
    except (TypeError, ValueError) as error:
        raise RefusedError(
            "{path} is not a configuration of this network: {error}", path=folder / CONFIG, error=str(error)[:200]
        ) from error


def _check_sizes(config: SANetConfig, shapes: Shapes, path: Path) -> None:
    """Refuse a network larger than its weights before it is built: all of its sizes follow from the encoder's."""
    own = {name.removeprefix(ENCODER): shape for name, shape in shapes.items() if name.startswith(ENCODER)}
    try:
        found = encoder_sizes(own)
        if found != (config.convs, config.widths):
            raise ValueError(f"{CONFIG} states {config.convs} and {config.widths}, the encoder has {found}.")
    except ValueError as error:
        raise RefusedError("{path} does not fit the network: {error}", path=path, error=str(error)) from error


def save_network(net: StyleTransferNet, folder: Path, half: bool = True, shard_bytes: int | None = None) -> None:
    """Write `net` in our format, in half precision unless told otherwise, with the SHA-256 of its weights.

    With `shard_bytes`, in files of at most so many bytes each: on the Hub, files over 10 MB need more than git.
    """
    tensors = {name: tensor.half() if half else tensor for name, tensor in net.state_dict().items()}
    write_checkpoint(folder, asdict(net.config), tensors, shard_bytes)


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
    """The three-file format of the best-known re-implementation: a VGG-19 Sequential, transformer, decoder."""
    net = StyleTransferNet(PRESETS["vgg19"])
    tensors = read_tensors(encoder)
    try:
        named = published(tensors, net.config.convs)
    except (ValueError, LookupError) as error:
        raise RefusedError("{path} is not the published VGG Sequential: {error}.", path=encoder, error=error) from error
    load_strictly(net.encoder, named, encoder)
    load_strictly(net.transform, read_tensors(transform), transform)
    load_strictly(net.decoder, read_tensors(decoder), decoder)
    return net
