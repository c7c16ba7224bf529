"""Results in large files: tar files as WebDataset reads them, or Parquet files that are tar files until they are full.

What counts is whole: a sample of a tar file counts with its last member.
"""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from sanet.cli.batch.painter import Outcome
from sanet.cli.batch.recipes import hash_in
from sanet.cli.batch.storage import import_extra
from sanet.cli.results import UnwritableError, write_whole

BLOCK = 512  # bytes, in a tar file
GROWING = ".part"  # behind the name of a tar file that is not full yet
AT_ONCE = 50  # pictures of a Parquet file in memory
Kind = Literal["tar", "parquet"]


class Shards:
    """Files of `most` samples each: pictures and their recipes, as NAME.png and NAME.json or in columns of a table."""

    def __init__(self, out: Path, suffix: str, most: int, kind: Kind = "tar") -> None:
        """Raises ValueError for files that cannot be read."""
        self.out, self.suffix, self.most, self.kind = out, suffix, most, kind
        self._known: dict[str, str] = {}  # hashes by name
        self._count = self._end = 0  # samples of the growing file, and where they end, in bytes
        whole = [*sorted(out.glob("*.tar")), *sorted(out.glob("*.parquet"))]
        for path in whole:
            self._known |= _samples(path)[0] if path.suffix == ".tar" else _hashes(path)
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
            where = f"The {self.kind} files in {self.out}"
            raise ValueError(f"{where} hold {name} of another request; choose another folder.")
        return True

    def write(self, outcome: Outcome) -> None:
        try:
            self._append(outcome)
            if self._count >= self.most:
                self.finish()
        except OSError as error:
            raise UnwritableError(self._growing, error) from error

    def finish(self) -> None:
        """Make the growing file, if there is one, a whole one."""
        if not self._count:
            return
        if self.kind == "parquet":
            write_whole(self.out / f"{self._number:05}.parquet", self._convert)
            self._growing.unlink()
        else:
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

    def _convert(self, part: Path) -> None:
        """The growing tar file as a Parquet file: name, picture (bytes) and recipe (JSON)."""
        pyarrow, parquet = import_extra("pyarrow", "Parquet"), import_extra("pyarrow.parquet", "Parquet")
        text = pyarrow.string()
        columns = pyarrow.schema([("name", text), ("picture", pyarrow.binary()), ("recipe", text)])
        writer = parquet.ParquetWriter(part, columns, compression="none")  # pictures are compressed
        with tarfile.open(self._growing, "r:") as tar, writer:
            members = [member for member in tar if member.isfile()]
            for start in range(0, len(members), 2 * AT_ONCE):
                pairs = members[start : start + 2 * AT_ONCE]
                data = [file.read() for member in pairs if (file := tar.extractfile(member))]
                names = [_as_text(member.name.removesuffix(self.suffix)) for member in pairs[::2]]
                recipes = [recipe.decode() for recipe in data[1::2]]
                writer.write(pyarrow.table([names, data[::2], recipes], schema=columns))


def _as_text(name: str) -> str:
    """Of a file name, which may have any bytes."""
    return name.encode("utf-8", "replace").decode()


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


def _hashes(path: Path) -> dict[str, str]:
    """Of the samples of a Parquet file, by name, without their pictures. Raises ValueError if it is none of ours."""
    pyarrow, parquet = import_extra("pyarrow", "Parquet"), import_extra("pyarrow.parquet", "Parquet")
    try:
        recipes = parquet.read_table(path, columns=["recipe"])["recipe"].to_pylist()
        return {json.loads(recipe)["name"]: hash_in(recipe) for recipe in recipes}  # names there are of any bytes
    except (pyarrow.ArrowException, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as results in Parquet: {error}.") from error
