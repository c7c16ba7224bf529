"""Where shared results are kept: a folder that several processes may write, and that survives being killed.

Knows no page and no picture, only bytes. Files are named by their content and written whole before a link names them;
a link is written last, so that a link that was handed out always finds its files. One lock orders the writers; readers
need none.
"""

import hashlib
import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock

ID = re.compile(r"[A-Za-z0-9_-]{22}")
HASH = re.compile(r"[0-9a-f]{64}")
DAY = 24 * 3600.0


@dataclass(frozen=True)
class Shared:
    """What a link leads to: files by name, and a note of plain data."""

    note: dict[str, Any]
    files: dict[str, bytes]


class ShareStore(Protocol):
    """Keeps what visitors share. Ids and secrets are unguessable; there is no way to list them."""

    @property
    def days(self) -> int:
        """How long a link lives."""

    def put(self, note: dict[str, Any], files: dict[str, bytes]) -> tuple[str, str]:
        """Keep `files` and `note`; returns the id and the secret that deletes it."""

    def get(self, link: str) -> Shared | None:
        """What was kept under an id; None for an id that is malformed, unknown, deleted or expired."""

    def delete(self, link: str, secret: str) -> bool:
        """Forget an id if `secret` is the right one."""


class FolderStore:
    """A `ShareStore` in a folder, at most `max_bytes` large; the oldest links go first."""

    def __init__(self, folder: Path, max_bytes: int = 2_000_000_000, days: int = 90) -> None:
        self.days = days
        self._max_bytes = max_bytes
        self._links, self._files, self._parts = (folder / name for name in ("links", "files", "parts"))
        for part in (self._links, self._files, self._parts):
            part.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / "lock")

    def put(self, note: dict[str, Any], files: dict[str, bytes]) -> tuple[str, str]:
        """As `ShareStore.put`. Raises ValueError if the files alone are larger than the folder may be."""
        size = sum(map(len, files.values()))
        if size > self._max_bytes:
            raise ValueError(f"This result is too large to share: {size / 1e6:.1f} MB.")
        link, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        record = {"created": time.time(), "secret": _hashed(secret), "note": note, "files": hashes}
        with self._lock:
            self._make_room(size)
            for name, data in files.items():
                if not (self._files / hashes[name]).exists():
                    self._write(self._files / hashes[name], data)
            self._write(self._links / f"{link}.json", json.dumps(record).encode())
        return link, secret

    def get(self, link: str) -> Shared | None:
        """As `ShareStore.get`."""
        record = self._record(link)
        if record is None or record["created"] < time.time() - self.days * DAY:
            return None
        try:
            files = {name: self._read(found) for name, found in record["files"].items()}
        except OSError:  # deleted at this moment
            return None
        return Shared(record["note"], files)

    def delete(self, link: str, secret: str) -> bool:
        """As `ShareStore.delete`."""
        with self._lock:
            record = self._record(link)
            if record is None or not secrets.compare_digest(record["secret"], _hashed(secret)):
                return False
            (self._links / f"{link}.json").unlink()
            self._make_room(0)
        return True

    def _record(self, link: str) -> dict[str, Any] | None:
        if not ID.fullmatch(link):
            return None
        try:
            return json.loads((self._links / f"{link}.json").read_bytes())
        except FileNotFoundError:
            return None

    def _read(self, name: str) -> bytes:
        if not HASH.fullmatch(name):
            raise FileNotFoundError(name)
        return (self._files / name).read_bytes()

    def _write(self, path: Path, data: bytes) -> None:
        """All or nothing: a file appears under its name only when it lies on the disk as a whole."""
        part = self._parts / secrets.token_hex(16)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def _make_room(self, coming: int) -> None:
        """Drop links that are too old or too many, then files that no link names and parts of killed writers.

        Runs under the lock, so whatever is not named by a link is not about to be either.
        """
        now = time.time()
        records = {path: json.loads(path.read_bytes()) for path in self._links.glob("*.json")}
        sizes = {path.name: path.stat().st_size for path in self._files.iterdir()}
        newest_first = sorted(records, key=lambda path: records[path]["created"], reverse=True)
        kept: set[str] = set()
        total = coming
        for path in newest_first:
            needed = set(records[path]["files"].values()) - kept
            total += sum(sizes.get(name, 0) for name in needed)
            if total > self._max_bytes or records[path]["created"] < now - self.days * DAY:
                total = self._max_bytes + 1  # everything older goes as well
                path.unlink()
            else:
                kept |= needed
        for name in sizes.keys() - kept:
            (self._files / name).unlink()
        for part in self._parts.iterdir():
            part.unlink()


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
