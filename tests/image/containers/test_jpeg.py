"""JPEG: which segments the decoder is given, and how many scans."""

import io
import re
import struct

import pytest
from PIL import Image

from sanet.errors import RefusedError
from sanet.image.containers.jpeg import read_jpeg
from sanet.image.decode import open_picture
from tests.support.pictures import assert_quarters, encoded, quarters, swapped_profile

SCAN = b"\xff\xda"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def many_scans(width: int, height: int, count: int) -> bytes:
    """A progressive JPEG whose last scan comes `count` times more."""
    data = encoded(Image.new("L", (width, height), 90), "JPEG", progressive=True, quality=50)
    last = [found.start() for found in re.finditer(SCAN, data)][-2:]
    tail = data[max(data.rfind(b"\xff\xc4", 0, last[1]), last[0]) : -2]
    return data[:-2] + tail * count + data[-2:]


def test_many_scans_are_refused_before_any_is_decoded() -> None:
    with pytest.raises(RefusedError, match="take too long"):
        open_picture(many_scans(1024, 1024, 10_000))
    with pytest.raises(RefusedError, match="take too long"):
        open_picture(many_scans(8000, 5000, 40))
    with pytest.raises(RefusedError, match="take too long"):
        open_picture(many_scans(16, 16, 1000))


def test_as_many_scans_as_encoders_write_are_taken() -> None:
    assert open_picture(many_scans(1024, 1024, 20)).size == (1024, 1024)


@pytest.mark.parametrize(
    "filling", [segment(0xFE, b"") * 100_000, segment(0xE5, b"x") * 100_000, b"\xff\xd0" * 100_000], ids=range(3)
)
def test_floods_of_segments_are_refused(filling: bytes) -> None:
    data = encoded(quarters(), "JPEG")
    with pytest.raises(RefusedError, match="take too long"):
        open_picture(data[:2] + filling + data[2:])


@pytest.mark.parametrize("filling", [b"\xff" * 1_000_000, bytes(1_000_000)], ids=["fill", "junk"])
def test_fill_and_junk_before_a_marker_are_passed_over(filling: bytes) -> None:
    data = encoded(quarters(), "JPEG", quality=95)
    assert_quarters(open_picture(data[:20] + filling + data[20:]), tolerance=8)
    with pytest.raises(RefusedError, match="damaged"):
        open_picture(b"\xff\xd8\xff" + filling)


def test_comments_thumbnails_and_the_index_of_mpo_are_left_out_and_profiles_stay() -> None:
    profile = swapped_profile()
    data = encoded(quarters(), "JPEG", quality=95, icc_profile=profile, comment=b"Secret")
    notes = segment(0xE2, b"MPF\0" + b"Secret" * 9) + segment(0xED, b"Photoshop 3.0\0Secret") + segment(0xE1, b"Secret")
    contents = read_jpeg(data[:20] + notes + data[20:])
    assert b"Secret" not in contents.data
    with Image.open(io.BytesIO(contents.data)) as picture:
        assert picture.format == "JPEG"
        assert picture.info["icc_profile"] == profile


def test_a_damaged_index_of_mpo_does_not_keep_the_picture_out() -> None:
    data = encoded(quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (48, 32))], quality=95)
    place = data.index(b"MPF\0")
    for broken in (b"\xff", b"\0"):
        assert_quarters(open_picture(data[: place + 8] + broken * 40 + data[place + 48 :]), tolerance=8)


def test_markers_in_a_thumbnail_are_no_scans() -> None:
    data = encoded(quarters(), "JPEG", quality=95)
    assert_quarters(open_picture(data[:20] + segment(0xE1, SCAN * 30_000) + data[20:]), tolerance=8)
