"""Every format comes in, from files, bytes and PIL pictures."""

import pytest
from PIL import Image

from sanet.image.decode import open_picture, to_srgb
from tests.support.pictures import BLUE, GREEN, RED, assert_quarters, encoded, quarters


@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("TIFF", {}, 0),
        ("GIF", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 90}, 6),
        ("JPEG", {"quality": 95, "subsampling": 0}, 3),
        ("JPEG", {"quality": 90, "progressive": True}, 6),
        ("AVIF", {"quality": 95}, 6),
        ("HEIF", {"quality": 95}, 6),
    ],
)
def test_every_format_comes_in_from_bytes_and_from_files(kind, options, tolerance, tmp_path):
    data = encoded(quarters(), kind, **options)
    (tmp_path / "picture").write_bytes(data)
    for source in (data, tmp_path / "picture", str(tmp_path / "picture")):
        picture = open_picture(source)
        assert picture.mode == "RGB"
        assert_quarters(picture, tolerance)


def test_palette():
    palette = quarters().quantize(16)
    assert palette.mode == "P"
    picture = open_picture(encoded(palette, "PNG"))
    assert picture.mode == "RGB"
    assert_quarters(picture)


@pytest.mark.parametrize("mode", ["L", "1"])
def test_greyscale(mode):
    grey = Image.new("L", (20, 20), 255 if mode == "1" else 90).convert(mode)
    assert open_picture(encoded(grey, "PNG")).getcolors() == [(400, (255,) * 3 if mode == "1" else (90,) * 3)]


def test_the_first_frame_of_an_animation():
    frames = [Image.new("RGB", (20, 20), color) for color in (RED, GREEN, BLUE)]
    for kind in ("GIF", "PNG", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50, **options)
        assert open_picture(data).getcolors() == [(400, RED)]


@pytest.mark.parametrize("kind", ["MPO", "TIFF", "AVIF", "HEIF"])
def test_the_first_of_several_pictures(kind):
    data = encoded(quarters(), kind, save_all=True, append_images=[Image.new("RGB", (48, 32))], quality=95)
    assert_quarters(open_picture(data), tolerance=6)


def test_to_srgb_leaves_the_given_picture_alone():
    given = quarters("RGBA")
    given.putalpha(77)
    before = given.tobytes()
    to_srgb(given).paste((0, 0, 0), (0, 0, 48, 32))
    assert given.tobytes() == before
