"""Pictures as files."""

import io
import resource

import numpy as np
import pytest
from PIL import Image

from sanet.image import decode
from sanet.image.decode import open_picture
from sanet.image.save import SUFFIXES, read_note, read_saved_note, save_picture
from tests.support.pictures import assert_quarters, encoded, quarters, swapped_profile


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "PNG"), ("a.PNG", "PNG"), ("a.jpg", "JPEG"), ("a.jpeg", "JPEG"), ("a.webp", "WEBP")]
)
def test_results_are_written_by_suffix(name, kind, tmp_path):
    save_picture(quarters(), tmp_path / name)
    with Image.open(tmp_path / name) as written:
        assert written.format == kind
        assert_quarters(written.convert("RGB"), 0 if kind == "PNG" else 8)


@pytest.mark.parametrize("dpi", [150, 300])
@pytest.mark.parametrize("note", ["", "A holiday"])
def test_dots_per_inch_are_where_each_format_has_them(dpi, note, tmp_path):
    for suffix in (".png", ".jpg", ".webp"):
        save_picture(quarters(), tmp_path / f"a{suffix}", note=note, dpi=dpi)
        assert read_note(tmp_path / f"a{suffix}") == note
    png, jpeg = (tmp_path / "a.png").read_bytes(), (tmp_path / "a.jpg").read_bytes()
    metre = {150: 5906, 300: 11811}[dpi].to_bytes(4)
    assert b"pHYs" + metre + metre + b"\x01" in png
    assert jpeg[13:18] == b"\x01" + dpi.to_bytes(2) * 2  # JFIF: of an inch, across and down
    with Image.open(tmp_path / "a.webp") as written:
        exif = written.getexif()
    assert (exif[282], exif[283], exif[296]) == (dpi, dpi, 2)


def test_the_note_of_a_saved_file_is_read_however_large_that_is(tmp_path, monkeypatch):
    save_picture(quarters(), tmp_path / "a.png", note="A holiday")
    monkeypatch.setattr(decode, "MAX_BYTES", 10)
    assert read_note(tmp_path / "a.png") == ""
    assert read_saved_note((tmp_path / "a.png").read_bytes()) == "A holiday"


@pytest.mark.parametrize("name", ["a.gif", "a.tiff", "a", "a.png.exe"])
def test_other_suffixes_are_refused(name, tmp_path):
    with pytest.raises(ValueError, match=f"'{name}'"):
        save_picture(quarters(), tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_quality_decides_size_and_closeness(suffix, tmp_path, noise):
    picture, sizes, errors = noise(64, 64), [], []
    for quality in (10, 60, 98):
        path = tmp_path / f"{quality}{suffix}"
        save_picture(picture, path, quality=quality)
        sizes.append(path.stat().st_size)
        errors.append(np.abs(np.asarray(open_picture(path)).astype(int) - np.asarray(picture)).mean())
    assert sizes[0] < sizes[1] < sizes[2]
    assert errors[0] > errors[1] > errors[2]


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_transparency_is_written(suffix, tmp_path):
    picture = quarters("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize((48, 32)))
    save_picture(picture, tmp_path / f"a{suffix}")
    assert open_picture(tmp_path / f"a{suffix}").getchannel("A").tobytes() == picture.getchannel("A").tobytes()


def test_jpeg_gets_transparency_composited_on_white(tmp_path):
    save_picture(Image.new("RGBA", (32, 32), (255, 0, 255, 0)), tmp_path / "a.jpg")
    assert open_picture(tmp_path / "a.jpg").getpixel((16, 16)) == pytest.approx((255, 255, 255), abs=1)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
@pytest.mark.parametrize("through_open_picture", [True, False])
def test_no_exif_and_no_place_are_carried_over(suffix, through_open_picture, tmp_path):
    exif = Image.Exif()
    exif[271] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 30.0)  # GPS latitude
    data = encoded(quarters(), "JPEG", exif=exif)
    assert b"SecretCamera" in data
    path = tmp_path / f"a{suffix}"
    save_picture(open_picture(data) if through_open_picture else Image.open(io.BytesIO(data)), path)
    assert not any(word in path.read_bytes() for word in (b"Secret", b"Exif", b"EXIF", b"eXIf"))
    with Image.open(path) as written:
        assert not written.getexif()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
@pytest.mark.parametrize("through_open_picture", [True, False])
def test_no_metadata_of_any_kind_is_carried_over(suffix, through_open_picture, tmp_path):
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SecretXmp</x:xmpmeta>'
    data = encoded(quarters(), "JPEG", icc_profile=swapped_profile(), comment=b"SecretComment", xmp=xmp)
    path = tmp_path / f"a{suffix}"
    save_picture(open_picture(data) if through_open_picture else Image.open(io.BytesIO(data)), path)
    assert not any(word in path.read_bytes() for word in (b"Secret", b"ICC", b"iCCP", b"tEXt", b"adobe:ns"))
    with Image.open(path) as written:
        assert not {"icc_profile", "exif", "comment", "xmp"} & written.info.keys()


@pytest.mark.parametrize("suffix", list(SUFFIXES))
def test_a_disk_that_is_full_is_an_error_and_not_half_a_picture(tmp_path, noise, suffix):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # bytes
    try:
        with pytest.raises(OSError, match="File too large"):
            save_picture(noise(64, 64), tmp_path / f"a{suffix}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
