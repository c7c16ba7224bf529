"""AVIF and HEIC: the code points of the colours, and what their grids add up to. Boxes as in ISO/IEC 14496-12."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sanet.image.containers.contents import MAX_PIXELS, Contents, damaged, slow

MAX_BOXES = 10_000
# The picture, its transparency and its gain map may each be a grid, and be referred to once more.
MAX_IN_GRIDS = 4 * MAX_PIXELS
EXIF, HIDDEN = b"Exif", b"free"


class Box(NamedTuple):
    """Kind of a box, and where its contents begin and end."""

    kind: bytes
    start: int
    end: int


def read_heif(data: bytes) -> Contents:
    """Colours of the primary picture. EXIF is left out: both formats state rotations themselves."""
    meta = next((box for box in _boxes(data, 0, len(data)) if box.kind == b"meta"), None)
    if meta is None:
        return Contents(data, {})
    parts = {box.kind: box for box in _boxes(data, meta.start + 4, meta.end)}
    properties = _properties(data, parts[b"iprp"]) if b"iprp" in parts else {}
    _check_grids(data, parts, properties)
    codes = _code_points(data, properties.get(_primary(data, parts), []))
    return Contents(_without_exif(data, parts), {"cicp": codes} if codes else {})


def _boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes of a stretch of the file, of 10,000 at most."""
    for _ in range(MAX_BOXES):
        if start + 8 > end:
            return
        size, kind, inner = int.from_bytes(data[start : start + 4]), data[start + 4 : start + 8], start + 8
        if size == 1:
            size, inner = int.from_bytes(data[start + 8 : start + 16]), start + 16
        following = start + size if size else end
        if following < inner:
            raise damaged()
        yield Box(kind, inner, min(following, end))
        start = following
    raise slow()


def _number(data: bytes, position: int, size: int) -> tuple[int, int]:
    """A number of `size` bytes, and the position after it."""
    return int.from_bytes(data[position : position + size]), position + size


def _primary(data: bytes, parts: dict[bytes, Box]) -> int:
    box = parts.get(b"pitm")
    return _number(data, box.start + 4, 4 if data[box.start] else 2)[0] if box else 0


def _properties(data: bytes, iprp: Box) -> dict[int, list[Box]]:
    """The properties of each item."""
    inner = {box.kind: box for box in _boxes(data, iprp.start, iprp.end)}
    if b"ipco" not in inner or b"ipma" not in inner:
        return {}
    known = list(_boxes(data, inner[b"ipco"].start, inner[b"ipco"].end))
    box, found = inner[b"ipma"], {}
    version, wide = data[box.start], data[box.start + 3] & 1
    count, position = _number(data, box.start + 4, 4)
    for _ in range(min(count, MAX_BOXES)):
        item, position = _number(data, position, 4 if version else 2)
        associated, position = _number(data, position, 1)
        numbers = [data[position + i * (1 + wide) : position + (i + 1) * (1 + wide)] for i in range(associated)]
        position += associated * (1 + wide)
        indices = [int.from_bytes(number) & (0x7FFF if wide else 0x7F) for number in numbers]
        found[item] = [known[i - 1] for i in indices if 0 < i <= len(known)]
    return found


def _code_points(data: bytes, properties: list[Box]) -> tuple[int, int] | None:
    """Primaries and transfer of the colours, unless there is a profile, which says it better."""
    colors = {data[box.start : box.start + 4]: box for box in properties if box.kind == b"colr"}
    if b"nclx" not in colors or {b"prof", b"rICC"} & colors.keys():
        return None
    primaries, transfer = struct.unpack_from(">HH", data, colors[b"nclx"].start + 4)
    return primaries, transfer


def _check_grids(data: bytes, parts: dict[bytes, Box], properties: dict[int, list[Box]]) -> None:
    """A grid may be made of the same large picture many times over."""
    if b"iref" not in parts:
        return
    box, pixels = parts[b"iref"], 0
    for reference in _boxes(data, box.start + 4, box.end):
        if reference.kind != b"dimg":
            continue
        wide = 4 if data[box.start] else 2
        count, position = _number(data, reference.start + wide, 2)
        for _ in range(count):
            item, position = _number(data, position, wide)
            pixels += max((_area(data, part) for part in properties.get(item, []) if part.kind == b"ispe"), default=0)
            if pixels > MAX_IN_GRIDS:
                raise slow()


def _area(data: bytes, ispe: Box) -> int:
    width, height = struct.unpack_from(">II", data, ispe.start + 4)
    return width * height


def _without_exif(data: bytes, parts: dict[bytes, Box]) -> bytes:
    """With the items that hold EXIF under another name: reading a hostile one would fill the memory."""
    if b"iinf" not in parts:
        return data
    box, changed = parts[b"iinf"], bytearray(data)
    for entry in _boxes(data, box.start + (8 if data[box.start] else 6), box.end):
        # Version 2 has 16 bits for the number of the item, version 3 has 32; then 16 bits, then the type.
        place = entry.start + 4 + (4 if data[entry.start] == 3 else 2) + 2
        if entry.kind == b"infe" and changed[place : place + 4] == EXIF:
            changed[place : place + 4] = HIDDEN
    return bytes(changed)
