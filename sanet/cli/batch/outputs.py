"""Where results of a batch go and how they are found again; `Folder`, and `failed.csv`, which says what failed.

What counts is whole: a picture file takes its place in one step.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from sanet.cli.batch.painter import Outcome
from sanet.cli.batch.recipes import hash_in
from sanet.cli.batch.rows import Refused
from sanet.cli.batch.storage import File
from sanet.cli.results import UnwritableError, check_name, write_whole
from sanet.image.save import read_saved_note

REPORT = "failed.csv"
LEFT_BY_KILLS = re.compile(r"\.\d+\.part\.\w+")  # names that `write_whole` gives


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

    def __init__(self, out: File, suffix: str) -> None:
        self.out, self.suffix = out, suffix

    def path(self, name: str) -> File:
        """Of the result of a row."""
        return self.out / f"{name}{self.suffix}"

    def is_whole(self, name: str, hashed: Callable[[], str]) -> bool:
        try:
            there = hash_in(read_saved_note(self.path(name).read_bytes()))
        except OSError:
            return False
        return there != "" and there == hashed()

    def write(self, outcome: Outcome) -> None:
        path = self.path(outcome.row.name)
        if isinstance(path, Path):
            check_name(path)
        write_bytes(path, outcome.data)

    def finish(self) -> None: ...


def write_outcome(results: Results, outcome: Outcome) -> str:
    """Why there is no result; empty if it is written. Raises UnwritableError if others could not be, either."""
    if outcome.problem:
        return outcome.problem
    try:
        results.write(outcome)
    except UnwritableError as error:
        if error.lasting:
            raise
        return str(error)
    except ValueError as error:
        return str(error)
    return ""


def clear(out: Path) -> None:
    """Remove what a killed command has begun to write in a folder."""
    for path in out.iterdir():
        if LEFT_BY_KILLS.fullmatch(path.name):
            path.unlink(missing_ok=True)
    for path in out.glob("*.parquet"):
        path.with_suffix(".tar.part").unlink(missing_ok=True)  # of which it was made


def write_bytes(file: File, data: bytes) -> None:
    """A whole file or none. Raises UnwritableError."""

    def write(part: Path) -> None:
        part.write_bytes(data)

    if isinstance(file, Path):
        return write_whole(file, write)
    try:
        file.write_bytes(data)
    except OSError as error:
        raise UnwritableError(file, error) from error


def write_report(out: File, refused: Iterable[Refused]) -> None:
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
    write_bytes(path, text.getvalue().encode("utf-8", "surrogateescape"))  # names of files are any bytes
