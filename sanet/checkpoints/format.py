"""One checkpoint on disk in our layout: `config.json` (sizes, SHA-256) beside `model.safetensors`.

Knows tensors by name and a configuration as plain numbers, no network. Every refusal is a `ValueError` that names the
file and what is wrong with it.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

CONFIG, WEIGHTS = "config.json", "model.safetensors"


class CorruptFileError(ValueError):
    """A file is not what its checksum says; `path` is the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} does not have the SHA-256 that {CONFIG} states; fetch it again.")
        self.path = path


def write(folder: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Write `tensors` as they are, and `config` with the SHA-256 of the file they are in."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / WEIGHTS)
    stated = {**config, "sha256": sha256(folder / WEIGHTS)}
    (folder / CONFIG).write_text(json.dumps(stated, indent=2) + "\n")


def read_config(folder: Path) -> tuple[dict[str, Any], str]:
    """The configuration, and the SHA-256 that the weights should have."""
    path = folder / CONFIG
    try:
        config = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise ValueError(f"{path} is missing.") from error
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(config, dict) or "sha256" not in config:
        raise ValueError(f"{path} is not a configuration of this network: it states no sha256.")
    return config, config.pop("sha256")


def read_tensors(folder: Path, expected: str) -> dict[str, Tensor]:
    """The weights. Raises CorruptFileError if their SHA-256 is not `expected`."""
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise ValueError(f"{weights} is missing.")
    if sha256(weights) != expected:
        raise CorruptFileError(weights)
    try:
        return load_file(weights)
    except SafetensorError as error:
        raise ValueError(f"{weights} is not a safetensors file: {error}") from error


def sha256(path: Path) -> str:
    """Hexadecimal digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_strictly(net: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Put `tensors` into `net`; refuses missing, unknown, wrongly shaped and non-finite ones."""
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{path}: {name} holds values that are not finite.")
    try:
        net.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        raise ValueError(f"{path} does not fit the network: {shorten(str(error), 400)}") from error
