"""Checkpoints on disk: the embedded one, a local folder in our layout, a folder in the published .pth layout.

Ours is `config.json` (sizes, SHA-256) beside `model.safetensors`. Knows no picture and no device. Every refusal is a
`ValueError` that names the folder and what is wrong with it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from sanet.model import PRESETS, SANetConfig, StyleTransferNet

EMBEDDED = Path(__file__).parent.parent / "weights" / "compact"
CONFIG, WEIGHTS = "config.json", "model.safetensors"
PUBLISHED = {"encoder": "vgg_normalised*.pth", "transform": "transformer*.pth", "decoder": "decoder*.pth"}


def load_network(source: str | Path) -> StyleTransferNet:
    """The network in "embedded" or in a folder of either layout, float32, on the CPU."""
    folder = EMBEDDED if source == "embedded" else Path(source)
    if not folder.is_dir():
        raise ValueError(f"There is no checkpoint folder {str(source)!r}; use 'embedded' or the path of a folder.")
    if (folder / CONFIG).is_file():
        return _load_ours(folder)
    if any(folder.glob(PUBLISHED["transform"])):
        return _load_published(folder)
    raise ValueError(f"{folder} holds neither {CONFIG} nor the published {', '.join(PUBLISHED.values())}.")


def save_network(net: StyleTransferNet, folder: Path) -> None:
    """Write `net` in our layout, in half precision, with the SHA-256 of its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.half().contiguous() for k, v in net.state_dict().items()}, folder / WEIGHTS)
    config = {**asdict(net.config), "sha256": sha256(folder / WEIGHTS)}
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n")


def sha256(path: Path) -> str:
    """Hexadecimal digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _load_ours(folder: Path) -> StyleTransferNet:
    try:
        config = json.loads((folder / CONFIG).read_text())
        expected = config.pop("sha256")
        net = StyleTransferNet(SANetConfig(**{name: tuple(numbers) for name, numbers in config.items()}))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{folder / CONFIG} is not a configuration of this network: {error}") from error
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise ValueError(f"{weights} is missing.")
    if sha256(weights) != expected:
        raise ValueError(f"{weights} does not have the SHA-256 that {CONFIG} states; fetch it again.")
    try:
        tensors = load_file(weights)
    except SafetensorError as error:
        raise ValueError(f"{weights} is not a safetensors file: {error}") from error
    _load_strictly(net, tensors, weights)
    return net


def _load_strictly(net: torch.nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Refuses missing, unknown, wrongly shaped and non-finite tensors."""
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{path}: {name} holds values that are not finite.")
    try:
        net.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        raise ValueError(f"{path} does not fit the network: {error}") from error


def _load_published(folder: Path) -> StyleTransferNet:
    """The three-file layout of the best-known re-implementation: a VGG-19 Sequential, transformer, decoder."""
    config = PRESETS["vgg19"]
    net = StyleTransferNet(config)
    paths = {part: _newest(folder, pattern) for part, pattern in PUBLISHED.items()}
    _load_strictly(net.encoder, _named_vgg(paths["encoder"], config), paths["encoder"])
    _load_strictly(net.transform, _read_pth(paths["transform"]), paths["transform"])
    _load_strictly(net.decoder, _read_pth(paths["decoder"]), paths["decoder"])
    return net


def _newest(folder: Path, pattern: str) -> Path:
    """The file of the highest iteration number among those that match."""
    found = list(folder.glob(pattern))
    if not found:
        raise ValueError(f"{folder} holds no {pattern}.")
    return max(found, key=lambda path: [int(digits) for digits in re.findall(r"\d+", path.stem)])


def _read_pth(path: Path) -> dict[str, Tensor]:
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler raises whatever a damaged file makes it stumble over
        raise ValueError(f"{path} is not a file of plain tensors.") from error
    if not isinstance(tensors, Mapping) or not all(
        isinstance(k, str) and isinstance(t, Tensor) for k, t in tensors.items()
    ):
        raise ValueError(f"{path} is not a mapping of names to tensors.")
    return dict(tensors)


def _named_vgg(path: Path, config: SANetConfig) -> dict[str, Tensor]:
    """Keys of the VGG Sequential -> ours. Its convolutions, in order of index, are the 1x1 colour transform, then
    conv1_1, conv1_2 ...; what lies above conv5_1 is not used by the method and left out.
    """
    tensors = _read_pth(path)
    names = [f"conv{block}_{i}" for block, count in enumerate(config.convs, 1) for i in range(1, count + 1)]
    indices = sorted({int(key.split(".")[0]) for key in tensors if key.split(".")[0].isdigit()})
    try:
        named = {
            "rgb_matrix": tensors[f"{indices[0]}.weight"][:, :, 0, 0],
            "rgb_offset": tensors[f"{indices[0]}.bias"],
        }
        for name, index in zip(names, indices[1:], strict=False):
            named[f"{name}.weight"] = tensors[f"{index}.weight"]
            named[f"{name}.bias"] = tensors[f"{index}.bias"]
    except (IndexError, KeyError) as error:
        raise ValueError(f"{path} is not the published VGG Sequential: {error}.") from error
    return named
