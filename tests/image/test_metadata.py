"""How pictures are turned, and what is left out."""

import struct

import numpy as np
import pytest
from PIL import Image

from sanet.image.decode import open_picture
from tests.support.pictures import assert_quarters, encoded, quarters, swapped_profile

ORIENTATION = 274
# How each EXIF orientation stores an upright picture (EXIF 2.3, tag 0x0112: where row 0 and column 0 lie).
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a.swapaxes(0, 1)[::-1],
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a.swapaxes(0, 1)[:, ::-1],
}


@pytest.mark.parametrize("orientation", list(STORED))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_exif_rotated_pictures_come_in_upright(kind, orientation):
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](np.asarray(quarters()))))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    # As bytes: given the object, pillow_heif does not write the rotation that HEIF asks for beside the EXIF tag.
    options = {"exif": exif} if kind == "TIFF" else {"exif": exif.tobytes(), "quality": 95}
    assert_quarters(open_picture(encoded(stored, kind, **options)), tolerance=8)


@pytest.mark.parametrize("payload", [b"Exif\0\0.M\0*\0\0\0\x08", b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x05"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_does_not_keep_a_picture_out(payload, kind):
    assert open_picture(encoded(quarters(), kind, exif=payload)).size == (48, 32)


def test_exif_that_cannot_be_written_back_does_not_keep_a_picture_out():
    # orientation 6 and XResolution stored as a string type
    entries = struct.pack(">HHII", 274, 3, 1, 6 << 16) + struct.pack(">HHI4s", 283, 1, 2, b"\1\2\0\0")
    payload = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", 2) + entries + bytes(4)
    assert open_picture(encoded(quarters(), "JPEG", exif=payload)).size == (32, 48)


def test_an_opened_picture_holds_no_metadata():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 30.0)
    picture = open_picture(encoded(quarters(), "JPEG", exif=exif, comment=b"x", icc_profile=swapped_profile()))
    assert not picture.info
