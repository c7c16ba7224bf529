"""Text files as people save them: UTF-8 with or without a byte order mark, or UTF-16 with one, in any locale."""

import codecs
import json
from pathlib import Path
from typing import Any, Protocol

from sanet.errors import RefusedError

# UTF-32 little-endian begins as UTF-16 does, so the longer marks are looked for first.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MOST_BYTES = 5_000_000  # thousands of times what the longest has; unpacked, JSON takes up to 20 times its bytes


class Openable(Protocol):
    """A `Path`, or what opens as one."""

    def open(self, mode: str, /) -> Any: ...


def read_text(path: Openable, most_bytes: int = MOST_BYTES) -> str:
    """What a text file says. Raises ValueError for other encodings and more than `most_bytes`, OSError as `open`."""
    with path.open("rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise RefusedError("{path} is too long: it has more than {most} MB.", path=path, most=most_bytes // 1_000_000)
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise RefusedError("{path} is not UTF-8 text; save it as UTF-8.", path=path) from error


def read_json(path: Path) -> Any:
    """What a JSON file holds. Raises ValueError if it is none, OSError as `open`."""
    text = read_text(path)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RefusedError("{path} is not JSON: {error}", path=path, error=error) from error


def write_text(path: Path, text: str) -> None:
    """UTF-8 without a mark, in any locale."""
    path.write_text(text, encoding="utf-8")
