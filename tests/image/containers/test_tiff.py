"""TIFF: directories that lie about what they hold, and how pictures are turned."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sanet.errors import RefusedError
from sanet.image.containers.tiff import read_directory
from sanet.image.decode import open_picture, size_of, to_srgb
from tests.support.pictures import assert_quarters, encoded, quarters
from tests.support.tiff_files import LONG, UNDEFINED, directory, grey_tiff, header

ORIENTATION = 274


def tiled(side: int) -> bytes:
    """A picture of 64 x 64 in a tile of `side` x `side`."""
    packed = zlib.compress(bytes(1000))
    shorts = [(258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1)]
    longs = [(256, side and 64), (257, 64), (322, side), (323, side), (324, 300), (325, len(packed))]
    return (header() + directory([*shorts, *((tag, LONG, 1, value) for tag, value in longs)])).ljust(
        300, b"\0"
    ) + packed


HOSTILE = {
    "entries over each other": grey_tiff(
        64, 64, 8, bytes(200_000), 1, *((1000 + i, UNDEFINED, 150_000, 400) for i in range(20))
    ),
    "millions of places": grey_tiff(64, 64, 8, bytes(2_000_000), 1, (273, LONG, 400_000, 400)),
    "thousands of entries": header() + struct.pack("<H", 60_000) + bytes(720_000),
    "fractions": grey_tiff(64, 64, 8, bytes(1_000_000), 1, (282, 5, 100_000, 400)),
    "a tile larger than any picture": tiled(32_752),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_directories_that_would_fill_the_memory_are_refused(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(HOSTILE[kind])
    for read in (open_picture, size_of):
        with pytest.raises(RefusedError, match=r"take too long|damaged"):
            read(tmp_path / "a.tif")


def test_jpeg_inside_may_have_as_few_scans_as_jpeg() -> None:
    data = encoded(quarters("L").resize((2000, 2000)), "TIFF", compression="jpeg", tiffinfo={278: 2000})
    assert open_picture(data).size == (2000, 2000)
    with pytest.raises(RefusedError, match="take too long"):
        open_picture(data + b"\xff\xda" * 400)


def test_directories_that_lead_to_each_other_end() -> None:
    data = (header() + directory([(330, LONG, 1, 8)], 8)).ljust(200, b"\0")
    with pytest.raises(RefusedError):
        open_picture(data)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_pictures_keep_their_sides_by_every_way_in(orientation: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    quarters().save(tmp_path / "a.tif", exif=exif)
    picture = open_picture(tmp_path / "a.tif")
    assert picture.size == ((32, 48) if orientation >= 5 else (48, 32))
    assert size_of(tmp_path / "a.tif") == picture.size
    with Image.open(tmp_path / "a.tif") as lazy:
        assert to_srgb(lazy).tobytes() == picture.tobytes()
    with Image.open(tmp_path / "a.tif") as loaded:
        loaded.load()
        assert to_srgb(loaded).tobytes() == picture.tobytes()


def test_directories_of_both_orders_and_sizes() -> None:
    entry = (b"\1\0", b"\3\0", b"\1\0\0\0\0\0\0\0", b"\7\0\0\0\0\0\0\0")
    big = b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0" + struct.pack("<Q", 1) + b"".join(entry) + bytes(8)
    (found,), following = read_directory(big, 16)
    assert (found.tag, found.number("<"), following) == (1, 7, 0)
    motorola = header(">") + directory([(1, 3, 1, 7)], 99, ">")
    (found,), following = read_directory(motorola, 8)
    assert (found.tag, found.number(">"), following) == (1, 7, 99)


def test_cie_lab_is_converted() -> None:
    lab = np.zeros((32, 32, 3), np.uint8)
    lab[...] = (round(2.55 * 50), 60, 0)  # L* 50, a* 60, b* 0, of which sRGB has (206, 63, 122)
    picture = open_picture(encoded(Image.fromarray(lab, "LAB"), "TIFF"))
    assert picture.getpixel((16, 16)) == pytest.approx((206, 63, 122), abs=4)


def test_uncompressed_quarters_are_what_they_were() -> None:
    assert_quarters(open_picture(encoded(quarters(), "TIFF")))
