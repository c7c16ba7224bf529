"""Where results go: known to be possible before anything is painted, never over an input, never half a file."""

import errno
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PIL import Image

from sanet.image.folders import folded, text_of
from sanet.image.save import SUFFIXES, save_picture
from sanet.image.size import Size

FORMATS = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}
# Pixels: of libjpeg, of libwebp, of the codecs of clips, of the fields in the header of GIF and PNG.
LONGEST_SIDE = {".jpg": 65_500, ".jpeg": 65_500, ".webp": 16_383, ".gif": 65_535, ".png": 2**31 - 1}
LONGEST_SIDE |= dict.fromkeys((".mp4", ".webm", ".mkv"), 16_384)
# What the next file would meet, too.
LASTING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EIO}


class UnwritableError(ValueError):
    """A result could not be written; `lasting` if others could not be, either."""

    def __init__(self, out: object, error: OSError) -> None:
        super().__init__(f"{out} could not be written: {error.strerror or error}.")
        self.lasting = error.errno in LASTING


def check_suffix(out: Path, suffixes: Iterable[str] = SUFFIXES) -> None:
    """Raise ValueError for a name that says no format."""
    if out.suffix.lower() not in suffixes:
        raise ValueError(f"OUT must end in {', '.join(suffixes)}, got {str(out)!r}.")


def check_size(size: Size, out: Path) -> None:
    """Raise ValueError for a picture that its format cannot hold."""
    longest = LONGEST_SIDE[out.suffix.lower()]
    if max(size) > longest:
        raise ValueError(
            f"{out} cannot hold {size[0]} x {size[1]} pixels, at most {longest} a side; choose another format or size."
        )


def check_name(out: Path) -> None:
    """Raise ValueError for a name that no file can have: it may be longer than that of the input."""
    try:
        out.exists()
    except OSError as error:
        raise ValueError(f"{out} cannot be written: {error.strerror or error}.") from error


def check_places(outs: Sequence[Path], inputs: Iterable[Path]) -> None:
    """Make the folder of `outs`, all in one. Raise ValueError if one may not be written, or is an input by any name.

    Of several, one whose name no file can have stops not the others: `check_name` has its sentence.
    """
    if len(outs) == 1:
        check_name(outs[0])
    used = {_identity(path): path for path in inputs if _is_there(path)}
    for out in filter(_is_there, outs):
        if out.is_dir():
            raise ValueError(f"{out} is a folder.")
        if _identity(out) in used:
            raise ValueError(f"{out} is the input {used[_identity(out)]}; choose another name for the result.")
        if not _may_write(out):
            raise ValueError(f"{out} is write-protected; choose another name for the result.")
    _check_folder(outs[0].parent)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _may_write(out: Path) -> bool:
    """By opening it, which leaves it as it is: `os.access` asks for the rights of another user after `sudo`."""
    try:
        with out.open("ab"):
            return True
    except OSError:
        return False


def _identity(path: Path) -> tuple[int, int]:
    """Of the file itself, whatever name, link or spelling leads to it."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _check_folder(folder: Path) -> None:
    """Make it, and a file in it."""
    probe = folder / f".{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ValueError(f"Nothing can be written to the folder {folder}: {error.strerror or error}.") from error


def name_results(contents: Sequence[Path], suffix: str) -> list[str]:
    """Names that no file system takes for one: by the stem, by the whole name where stems meet, else with a number."""
    stems = Counter(folded(text_of(path.stem)) for path in contents)
    taken: set[str] = set()
    names = []
    for path in contents:
        wanted = path.stem if stems[folded(text_of(path.stem))] == 1 else path.name
        name, number = wanted, 1
        while folded(text_of(name)) in taken:
            number += 1
            name = f"{wanted}-{number}"
        taken.add(folded(text_of(name)))
        names.append(name + suffix)
    return names


def write_picture(picture: Image.Image, out: Path, dpi: int = 0) -> None:
    """PNG, JPEG or WebP by the suffix, with dots per inch unless `dpi` is 0. Raises UnwritableError."""
    write_whole(out, lambda path: save_picture(picture, path, dpi=dpi))


def write_whole(out: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `out` that then takes its place, so that there is never half a result.

    Raises UnwritableError.
    """
    try:
        if out.exists() and not out.is_file():  # a device
            return write(out)
        target = out.resolve()  # a link stays one
        part = target.with_name(f".{os.getpid()}.part{out.suffix.lower()}")
        try:
            write(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UnwritableError(out, error) from error
