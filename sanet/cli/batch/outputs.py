"""Where results of a batch go and how they are found again: a folder of pictures, or tar files that hold them.

What counts is whole: a picture file takes its place in one step, a sample of a tar file counts with its last member.
"""

import csv
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from sanet.cli.batch.manifest import Refused
from sanet.cli.batch.painter import Outcome
from sanet.cli.batch.recipes import hash_in
from sanet.cli.results import UnwritableError, check_name, write_whole
from sanet.image.save import read_saved_note

REPORT = "failed.csv"
LEFT_BY_KILLS = re.compile(r"\.\d+\.part\.\w+")  # names that `write_whole` gives
BLOCK = 512  # bytes, in a tar file
GROWING = ".part"  # behind the name of a tar file that is not full yet


class Results(Protocol):
    """Of one batch; no other process writes there."""

    def is_whole(self, name: str, hashed: Callable[[], str]) -> bool:
        """Whether there is a result of this name for the request whose hash `hashed` gives; OSError as that."""

    def write(self, outcome: Outcome) -> None:
        """Keep a picture. Raises UnwritableError, and ValueError for a name that no file can have."""

    def finish(self) -> None:
        """When all rows are done."""


class Folder:
    """A picture file for each row, with its request's hash inside."""

    def __init__(self, out: Path, suffix: str) -> None:
        self.out, self.suffix = out, suffix

    def path(self, name: str) -> Path:
        """Of the result of a row."""
        return self.out / f"{name}{self.suffix}"

    def is_whole(self, name: str, hashed: Callable[[], str]) -> bool:
        try:
            there = hash_in(read_saved_note(self.path(name)))
        except OSError:
            return False
        return there != "" and there == hashed()

    def write(self, outcome: Outcome) -> None:
        path = self.path(outcome.row.name)
        check_name(path)

        def write(part: Path) -> None:
            part.write_bytes(outcome.data)

        write_whole(path, write)

    def finish(self) -> None: ...


class Shards:
    """Tar files of `most` samples each, as WebDataset reads them: a picture and its recipe, NAME.png and NAME.json."""

    def __init__(self, out: Path, suffix: str, most: int) -> None:
        """Raises ValueError for tar files that cannot be read."""
        self.out, self.suffix, self.most = out, suffix, most
        self._known: dict[str, str] = {}  # hashes by name
        self._count = self._end = 0  # samples of the growing file, and where they end, in bytes
        whole = sorted(out.glob("*.tar"))
        for path in whole:
            self._known |= _samples(path)[0]
        self._number = max((int(path.stem) for path in whole if path.stem.isdecimal()), default=-1) + 1
        if self._growing.exists():
            known, self._end = _samples(self._growing)
            self._count = len(known)
            self._known |= known

    @property
    def _growing(self) -> Path:
        return self.out / f"{self._number:05}.tar{GROWING}"

    def is_whole(self, name: str, hashed: Callable[[], str]) -> bool:
        """Raises ValueError for a result of another request, which stays where it is."""
        if name not in self._known:
            return False
        if self._known[name] != hashed():
            raise ValueError(f"The tar files in {self.out} hold {name} of another request; choose another folder.")
        return True

    def write(self, outcome: Outcome) -> None:
        try:
            self._append(outcome)
            if self._count >= self.most:
                self.finish()
        except OSError as error:
            raise UnwritableError(self._growing, error) from error

    def finish(self) -> None:
        """Give the growing file, if there is one, the name of a whole one."""
        if self._count:
            self._growing.replace(self._growing.with_suffix(""))
            self._number += 1
            self._count = self._end = 0

    def _append(self, outcome: Outcome) -> None:
        """Behind the last whole sample; over the end of the tar file, or what a kill cut off."""
        self._growing.touch()
        with self._growing.open("r+b") as file:
            file.truncate(self._end)
            file.seek(self._end)
            with tarfile.open(fileobj=file, mode="w") as tar:
                _add(tar, outcome.row.name + self.suffix, outcome.data)
                _add(tar, f"{outcome.row.name}.json", json.dumps(outcome.recipe).encode())
                end = file.tell()
        self._end, self._count = end, self._count + 1


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def _samples(path: Path) -> tuple[dict[str, str], int]:
    """The hashes of whole samples by name, and where the last of them ends, in bytes.

    Raises ValueError for a file that is no tar file and not the beginning of one.
    """
    known: dict[str, str] = {}
    end, size = 0, path.stat().st_size
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                stop = member.offset_data + -(-member.size // BLOCK) * BLOCK
                if member.name.endswith(".json") and stop <= size and (file := tar.extractfile(member)):
                    known[member.name.removesuffix(".json")] = hash_in(file.read().decode())
                    end = stop
    except (tarfile.TarError, ValueError) as error:
        if path.suffix != GROWING:
            raise ValueError(f"{path} cannot be read as a tar file: {error}.") from error
    return known, end


def clear(out: Path) -> None:
    """Remove what a killed command has begun to write in a folder."""
    for path in out.iterdir():
        if LEFT_BY_KILLS.fullmatch(path.name):
            path.unlink(missing_ok=True)


def write_report(out: Path, refused: Iterable[Refused]) -> None:
    """A CSV file of what failed, in the order of the rows; none, and not one of an earlier run, if nothing did."""
    lines = sorted(refused)
    path = out / REPORT
    if not lines:
        path.unlink(missing_ok=True)
        return
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(Refused._fields)
    writer.writerows(lines)

    def write(part: Path) -> None:
        part.write_bytes(text.getvalue().encode("utf-8", "surrogateescape"))  # names of files are any bytes

    write_whole(path, write)
