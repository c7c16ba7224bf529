"""AVIF and HEIC box by box, for what encoders do not write."""

import struct


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def full_box(kind: bytes, body: bytes, version: int = 0) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]) + body)


def with_code_points(data: bytes, primaries: int, transfer: int) -> bytes:
    """A file whose colour box says other primaries and another transfer than its encoder wrote."""
    place = data.index(b"nclx") + 4
    return data[:place] + struct.pack(">HH", primaries, transfer) + data[place + 4 :]


def grid(rows: int, tile: tuple[int, int]) -> bytes:
    """The boxes of a square grid that shows the same tile in every place; without the tile itself."""
    tiles = rows * rows
    reference = box(b"dimg", struct.pack(f">HH{tiles}H", 1, tiles, *[2] * tiles))
    properties = box(b"ipco", full_box(b"ispe", struct.pack(">II", *tile)))
    association = full_box(b"ipma", struct.pack(">IHBB", 1, 2, 1, 1))
    parts = full_box(b"pitm", struct.pack(">H", 1)) + full_box(b"iref", reference)
    return box(b"ftyp", b"heic\0\0\0\0mif1") + full_box(b"meta", parts + box(b"iprp", properties + association))
