"""AVIF and HEIC: code points, and boxes that lie."""

import struct

import pytest
from PIL import Image

from sanet.errors import RefusedError
from sanet.image.containers.heif import read_heif
from sanet.image.decode import open_picture
from tests.support.heif_files import box, full_box, grid, with_code_points
from tests.support.pictures import assert_quarters, encoded, quarters, swapped_profile

P3_RED = Image.new("RGB", (64, 64), (195, 42, 43))


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_code_points_of_the_primary_picture_are_read(kind: str) -> None:
    data = with_code_points(encoded(P3_RED, kind, quality=95), 12, 13)
    assert read_heif(data).info == {"cicp": (12, 13)}
    assert open_picture(data).getpixel((32, 32)) == pytest.approx((213, 4, 31), abs=5)


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_code_points_of_srgb_change_nothing(kind: str) -> None:
    plain = encoded(quarters(), kind, quality=95)
    assert open_picture(with_code_points(plain, 1, 13)).tobytes() == open_picture(plain).tobytes()
    assert open_picture(with_code_points(plain, 2, 2)).tobytes() == open_picture(plain).tobytes()


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_a_profile_comes_before_code_points(kind: str) -> None:
    data = encoded(Image.new("RGB", (64, 64), (255, 0, 0)), kind, quality=100, icc_profile=swapped_profile())
    assert "cicp" not in read_heif(data).info
    assert open_picture(data).getpixel((32, 32)) == pytest.approx((0, 0, 255), abs=4)


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_hostile_exif_is_not_read(kind: str) -> None:
    exif = Image.Exif()
    exif[270] = "Secret" * 50
    data = encoded(quarters(), kind, quality=95, exif=exif.tobytes())
    assert data.count(b"Exif") == read_heif(data).data.count(b"Exif") + 1
    assert_quarters(open_picture(data), tolerance=8)


def test_a_grid_of_the_same_large_picture_many_times_over_is_refused() -> None:
    assert read_heif(grid(rows=4, tile=(1024, 1024))).info == {}
    with pytest.raises(RefusedError, match="take too long"):
        open_picture(grid(rows=4, tile=(8000, 5000)))


@pytest.mark.parametrize(
    "data",
    [
        box(b"ftyp", b"avif") + full_box(b"meta", struct.pack(">I4s", 4, b"iprp")),
        box(b"ftyp", b"heic") + full_box(b"meta", box(b"free", b"") * 20_000),
        box(b"ftyp", b"heic") + full_box(b"meta", box(b"pitm", b"") + box(b"iref", b"") + box(b"iinf", b"")),
        box(b"ftyp", b"avif") + full_box(b"meta", box(b"iprp", box(b"ipco", b"") + box(b"ipma", b"\0"))),
        box(b"ftyp", b"avif"),
    ],
    ids=["box that ends before it begins", "flood of boxes", "empty boxes", "cut off", "nothing"],
)
def test_boxes_that_lie_end_in_a_sentence(data: bytes) -> None:
    with pytest.raises(RefusedError):
        open_picture(data)
