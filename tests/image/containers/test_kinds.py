"""What a file is, by its contents."""

from pathlib import Path

import pytest
from PIL import Image

from sanet.errors import RefusedError
from sanet.image.containers.kinds import identify, read_contents
from sanet.image.decode import is_shown_by_browsers, open_picture, size_of
from tests.support.pictures import assert_quarters, encoded, quarters
from tests.support.tiff_files import LONG, SHORT, directory, grey_tiff, header

KINDS = ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF"]


@pytest.mark.parametrize("kind", KINDS)
def test_contents_decide_whatever_the_name_says(kind: str, tmp_path: Path) -> None:
    data = encoded(quarters(), kind, quality=95)
    assert identify(data) == kind
    for name in ("IMG_0001.HEIC", "a.jpg", "a.png", "no-suffix", "a.TIF", "a.mpo", "a.txt"):
        (tmp_path / name).write_bytes(data)
        assert_quarters(open_picture(tmp_path / name), tolerance=10)
        assert size_of(tmp_path / name) == (48, 32)
        assert is_shown_by_browsers(tmp_path / name) == (kind not in {"HEIF", "BMP", "TIFF"})


RAW_FILES = {
    "DNG": grey_tiff(32, 32, 8, bytes(1024), 1, (50706, 1, 4, 0x0401)),
    "NEF and ARW": (
        header() + directory([(254, LONG, 1, 1), (330, LONG, 1, 200), (256, LONG, 1, 16), (257, LONG, 1, 16)])
    ).ljust(200, b"\0")
    + directory([(254, LONG, 1, 0), (262, SHORT, 1, 32803)]),
    "PEF": grey_tiff(32, 32, 16, bytes(2048), 32803),
    "second page": (header() + directory([(256, LONG, 1, 16)], 200)).ljust(200, b"\0")
    + directory([(262, SHORT, 1, 34892)]),
    "CR2": header(offset=16) + b"CR\2\0" + bytes(4) + directory([(256, LONG, 1, 16)]),
    "CR3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
    "RAF": b"FUJIFILMCCD-RAW 0201",
    "ORF": b"IIRO\x08\0\0\0",
    "RW2": b"IIU\0\x08\0\0\0",
}


@pytest.mark.parametrize("camera", RAW_FILES)
def test_raw_files_are_refused_in_words_not_painted_from_their_thumbnail(camera: str) -> None:
    with pytest.raises(RefusedError, match=r"^This is a camera's raw file; export it as JPEG, HEIC or TIFF first\.$"):
        open_picture(RAW_FILES[camera])


@pytest.mark.parametrize("data", [b"\0\0\0\x18ftypmp42", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftyp", b"BN"])
def test_what_begins_like_a_picture_and_is_none(data: bytes) -> None:
    with pytest.raises(RefusedError, match="not a picture"):
        read_contents(data)


def test_a_picture_named_as_no_picture_is_one(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "a.gif")
    (tmp_path / "a.gif").rename(tmp_path / "IMG_0001")
    assert open_picture(tmp_path / "IMG_0001").size == (20, 20)
