"""Our format of a checkpoint: `config.json` (sizes, SHA-256) beside `model.safetensors`, or beside shards of it.

Shards are those of the Hub's convention: `model-00001-of-00003.safetensors` and so on, and an index that says which
tensor is where; `config.json` states the SHA-256 of each of these files. Knows tensors by name and a configuration as
plain numbers, no network. Every refusal is a `ValueError` that names the file and what is wrong with it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any

import torch
from torch import Tensor, nn

from sanet.checkpoints.tensor_files import Shapes, read_shapes, read_tensors, write_safetensors
from sanet.errors import RefusedError
from sanet.text_files import read_json, write_text

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
HEADER_OF_A_TENSOR = 200  # bytes at most: name, kind, shape, place
Sums = dict[str, str]  # SHA-256 by file name


class CorruptFileError(RefusedError):
    """A file is not what its checksum says; `path` is the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "{path} does not have the SHA-256 that {config} states; fetch it again.", path=path, config=CONFIG
        )
        self.path = path


def write_checkpoint(
    folder: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor], shard_bytes: int | None = None
) -> None:
    """Write `tensors` as they are, and `config` with the SHA-256 of the file they are in.

    With `shard_bytes` in several files of at most so many bytes, if one would be longer. Files of weights that lay in
    the folder before are removed. Raises ValueError if a tensor alone is longer than that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = _shards(tensors, shard_bytes) if shard_bytes else {WEIGHTS: list(tensors)}
    for path in [path for path in folder.iterdir() if is_weights(path.name)]:
        path.unlink()
    for file, own in names.items():
        write_safetensors({name: tensors[name] for name in own}, folder / file)
    if len(names) > 1:
        index = {
            "metadata": {"total_size": sum(tensor.nbytes for tensor in tensors.values())},
            "weight_map": {name: file for file, own in names.items() for name in own},
        }
        write_text(folder / INDEX, json.dumps(index, indent=2) + "\n")
    sums = {file: sha256(folder / file) for file in (*names, INDEX) if (folder / file).is_file()}
    stated = {**config, "sha256": sums.get(WEIGHTS, sums)}
    write_text(folder / CONFIG, json.dumps(stated, indent=2) + "\n")


def _shards(tensors: Mapping[str, Tensor], shard_bytes: int) -> dict[str, list[str]]:
    """The names of the tensors by the file that each goes into."""
    room = shard_bytes - HEADER_OF_A_TENSOR * len(tensors)
    for name, tensor in tensors.items():
        if tensor.nbytes > room:
            raise ValueError(f"Files of {shard_bytes} bytes are too small: {name} alone takes {tensor.nbytes}.")
    from huggingface_hub import split_torch_state_dict_into_shards  # training does without the Hub's client

    return split_torch_state_dict_into_shards(dict(tensors), max_shard_size=room).filename_to_tensors


def is_weights(name: str) -> bool:
    """Whether a file of this name belongs to the weights of our format."""
    return name in {WEIGHTS, INDEX} or SHARD.fullmatch(name) is not None


def read_config(folder: Path) -> tuple[dict[str, Any], Sums]:
    """The configuration, and the SHA-256 that each file of the weights should have."""
    path = folder / CONFIG
    try:
        config = read_json(path)
    except FileNotFoundError as error:
        raise RefusedError("{path} is missing.", path=path) from error
    if not isinstance(config, dict) or "sha256" not in config:
        raise RefusedError("{path} is not a configuration of this network: it states no sha256.", path=path)
    stated = config.pop("sha256")
    sums = stated if isinstance(stated, dict) else {WEIGHTS: stated}
    shards = {name for name in sums if SHARD.fullmatch(name)}
    if sums.keys() not in ({WEIGHTS}, {INDEX, *shards}):
        raise RefusedError(
            "{path} is not a configuration of this network: its sha256 names other files than {weights}, or shards and "
            "{index}.",
            path=path,
            weights=WEIGHTS,
            index=INDEX,
        )
    return config, sums


def check_sums(folder: Path, sums: Sums) -> None:
    """Raise CorruptFileError for a file whose SHA-256 is another, ValueError for one that is missing."""
    for name, stated in sums.items():
        if not (folder / name).is_file():
            raise RefusedError("{path} is missing.", path=folder / name)
        if sha256(folder / name) != stated:
            raise CorruptFileError(folder / name)


def weights_shapes(folder: Path, sums: Sums) -> Shapes:
    """Names and shapes of all tensors, from the headers of the files. Raises ValueError if the index says otherwise."""
    shapes = {name: read_shapes(folder / name) for name in sums if name != INDEX}
    found = {name: file for file, own in shapes.items() for name in own}
    index = read_json(folder / INDEX) if INDEX in sums else {"weight_map": found}
    if not isinstance(index, dict) or index.get("weight_map") != found or len(found) < sum(map(len, shapes.values())):
        raise RefusedError("{path} does not say which tensor is in which file.", path=folder / INDEX)
    return {name: shape for own in shapes.values() for name, shape in own.items()}


def read_weights(folder: Path, sums: Sums) -> dict[str, Tensor]:
    """All tensors, float32."""
    files = [read_tensors(folder / name) for name in sums if name != INDEX]
    return {name: tensor for own in files for name, tensor in own.items()}


def sha256(path: Path) -> str:
    """Hexadecimal digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_strictly(net: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Put `tensors` into `net`; refuses missing, unknown, wrongly shaped and non-finite ones."""
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise RefusedError("{path}: {name} holds values that are not finite.", path=path, name=name)
    try:
        net.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        raise RefusedError(
            "{path} does not fit the network: {error}", path=path, error=shorten(str(error), 400)
        ) from error
