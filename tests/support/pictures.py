"""Pictures with known colours, files of them, and profiles."""

import io
import itertools
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

RED, GREEN, BLUE, GREY = (200, 30, 40), (20, 180, 60), (30, 50, 210), (120, 120, 120)


def quarters(mode: str = "RGB") -> Image.Image:
    """Four flat quarters, 48 x 32: red, green / blue, grey."""
    array = np.zeros((32, 48, 3), np.uint8)
    array[:16, :24], array[:16, 24:], array[16:, :24], array[16:, 24:] = RED, GREEN, BLUE, GREY
    return Image.fromarray(array).convert(mode)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def corners(picture: Image.Image) -> list[Any]:
    """The colour inside each quarter."""
    w, h = picture.size
    return [picture.getpixel((x, y)) for y in (h // 4, 3 * h // 4) for x in (w // 4, 3 * w // 4)]


def assert_quarters(picture: Image.Image, tolerance: int = 0) -> None:
    assert picture.size == (48, 32)
    for found, expected in zip(corners(picture), (RED, GREEN, BLUE, GREY), strict=True):
        assert found[:3] == pytest.approx(expected, abs=tolerance)


def swapped_profile() -> bytes:
    """The profile of sRGB with the red and the blue primary exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"####", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"####", b"bXYZ", 1)


def printers_profile(lab: Callable[[int, int, int, int], tuple[int, int, int]]) -> bytes:
    """A CMYK profile: `lab(c, m, y, k)` is L*, a*, b* of inks printed solid (1) or not at all (0)."""
    ramp, grid = bytes(range(256)), itertools.product((0, 1), repeat=4)
    table = b"".join(bytes([round(2.55 * lightness), 128 + a, 128 + b]) for lightness, a, b in (lab(*i) for i in grid))
    identity = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + 4 * ramp + table + 3 * ramp
    places = {8: b"\2\x10\0\0prtrCMYKLab ", 36: b"acsp", 68: struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)}
    header = bytearray(128)
    for place, value in places.items():
        header[place : place + len(value)] = value
    whole = bytes(header) + struct.pack(">I4sII", 1, b"A2B0", 144, len(lut)) + lut
    return struct.pack(">I", len(whole)) + whole[4:]
