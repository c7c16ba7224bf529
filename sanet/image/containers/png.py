"""PNG: the chunks that the picture needs, and what the others say about its colours and how it is turned."""

import struct
import zlib
from collections.abc import Iterator
from typing import Any

from sanet.image.containers.contents import Contents, slow

MAX_CHUNKS = 100_000  # encoders write a chunk for every 8 kB or more
MAX_UNPACKED = 20_000_000  # bytes of a profile
MAX_NOTE = 4_000_000
PICTURE = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
XMP, OLD_EXIF = b"XML:com.adobe.xmp", b"Raw profile type exif"


def read_png(data: bytes) -> Contents:
    """Without text, which Pillow refuses above some size; with frames only if the default picture is hidden."""
    chunks = list(_chunks(data))
    kinds = [kind for kind, _ in chunks]
    first = kinds.index(b"IDAT") if b"IDAT" in kinds else 0
    hidden = b"acTL" in kinds[:first] and b"fcTL" not in kinds[:first] and b"fcTL" in kinds
    needed = PICTURE | ANIMATION if hidden else PICTURE
    kept = [chunk for kind, chunk in chunks if kind in needed or not kind]
    said: dict[bytes, bytes] = {}
    for kind, chunk in chunks:
        if kind not in needed and kind and _is_whole(chunk):
            _hear(said, kind, chunk[8:-4])
    return Contents(data[:8] + b"".join(kept), _info(said))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and bytes of each chunk; of one that is cut off without a kind, so that the decoder will say so."""
    position = 8
    for _ in range(MAX_CHUNKS):
        if position >= len(data):
            return
        length = int.from_bytes(data[position : position + 4])
        end = position + 12 + length
        whole = end <= len(data)
        kind = data[position + 4 : position + 8]
        yield kind if whole else b"", data[position:end]
        if kind == b"IEND" or not whole:
            return
        position = end
    raise slow()


def _is_whole(chunk: bytes) -> bool:
    return zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:])


def _hear(said: dict[bytes, bytes], kind: bytes, body: bytes) -> None:
    """Keep what the chunk says, by its kind or by the keyword of a text."""
    name, _, rest = body.partition(b"\0")
    if kind == b"iCCP":
        said[kind] = _inflate(rest[1:], MAX_UNPACKED)
    elif kind == b"zTXt" and name == OLD_EXIF:
        said[name] = _inflate(rest[1:], MAX_NOTE)
    elif kind == b"tEXt" and name == OLD_EXIF:
        said[name] = rest
    elif kind == b"iTXt" and name == XMP:
        text = rest[2:].split(b"\0", 2)[-1]
        said[name] = _inflate(text, MAX_NOTE) if rest[:1] == b"\1" else text
    elif kind in {b"cICP", b"sRGB", b"gAMA", b"cHRM", b"eXIf"}:
        said[kind] = body


def _inflate(packed: bytes, most: int) -> bytes:
    """Unpacked; b"" if it is damaged or longer than `most` bytes."""
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed, most)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else unpacked


def _info(said: dict[bytes, bytes]) -> dict[str, Any]:
    """By the order of the standard: code points before a profile before sRGB before gamma and chromaticities."""
    info: dict[str, Any] = {}
    if len(code := said.get(b"cICP", b"")) == 4:
        info["cicp"] = (code[0], code[1])
    elif profile := said.get(b"iCCP"):
        info["icc_profile"] = profile
    elif b"sRGB" not in said:
        if len(gamma := said.get(b"gAMA", b"")) == 4:
            info["gamma"] = int.from_bytes(gamma) / 100_000
        if len(chromaticity := said.get(b"cHRM", b"")) == 32:
            info["chromaticity"] = tuple(value / 100_000 for value in struct.unpack(">8I", chromaticity))
    if exif := said.get(b"eXIf") or _unhex(said.get(OLD_EXIF, b"")):
        info["exif"] = exif
    if xmp := said.get(XMP):
        info["xmp"] = xmp
    return info


def _unhex(text: bytes) -> bytes:
    """As ImageMagick wrote EXIF before there was a chunk for it: three lines, then hexadecimal."""
    try:
        return bytes.fromhex(b"".join(text.split(b"\n")[3:]).decode("ascii"))
    except ValueError:
        return b""
