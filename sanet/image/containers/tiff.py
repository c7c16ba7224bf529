"""TIFF: passed on as it is, once its directories are known to be sound; also reads the directories of EXIF."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sanet.errors import RefusedError
from sanet.image.containers.contents import MAX_PIXELS, MAX_SCANS, RAW, Contents, damaged, slow

TIFF_STARTS = (b"MM\0*", b"II*\0", b"MM*\0", b"II\0*", b"MM\0+", b"II+\0")
MAX_ENTRIES = 2000
MAX_NUMBERS = 200_000  # in one entry: the strips or tiles of the largest picture
MAX_DIRECTORIES = 64
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
TEXT_OR_BYTES = {1, 2, 7}
FRACTIONS = {5, 10}
WIDTH, LENGTH, COMPRESSION, PHOTOMETRIC, ROWS, TILE_WIDTH, TILE_LENGTH = 256, 257, 259, 262, 278, 322, 323
SUB_DIRECTORIES, EXIF, GPS, INTEROPERABILITY, DNG_VERSION = 330, 34665, 34853, 40965, 50706
OF_SENSORS = {32803, 34892}  # photometric interpretations
JPEG = {6, 7}


class Field(NamedTuple):
    """One entry of a directory; `data` are its bytes as they are in the file, fewer if the file is cut off."""

    tag: int
    kind: int
    numbers: int
    data: bytes

    def number(self, order: str) -> int:
        """The first number; 0 for other kinds."""
        letter = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}.get(self.kind)
        size = SIZES.get(self.kind, 0)
        return struct.unpack_from(order + letter, self.data)[0] if letter and len(self.data) >= size else 0


def byte_order(data: bytes) -> str:
    """As `struct` writes it."""
    return ">" if data.startswith(b"MM") else "<"


def read_directory(data: bytes, offset: int) -> tuple[list[Field], int]:
    """The entries at `offset` and where the next directory is, 0 if there is none.

    Raises ValueError if it is larger than any that cameras and programs write.
    """
    order, big = byte_order(data), data[2:4] in (b"\0+", b"+\0")
    head, entry, place = ("Q", "HHQ8s", "Q") if big else ("H", "HHI4s", "I")
    step, width = struct.calcsize("=" + entry), struct.calcsize("=" + head)
    if offset + width > len(data):
        return [], 0
    (count,) = struct.unpack_from(order + head, data, offset)
    if count > MAX_ENTRIES:
        raise damaged()
    entries: list[Field] = []
    position = offset + width
    for _ in range(count):
        if position + step > len(data):
            return entries, 0
        tag, kind, numbers, value = struct.unpack_from(order + entry, data, position)
        size = numbers * SIZES.get(kind, 0)
        if size > len(value):
            (start,) = struct.unpack(order + place, value)
            value = data[start : start + size]
        entries.append(Field(tag, kind, numbers, value[:size]))
        position += step
    following = data[position : position + struct.calcsize("=" + place)]
    return entries, int.from_bytes(following, "big" if order == ">" else "little")


def first_directory(data: bytes) -> int:
    """Where it is."""
    order, big = byte_order(data), data[2:4] in (b"\0+", b"+\0")
    place = data[8:16] if big else data[4:8]
    return int.from_bytes(place, "big" if order == ">" else "little")


def read_tiff(data: bytes) -> Contents:
    """Refuses raw files, which Pillow would open as their thumbnail, and directories that cost more than they hold."""
    if data[8:10] == b"CR":  # Canon's raw files
        raise RefusedError(RAW)
    order, offset = byte_order(data), first_directory(data)
    for number, directory in enumerate(_directories(data, offset)):
        _check_entries(directory, len(data))
        found = {entry.tag: entry.number(order) for entry in directory}
        if DNG_VERSION in found or found.get(PHOTOMETRIC) in OF_SENSORS:
            raise RefusedError(RAW)
        if number == 0:
            _check_pieces(data, found)
    return Contents(data, {})


def _directories(data: bytes, offset: int) -> Iterator[list[Field]]:
    """The first and all that it leads to."""
    order, waiting = byte_order(data), [offset]
    seen: set[int] = set()
    while waiting and len(seen) < MAX_DIRECTORIES:
        offset = waiting.pop(0)
        if not offset or offset in seen:
            continue
        seen.add(offset)
        directory, following = read_directory(data, offset)
        yield directory
        waiting.append(following)
        for entry in directory:
            if entry.tag == SUB_DIRECTORIES and entry.kind in (4, 13, 18):
                letter = "Q" if entry.kind == 18 else "I"
                places = len(entry.data[: 8 * MAX_DIRECTORIES]) // SIZES[entry.kind]
                waiting += struct.unpack_from(f"{order}{places}{letter}", entry.data)
            elif entry.tag in (EXIF, GPS, INTEROPERABILITY):
                waiting.append(entry.number(order))


def _check_entries(directory: list[Field], size: int) -> None:
    """Entries may overlap: a small file could fill any memory."""
    long = (entry for entry in directory if entry.kind not in TEXT_OR_BYTES)
    if any(entry.numbers > (MAX_NUMBERS if entry.kind not in FRACTIONS else MAX_ENTRIES) for entry in long):
        raise slow()
    if sum(len(entry.data) for entry in directory) > size:
        raise damaged()


def _check_pieces(data: bytes, found: dict[int, int]) -> None:
    """Tiles are decoded whole, however little of them is in the picture; each may be a JPEG of many scans."""
    tile = found.get(TILE_WIDTH, 0) * found.get(TILE_LENGTH, 0)
    if tile > MAX_PIXELS:
        raise damaged()
    piece = tile or found.get(WIDTH, 0) * min(found.get(ROWS) or MAX_PIXELS, found.get(LENGTH, 0))
    if found.get(COMPRESSION) in JPEG and data.count(b"\xff\xda") * piece > MAX_SCANS * MAX_PIXELS:
        raise slow()
