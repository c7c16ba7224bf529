"""Rows: what was measured, one line of JSON a pair and method, written at once so that nothing whole is done twice.

The first line says how all others were measured. Knows no measure.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Settings = Mapping[str, Any]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """`values` by measure, or, if there is no result, `refused`: why in a sentence."""

    content: str
    style: str
    method: str
    values: Mapping[str, float] = field(default_factory=dict)
    refused: str = ""

    @property
    def key(self) -> Key:
        """What there is one row of; the last counts."""
        return self.content, self.style, self.method


class Rows:
    """The rows of a file, which is made if there is none. A line that a kill cut short is dropped."""

    def __init__(self, path: Path, settings: Settings) -> None:
        """Raises ValueError if the file's rows were measured with other settings, or are no rows; OSError as `open`."""
        self.path = path
        self.settings = settings
        path.touch()
        self.known = {row.key: row for row in self._read()}

    def _read(self) -> list[Row]:
        """What the file holds; it ends with a whole line afterwards."""
        data = self.path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            with self.path.open("r+b") as file:
                file.truncate(len(whole))
        if not whole:
            self._append(dict(self.settings))
            return []
        try:
            settings, *rows = map(json.loads, whole.splitlines())
            found = [Row(**row) for row in rows]
        except (ValueError, TypeError) as error:
            raise ValueError(f"{self.path} holds something else than rows; choose another folder.") from error
        self._check(settings)
        return found

    def _check(self, settings: Any) -> None:
        for name, value in self.settings.items():
            there = settings.get(name) if isinstance(settings, dict) else None
            if there != value:
                raise ValueError(f"{self.path} was measured with {name} {there}, not {value}; choose another folder.")

    def is_whole(self, key: Key) -> bool:
        """Whether the row is there; what was refused is tried again."""
        return key in self.known and not self.known[key].refused

    def add(self, row: Row) -> None:
        """Write it, unless it says what the file says already."""
        if self.known.get(row.key) != row:
            self._append(asdict(row))
            self.known[row.key] = row

    def _append(self, line: Settings) -> None:
        """With one call of `write`."""
        with self.path.open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")
