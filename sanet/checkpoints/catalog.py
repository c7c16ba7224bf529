"""The checkpoints that the operator allows: `weights/catalog.json`, or the file that SANET_CATALOG names."""

import os
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from unicodedata import normalize

from sanet.paths import CATALOG
from sanet.text_files import read_json


@dataclass(frozen=True)
class Entry:
    """One checkpoint to choose. `source`: "embedded", a folder or "owner/name"; `revision`: for the Hub, or empty."""

    id: str
    source: str
    revision: str = ""
    licence: str = ""
    description: str = ""

    @property
    def address(self) -> str:
        """As `sanet.load` takes it."""
        return f"{self.source}@{self.revision}" if self.revision else self.source

    @property
    def shown(self) -> str:
        """What visitors may see of the address: of a folder only its name."""
        return Path(self.source).name if Path(self.source).is_dir() else self.address


def read_catalog(path: Path | None = None) -> tuple[Entry, ...]:
    """The entries, in order. Raises ValueError if the file is not a list of entries with different ids."""
    path = path or Path(os.environ.get("SANET_CATALOG") or CATALOG)
    try:
        entries = tuple(Entry(**entry) for entry in read_json(path))
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"{path} is not a catalog of checkpoints: {error}") from error
    if not all(isinstance(value, str) for entry in entries for value in astuple(entry)):
        raise ValueError(f"{path} is not a catalog of checkpoints: what it says of each must be text.")
    if not entries or len({entry.id for entry in entries}) < len(entries):
        raise ValueError(f"{path} needs at least one entry, and ids that differ.")
    return entries


def entry_for(address: str, entries: tuple[Entry, ...]) -> Entry:
    """The entry with this id or address; one of its own for a checkpoint that the catalog does not list."""
    for entry in entries:
        if normalize("NFC", address) in {normalize("NFC", name) for name in (entry.id, entry.address)}:
            return entry
    chosen = Entry(id=address, source=address, description="Chosen by the operator of this page.")
    return replace(chosen, id=chosen.shown)
