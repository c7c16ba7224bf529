"""A manifest: which contents meet which styles, each with the SHA-256 of its file. Opens no picture.

Every content meets every style. Names are relative to two folders that the caller names, so that a manifest holds
wherever the same pictures lie.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sanet.text_files import read_json, write_text
from sanet.training.held_out import entries_of
from sanet.training.pictures import find_pictures

Sums = Mapping[str, str]  # SHA-256 by name


@dataclass(frozen=True)
class Manifest:
    """Checksums of contents and of styles, by name."""

    contents: Sums
    styles: Sums

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest itself, whatever its file is called."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def make_manifest(contents: Path, styles: Path, listed: set[str] | None = None) -> Manifest:
    """Of all pictures of two folders, or of those that `listed` has (as `read_list` reads it). Raises ValueError."""
    return Manifest(_sums(contents, listed), _sums(styles, listed))


def _sums(folder: Path, listed: set[str] | None) -> Sums:
    found = [path for path in find_pictures(folder) if listed is None or not listed.isdisjoint(entries_of(path))]
    if not found:
        raise ValueError(f"{folder} holds no picture that the list names.")
    return {path.relative_to(folder).as_posix(): checksum(path) for path in found}


def checksum(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits. Raises OSError as `open`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(manifest: Manifest, path: Path) -> None:
    """As JSON."""
    write_text(path, json.dumps(asdict(manifest), indent=1) + "\n")


def read_manifest(path: Path) -> Manifest:
    """What `write_manifest` has written. Raises ValueError if the file is something else, OSError as `open`."""
    data = read_json(path)
    if not (isinstance(data, dict) and data.keys() == {"contents", "styles"} and all(map(_is_sums, data.values()))):
        raise ValueError(
            f"{path} is no manifest: it needs contents and styles, each with the SHA-256 of every picture."
        )
    return Manifest(**data)


def _is_sums(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(each, str) for each in value.values())


def check_pictures(manifest: Manifest, contents: Path, styles: Path) -> None:
    """Raise ValueError for the first picture that is not there, or is another one than the manifest's."""
    for folder, sums in ((contents, manifest.contents), (styles, manifest.styles)):
        for name, expected in sums.items():
            path = folder / name
            if not path.is_file():
                raise ValueError(f"{path}, which the manifest names, is not there.")
            if (found := checksum(path)) != expected:
                raise ValueError(
                    f"{path} is not the picture of the manifest: its SHA-256 is {found[:12]}..., not {expected[:12]}..."
                )
