"""Lists of pictures that are never trained on, FOLDER/FILE one a line. Opens no picture."""

import re
from pathlib import Path

from sanet.image.folders import folded, text_of
from sanet.text_files import read_text

COMMENT = re.compile(r"(^|\s)#.*")  # not in the middle of a name


def read_list(path: Path) -> set[str]:
    """The entries: of each line the last folder's name and the file's; # begins a comment.

    Raises ValueError for a line without a folder, which would name nothing.
    """
    entries = set()
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        parts = COMMENT.sub("", line).replace("\\", "/").strip().rsplit("/", 2)
        if parts == [""]:
            continue
        if len(parts) < 2:
            raise ValueError(f"Line {number} of {path} names no folder: write FOLDER/FILE, not {parts[0]!r}.")
        entries.add(folded("/".join(parts[-2:])))
    return entries


def entries_of(path: Path) -> set[str]:
    """How a list may name a picture: by the folder it was found in, or by the one that a link leads to."""
    return {folded(text_of(f"{found.parent.name}/{found.name}")) for found in (path, path.resolve())}
