"""TIFF files byte by byte, for what Pillow cannot write."""

import struct
from collections.abc import Sequence

SHORT, LONG, UNDEFINED = 3, 4, 7
Entry = tuple[int, int, int, int]  # tag, type, how many, value or place


def directory(entries: Sequence[Entry], following: int = 0, order: str = "<") -> bytes:
    """A directory; short values lie at the beginning of their place, as the format has it."""
    rows = b"".join(
        struct.pack(order + ("HHIHxx" if kind == SHORT and count == 1 else "HHII"), tag, kind, count, value)
        for tag, kind, count, value in sorted(entries)
    )
    return struct.pack(order + "H", len(entries)) + rows + struct.pack(order + "I", following)


def header(order: str = "<", offset: int = 8) -> bytes:
    """The first eight bytes."""
    return (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, offset)


def grey_tiff(
    width: int, height: int, bits: int, data: bytes, photometric: int = 1, *more: Entry, order: str = "<"
) -> bytes:
    """Uncompressed greyscale in one strip; `more` entries replace those of the same tag."""
    start = 400
    entries = {
        256: (256, LONG, 1, width),
        257: (257, LONG, 1, height),
        258: (258, SHORT, 1, bits),
        259: (259, SHORT, 1, 1),
        262: (262, SHORT, 1, photometric),
        273: (273, LONG, 1, start),
        277: (277, SHORT, 1, 1),
        278: (278, LONG, 1, height),
        279: (279, LONG, 1, len(data)),
        **{entry[0]: entry for entry in more},
    }
    return (header(order) + directory(list(entries.values()), 0, order)).ljust(start, b"\0") + data
