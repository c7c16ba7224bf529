"""JPEG: the segments that the picture needs, and its notes; scans are counted."""

import re
import struct

from sanet.image.containers.contents import MAX_PIXELS, MAX_SCANS, Contents, damaged, slow

MAX_SEGMENTS = 4000
SOS, EOI, APP0, APP1, APP2, APP14 = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
ALONE = {0x01, *range(0xD0, 0xDA)}  # markers without a segment
NOTES = {*range(APP0, 0xF0), 0xFE} - {APP0, APP2, APP14}
MARKER = re.compile(rb"\xff[^\x00\xff]", re.DOTALL)  # after junk and fill, which decoders pass over
MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)


def read_jpeg(data: bytes) -> Contents:
    """Without comments, thumbnails and the further pictures of MPO, whose index may be damaged."""
    kept, position, pixels = [data[:2]], 2, 0
    info: dict[str, bytes] = {}
    for _ in range(MAX_SEGMENTS):
        marker, start, end = _segment(data, position)
        segment, position = data[start:end], end
        if marker == SOS:
            _check_scans(data, start, pixels)
            return Contents(b"".join([*kept, data[start:]]), info)
        if marker in FRAMES:
            pixels = max(pixels, int.from_bytes(segment[5:7]) * int.from_bytes(segment[7:9]))
        if marker == APP1:
            info = _notes(segment[4:]) | info  # the first of a kind
        elif marker not in NOTES and (marker != APP2 or b"ICC_PROFILE" in segment[:16]):
            kept.append(segment)
    raise slow()


def _segment(data: bytes, position: int) -> tuple[int, int, int]:
    """The next marker from `position` on, and where its segment begins and ends."""
    found = MARKER.search(data, position)
    if not found:
        raise damaged()
    start, marker = found.start(), found.group()[1]
    if marker in ALONE:
        return marker, start, start + 2
    if start + 4 > len(data):
        raise damaged()
    (length,) = struct.unpack_from(">H", data, start + 2)
    return marker, start, start + 2 + max(2, length)


def _notes(note: bytes) -> dict[str, bytes]:
    if note.startswith(b"Exif\0\0"):
        return {"exif": note}
    if note.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
        return {"xmp": note.split(b"\0", 1)[1]}
    return {}


def _check_scans(data: bytes, first: int, pixels: int) -> None:
    """Each scan goes over all the pixels again, however few bytes it has."""
    scans, position = 0, first
    while found := MARKER_IN_SCAN.search(data, position):
        start, marker = found.start(), found.group()[1]
        if marker == EOI:
            return
        scans += marker == SOS
        if scans > 4 * MAX_SCANS or scans * pixels > MAX_SCANS * MAX_PIXELS:
            raise slow()
        position = start + 2 + int.from_bytes(data[start + 2 : start + 4])
