"""Shared results in a folder that several processes may write, and that survives being killed.

Files are named by their content and written whole before a link names them; a link is written last, so that a link that
was handed out always finds its files. One lock orders the writers; readers need none. Neither links nor files change
once they are there, so that each process reads them once; who writes leaves a mark, by which the next writer sees
whether it still knows the folder.
"""

import errno
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from sanet.errors import RefusedError
from sanet.web.sharing.ledger import Ledger, Link
from sanet.web.sharing.store import Shared

ID = re.compile(r"[A-Za-z0-9_-]{22}")
HASH = re.compile(r"[0-9a-f]{64}")
DAY = 24 * 3600.0
LONGEST_RECORD = 64_000  # bytes
TOO_LARGE = "This result is too large to share: {megabytes} MB."
FULL = "The server has no room for shared pictures at the moment; download the picture instead."


class FolderStore:
    """A `ShareStore` in a folder, bounded in bytes and links; the oldest links go first."""

    def __init__(
        self,
        folder: Path,
        max_bytes: int = 2_000_000_000,
        days: int = 90,
        max_links: int = 20_000,
        largest: int = 40_000_000,
    ) -> None:
        """`largest`: bytes of one share."""
        self.days = days
        self._max_bytes, self._max_links, self._largest = max_bytes, max_links, min(largest, max_bytes)
        self._links, self._files, self._parts = (folder / name for name in ("links", "files", "parts"))
        for part in (self._links, self._files, self._parts):
            part.mkdir(parents=True, exist_ok=True)
        self._lock, self._mark = FileLock(folder / "lock"), folder / "mark"
        self._ledger, self._seen = Ledger(), ""

    def put(self, note: dict[str, Any], files: dict[str, bytes]) -> tuple[str, str]:
        """As `ShareStore.put`. Raises `RefusedError` for a share that is too large, or if the disk is full."""
        link, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        created = time.time()
        data = {"created": created, "secret": _hashed(secret), "note": note, "files": hashes}
        record = json.dumps(data).encode()
        size = len(record) + sum(map(len, files.values()))
        if size > self._largest or len(record) > LONGEST_RECORD:
            raise RefusedError(TOO_LARGE, megabytes=f"{size / 1e6:.1f}")
        contents = {hashes[name]: content for name, content in files.items()}
        with self._writing():
            self._make_room(size, self._max_bytes)
            try:
                self._write_all(contents, link, record)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                self._write_on_full_disk(contents, link, record, size)
            own = Link(created, len(record), frozenset(contents))
            self._ledger.add(f"{link}.json", own, {name: len(content) for name, content in contents.items()})
        return link, secret

    def get(self, link: str) -> Shared | None:
        """As `ShareStore.get`."""
        record = self._record(link)
        if record is None or record["created"] < time.time() - self.days * DAY:
            return None
        names = record["files"]
        if not all(HASH.fullmatch(name) for name in names.values()):
            return None
        files = {name: self._files / found for name, found in names.items()}
        if not all(path.is_file() for path in files.values()):  # deleted at this moment
            return None
        return Shared(record["note"], files)

    def delete(self, link: str, secret: str) -> bool:
        """As `ShareStore.delete`."""
        with self._writing():
            record = self._record(link)
            if record is None or not secrets.compare_digest(record["secret"], _hashed(secret)):
                return False
            self._remove(f"{link}.json")
        return True

    def _record(self, link: str) -> dict[str, Any] | None:
        if not ID.fullmatch(link):
            return None
        try:
            record = json.loads((self._links / f"{link}.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        is_whole = isinstance(record, dict) and record.keys() >= {"created", "secret", "note", "files"}
        return record if is_whole else None

    def _write_all(self, contents: dict[str, bytes], link: str, record: bytes) -> None:
        for name, content in contents.items():
            if not (self._files / name).exists():
                self._write(self._files / name, content)
        self._write(self._links / f"{link}.json", record)

    def _write_on_full_disk(self, contents: dict[str, bytes], link: str, record: bytes, size: int) -> None:
        """After the oldest links have made room for twice as much."""
        self._learn()  # what was begun goes as well
        self._make_room(size, self._ledger.total - 2 * size)
        try:
            self._write_all(contents, link, record)
        except OSError as error:
            raise RefusedError(FULL) from error

    def _write(self, path: Path, data: bytes) -> None:
        """All or nothing: a file appears under its name only when it lies on the disk as a whole."""
        part = self._parts / secrets.token_hex(16)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Under the lock, with a ledger that is right. Whoever breaks off leaves a mark that nobody knows."""
        with self._lock:
            if self._seen != self._marks():
                self._learn()
            self._seen = ""
            with suppress(OSError):  # on a full disk, where the times of the folders must do
                self._mark.write_text(secrets.token_hex(8))
            yield
            self._seen = self._marks()

    def _marks(self) -> str:
        """What changes whenever somebody writes, or takes away files by hand."""
        changed = [folder.stat().st_mtime_ns for folder in (self._links, self._files)]
        return f"{self._mark.read_text()} {changed}" if self._mark.exists() else "none"

    def _make_room(self, coming: int, most: int) -> None:
        """Drop links that are too old or too many; `coming`: bytes of one that is about to be written, if any."""
        expired = time.time() - self.days * DAY
        while len(self._ledger):
            created, name = self._ledger.oldest
            fits = self._ledger.total + coming <= most and len(self._ledger) < self._max_links
            if fits and created >= expired:
                return
            self._remove(name)

    def _remove(self, name: str) -> None:
        """A link, and the files that none names any longer."""
        (self._links / name).unlink(missing_ok=True)
        for file in self._ledger.drop(name):
            (self._files / file).unlink(missing_ok=True)

    def _learn(self) -> None:
        """What lies in the folder; files that no link names and parts of killed writers go.

        Runs under the lock, so whatever is not named by a link is not about to be either.
        """
        known, ledger = self._ledger.links, Ledger()
        sizes = {entry.name: entry.stat().st_size for entry in os.scandir(self._files)}
        for name in os.listdir(self._links):
            ledger.add(name, known.get(name) or self._look_at(name), sizes)
        self._ledger = ledger
        for file in sizes.keys() - ledger.files.keys():
            (self._files / file).unlink()
        for part in self._parts.iterdir():
            part.unlink()

    def _look_at(self, name: str) -> Link:
        """A link; one that cannot be read is the oldest."""
        data = (self._links / name).read_bytes()
        try:
            record = json.loads(data)
            return Link(float(record["created"]), len(data), frozenset(record["files"].values()))
        except (ValueError, TypeError, KeyError, AttributeError):
            return Link(0.0, len(data), frozenset())


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
