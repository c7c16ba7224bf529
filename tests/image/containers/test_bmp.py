"""BMP in run lengths."""

import struct
from pathlib import Path

import pytest

from sanet.errors import RefusedError
from sanet.image.decode import open_picture, size_of


def run_lengths(width: int, height: int, data: bytes) -> bytes:
    """An 8-bit BMP with a palette from blue to red."""
    palette = b"".join(bytes([255 - i, 0, i, 0]) for i in range(256))
    start = 14 + 40 + len(palette)
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(data), 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + palette + data


def test_small_pictures_in_run_lengths_are_taken() -> None:
    rows = b"\x14\xff\0\0" * 19 + b"\x14\0\0\1"
    picture = open_picture(run_lengths(20, 20, rows))
    assert picture.getpixel((0, 19)) == (255, 0, 0)
    assert picture.getpixel((0, 0)) == (0, 0, 255)


@pytest.mark.parametrize(
    ("width", "height", "data"),
    [(6000, 6000, b"\1\5" * 100), (1000, 1000, b"\1\5" * 2_500_000), (4_000_000, 1, b"\0\2\0\xff")],
    ids=["many pixels", "many runs", "far jumps"],
)
def test_large_ones_are_refused_before_decoding(width: int, height: int, data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.bmp").write_bytes(run_lengths(width, height, data))
    for read in (open_picture, size_of):
        with pytest.raises(RefusedError, match="take too long"):
            read(tmp_path / "a.bmp")
