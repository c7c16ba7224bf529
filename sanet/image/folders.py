"""Picture files of a folder, and when two names mean one file. Opens no picture further than its header."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePath

from sanet.image.containers.kinds import identify

# As cameras, phones and programs name pictures; what is in a file decides only once it is opened.
PICTURE_SUFFIXES = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
    *(".avif", ".heic", ".heif", ".hif"),
}
LEFT_BY_SYSTEMS = {"__macosx", "@eadir", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}


def is_left_by_system(path: PurePath) -> bool:
    """Whether a file manager has left a file or the folder around it there: what is hidden, Thumbs.db and the like.

    macOS keeps "._a.jpg" beside "a.jpg", and packs such files under "__MACOSX". `path`: from the folder on.
    """
    names = [part.lower() for part in path.parts if part not in {".", ".."}]
    return any(name.startswith(".") or name in LEFT_BY_SYSTEMS for name in names)


def is_named_picture(path: Path) -> bool:
    """Whether the name is that of a picture, upper case or not."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not is_left_by_system(Path(path.name))


def list_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """Pictures by name or content, and whatever else lies in the folder, hidden files and folders too; both sorted."""
    pictures: list[Path] = []
    others: list[Path] = []
    for path in sorted(folder.iterdir()):
        (pictures if _is_picture(path) else others).append(path)
    return pictures, others


def _is_picture(path: Path) -> bool:
    """A damaged picture is one by its name, as is a link to nowhere; one without a suffix is one by its content."""
    if is_left_by_system(Path(path.name)) or path.is_dir():
        return False
    if not path.is_file():
        return is_named_picture(path) and path.is_symlink()
    return is_named_picture(path) or _has_picture(path)


def _has_picture(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return identify(file.read(16)) not in {"", "BMP"}  # whose two letters may begin anything
    except OSError:
        return False


def walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder but for what systems leave there.

    Linked folders are walked, too, but none twice: links may lead in a circle.
    """
    visited: set[tuple[int, int]] = set()
    own, linked = [folder], list[Path]()  # own folders first, so that their files keep their plain paths
    while own or linked:
        here = (own or linked).pop()
        status = here.stat()
        if (status.st_dev, status.st_ino) in visited:
            continue
        visited.add((status.st_dev, status.st_ino))
        for path in here.iterdir():
            if is_left_by_system(Path(path.name)):
                continue
            if path.is_dir():
                (linked if path.is_symlink() else own).append(path)
            elif path.is_file():
                yield path


def text_of(name: str) -> str:
    """A file's name as text, whatever the locale makes of its bytes."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def folded(text: str) -> str:
    """Equal for names that some file system takes for one: those that differ in case or Unicode normalisation."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
