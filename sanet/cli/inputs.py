"""Pictures that the commands are given: one by one with their names, or those of a folder and what else lies there."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from sanet.image.decode import open_named
from sanet.image.folders import list_folder
from sanet.image.size import fit

MOST_KINDS = 8  # of files that are no pictures, named by their suffixes


def open_fitted(path: Path, max_side: int, enlarge: bool = False) -> Image.Image:
    """The picture as the engine needs it, at most `max_side` pixels a side. Raises ValueError that names the path."""
    return fit_named(open_named(path), path, max_side, enlarge)


def fit_named(picture: Image.Image, path: object, max_side: int, enlarge: bool = False) -> Image.Image:
    """`fit`, with the path in front of what it refuses."""
    try:
        return fit(picture, max_side, enlarge)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def list_pictures(folder: Path) -> tuple[list[Path], list[Path]]:
    """The pictures of a folder, and what else lies there. Raises ValueError if there are none, OSError as `iterdir`."""
    pictures, others = list_folder(folder)
    if not pictures:
        raise ValueError(f"{folder} holds no pictures.")
    return pictures, others


def describe_others(others: Sequence[Path]) -> str:
    """What was passed over, counted in one line; empty if there was nothing."""
    folders = sum(path.is_dir() for path in others)
    kinds = Counter(path.suffix.lower() or path.name for path in others if not path.is_dir())
    named = [f"{count} {kind}" for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))]
    named[MOST_KINDS:] = ["others"] if len(named) > MOST_KINDS else []
    parts = [f"{kinds.total()} file(s) that are no pictures ({', '.join(named)})"] if kinds else []
    parts += [f"{folders} folder(s)"] if folders else []
    return f"Passed over {' and '.join(parts)}." if parts else ""
