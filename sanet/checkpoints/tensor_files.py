"""Files of named tensors: .safetensors, and .pth state dicts in the wrappings that people save them in.

Files may come from anywhere, so nothing in them is run, and no size is believed before the file is seen to hold so
much. Every refusal is a `ValueError` that names the file.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from sanet.errors import RefusedError

Tensors = dict[str, Tensor]
Shapes = dict[str, tuple[int, ...]]
MOST_HEADER = 1_000_000  # bytes; a network of this kind needs 10,000, and unpacked a header takes many times its bytes
NUMBERS = {"F64", "F32", "F16", "BF16"}
# Under what training scripts keep the state dict, and what wrappers of torch put before each of its names.
WRAPPERS = ("state_dict", "model_state_dict", "model", "network", "net", "params", "weights")
PREFIXES = ("module.", "model.", "network.", "net.")
COMPILED = "_orig_mod."
MOST_BYTES_A_BYTE = 4  # that tensors may claim for each byte of a .pth file: some share their storage


def write_safetensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write a file with the rights that the umask gives; `safetensors.torch.save_file` gives none to others."""
    path.write_bytes(save({name: tensor.detach().contiguous() for name, tensor in tensors.items()}))


def read_shapes(path: Path) -> Shapes:
    """Names and shapes in a .safetensors file, from its header alone."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
    if length > MOST_HEADER:
        raise _no_safetensors(path, f"its header claims {length} bytes")
    try:
        with safe_open(path, "pt") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
            kinds = {part.get_dtype() for part in slices.values()}
            shapes = {name: tuple(part.get_shape()) for name, part in slices.items()}
    except (SafetensorError, OSError) as error:
        raise _no_safetensors(path, shorten(str(error), 200)) from error
    if not kinds <= NUMBERS:
        raise _no_safetensors(path, f"it holds {', '.join(sorted(kinds - NUMBERS))}, not floating-point numbers")
    return shapes


def _no_safetensors(path: Path, error: str) -> RefusedError:
    return RefusedError("{path} is not a safetensors file: {error}", path=path, error=error)


def read_tensors(path: Path) -> Tensors:
    """The tensors of a .safetensors file or of a .pth state dict under their bare names, float32."""
    if not path.is_file():
        raise RefusedError("{path} is missing.", path=path)
    if path.suffix == ".safetensors":
        read_shapes(path)
        found = load_file(path)
    else:
        found = _state_dict(_unpickle(path), path)
        _check_kinds(found, path)
    return {name: tensor.float() for name, tensor in _bare(found).items()}


def _unpickle(path: Path) -> Any:
    """What a .pth file holds, if it is numbers, texts and tensors; nothing in it is run."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > path.stat().st_size:
                    raise RefusedError("{path} is packed; save it again with torch.save.", path=path)
        return torch.load(path, "cpu", weights_only=True)
    except RefusedError:
        raise
    except Exception as error:  # the unpickler raises whatever a damaged file makes it stumble over
        raise RefusedError("{path} is not a file of plain tensors.", path=path) from error


def _state_dict(found: Any, path: Path) -> Tensors:
    """The mapping of names to tensors in what was saved."""
    for _ in range(3):  # deep enough for any script that means well
        if not isinstance(found, Mapping):
            break
        if all(isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in found.items()):
            return dict(found)
        found = next((found[name] for name in WRAPPERS if isinstance(found.get(name), Mapping)), None)
    raise RefusedError("{path} is not a mapping of names to tensors.", path=path)


def _check_kinds(tensors: Tensors, path: Path) -> None:
    """A tensor in a .pth file may be a view that claims more than there is, or have no numbers at all."""
    claimed = 0
    for name, tensor in tensors.items():
        if tensor.layout is not torch.strided or tensor.device.type != "cpu" or tensor.is_complex():
            raise RefusedError("{path}: {name} is not a plain tensor.", path=path, name=shorten(name, 80))
        claimed += tensor.numel() * tensor.element_size()
    if claimed > MOST_BYTES_A_BYTE * path.stat().st_size:
        raise RefusedError("{path} claims more numbers than it holds.", path=path)


def _bare(tensors: Tensors) -> Tensors:
    """Without what `DistributedDataParallel`, `torch.compile` and trainers put before every name."""
    tensors = {name.replace(COMPILED, ""): tensor for name, tensor in tensors.items()}
    for prefix in PREFIXES:
        if tensors and all(name.startswith(prefix) for name in tensors):
            return _bare({name.removeprefix(prefix): tensor for name, tensor in tensors.items()})
    return tensors
