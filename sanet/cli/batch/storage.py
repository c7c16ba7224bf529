"""Files of a batch, on this machine or anywhere that fsspec reaches: `s3://`, `gs://`, `memory://` and others."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image

from sanet.cli.inputs import fit_named, list_pictures
from sanet.errors import RefusedError
from sanet.image.decode import MAX_BYTES, open_named, open_picture
from sanet.image.folders import is_named_picture

ON_THIS_MACHINE = "file://"


class Url:
    """A file or folder by its URL, with what is used of `pathlib.Path`. Raises ValueError as `_system`, and OSError."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        protocol, _, path = text.partition("://")
        self.text = f"{protocol}://{path.strip('/')}"

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Url) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __truediv__(self, name: str) -> "Url":
        return Url(f"{self.text}/{name}" if self.name else self.text + name)

    @property
    def protocol(self) -> str:
        return self.text.partition("://")[0]

    @property
    def name(self) -> str:
        return self._path.name

    @property
    def stem(self) -> str:
        return self._path.stem

    @property
    def suffix(self) -> str:
        return self._path.suffix

    @property
    def parent(self) -> "Url":
        path = str(self._path.parent)
        return Url(f"{self.protocol}://{'' if path == '.' else path}")

    @property
    def _path(self) -> PurePosixPath:
        """In its file system."""
        return PurePosixPath(self.text.partition("://")[2])

    def open(self, mode: str) -> Any:
        """As `Path.open`."""
        return self._call("open", self.text, mode)

    def is_dir(self) -> bool:
        return self._call("isdir", self.text)

    def make(self) -> None:
        """A folder, and those around it."""
        self._call("makedirs", self.text, exist_ok=True)

    def pictures(self) -> list["Url"]:
        """Those of a folder, by their names."""
        found = [self / PurePosixPath(path).name for path in self._call("ls", self.text, detail=False)]
        return sorted((url for url in found if is_named_picture(Path(url.name))), key=str)

    def read_bytes(self, most: int = -1) -> bytes:
        """All of it, or as many bytes at most."""
        return self._call("cat_file", self.text, end=None if most < 0 else most)

    def write_bytes(self, data: bytes) -> None:
        """In one step, as object stores do."""
        self._call("pipe_file", self.text, data)

    def unlink(self, missing_ok: bool) -> None:
        """As `Path.unlink`."""
        try:
            self._call("rm_file", self.text)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def _call(self, method: str, path: str, *arguments: Any, **more: Any) -> Any:
        """Of the file system; errors that are no OSError, which each has of its own, become one."""
        system = _system(self.protocol)
        try:
            return getattr(system, method)(system._strip_protocol(path), *arguments, **more)
        except FileNotFoundError:
            raise FileNotFoundError(2, "No such file or folder", self.text) from None
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"{self.text}: {error}") from error


File = Path | Url


@cache
def _system(protocol: str) -> Any:
    """Raises ValueError for a protocol that fsspec does not know, or whose package is not installed."""
    fsspec = import_extra("fsspec", f"{protocol}://")
    try:
        return fsspec.filesystem(protocol)
    except (ImportError, ValueError) as error:
        raise ValueError(f"Nothing reads {protocol}:// here: {error}.") from error


def import_extra(name: str, what: str) -> Any:
    """A module that only the extra `scale` installs. Raises ValueError without it: `what` needs it."""
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise ValueError(f"{what} needs the package {package}: pip install 'sanet-studio[scale]'.") from error


def to_file(text: str, folder: File | None = None) -> File:
    """By a path, which starts at `folder`, or by a URL."""
    if text.startswith(ON_THIS_MACHINE):
        return Path(text.removeprefix(ON_THIS_MACHINE))
    if "://" in text:
        return Url(text)
    return Path(text) if folder is None else folder / text


def open_file(file: File) -> Image.Image:
    """As `open_named`."""
    if isinstance(file, Path):
        return open_named(file)
    data = file.read_bytes(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise RefusedError("{path}: The file has more than {most} MB.", path=file, most=MAX_BYTES // 1_000_000)
    try:
        return open_picture(data)
    except ValueError as error:
        raise RefusedError("{path}: {problem}", path=file, problem=error) from error


def open_fitted(file: File, max_side: int, enlarge: bool = False) -> Image.Image:
    """As the engine needs it, at most `max_side` pixels a side. Raises ValueError that names the file, OSError."""
    return fit_named(open_file(file), file, max_side, enlarge)


def list_files(folder: File) -> tuple[Sequence[File], list[Path]]:
    """As `list_pictures`; of a URL, what else lies there is not said."""
    if isinstance(folder, Path):
        return list_pictures(folder)
    if pictures := folder.pictures():
        return pictures, []
    raise ValueError(f"{folder} holds no pictures.")
