"""PNG: large notes and profiles, the hidden picture of an animation, colours by number."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from sanet.errors import RefusedError
from sanet.image.containers.png import read_png
from sanet.image.decode import open_picture, size_of, to_srgb
from tests.support.pictures import GREY, assert_quarters, encoded, quarters, swapped_profile
from tests.support.png_files import chunk

ICC, NOTE = b"iCCP", b"zTXt"
START = 33  # bytes up to the end of IHDR


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    return data[:START] + b"".join(chunks) + data[START:]


def large_profile() -> bytes:
    """The profile with red and blue exchanged, and 1.5 MB that no one reads."""
    profile = swapped_profile() + bytes(1_500_000)
    return struct.pack(">I", len(profile)) + profile[4:]


@pytest.mark.parametrize(
    "note",
    [
        chunk(NOTE, b"Comment\0\0" + zlib.compress(bytes(1_200_000))),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(b"a" * 1_200_000)),
        chunk(b"tEXt", b"Comment\0" + b"a" * 1_200_000),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"a" * 9_000_000)),
        chunk(NOTE, b"Comment\0\0no deflate"),
        chunk(b"tEXt", b"Comment\0damaged")[:-4] + b"????",
    ],
    ids=["zTXt", "iTXt", "tEXt", "XMP", "no deflate", "wrong checksum"],
)
def test_notes_of_any_size_do_not_keep_a_picture_out(note: bytes, tmp_path: Path) -> None:
    data = with_chunks(encoded(quarters(), "PNG"), note)
    assert_quarters(open_picture(data))
    (tmp_path / "a.png").write_bytes(data)
    assert size_of(tmp_path / "a.png") == (48, 32)


def test_a_profile_above_a_megabyte_is_applied() -> None:
    red = encoded(Image.new("RGB", (32, 32), (255, 0, 0)), "PNG")
    picture = open_picture(with_chunks(red, chunk(ICC, b"large\0\0" + zlib.compress(large_profile()))))
    assert picture.getpixel((16, 16)) == pytest.approx((0, 0, 255), abs=4)


def test_a_profile_that_unpacks_to_very_much_is_ignored() -> None:
    bomb = chunk(ICC, b"bomb\0\0" + zlib.compress(bytes(100_000_000), 9))
    assert_quarters(open_picture(with_chunks(encoded(quarters(), "PNG"), bomb)))


def test_floods_of_chunks_are_refused() -> None:
    data = encoded(quarters(), "PNG")
    assert_quarters(open_picture(with_chunks(data, chunk(b"tEXt", b"a") * 50_000)))
    with pytest.raises(RefusedError, match="take too long"):
        open_picture(with_chunks(data, chunk(b"tEXt", b"a") * 200_000))


def test_the_first_frame_is_painted_where_the_picture_before_is_hidden() -> None:
    hidden, *frames = Image.new("RGB", (48, 32), "black"), quarters(), Image.new("RGB", (48, 32), "white")
    data = encoded(hidden, "PNG", save_all=True, append_images=frames, default_image=True)
    assert_quarters(open_picture(data))
    shown = encoded(frames[0], "PNG", save_all=True, append_images=[hidden])
    assert_quarters(open_picture(shown))


def test_a_damaged_animation_still_has_its_picture() -> None:
    data = encoded(quarters(), "PNG", save_all=True, append_images=[Image.new("RGB", (48, 32))])
    place = data.rindex(b"fcTL")
    assert_quarters(open_picture(data[: place + 4] + bytes(26) + data[place + 30 :]))


def test_a_palette_picture_without_a_palette_is_damaged() -> None:
    data = encoded(quarters().quantize(16), "PNG")
    start = data.index(b"PLTE") - 4
    with pytest.raises(RefusedError, match="damaged"):
        open_picture(data[:start] + data[data.index(b"IDAT") - 4 :])


def test_exif_as_old_programs_wrote_it_turns_the_picture() -> None:
    exif = Image.Exif()
    exif[274] = 6
    text = b"\nexif\n 99\n" + exif.tobytes().hex().encode()
    for note in (
        chunk(b"tEXt", b"Raw profile type exif\0" + text),
        chunk(NOTE, b"Raw profile type exif\0\0" + zlib.compress(text)),
    ):
        assert open_picture(with_chunks(encoded(quarters(), "PNG"), note)).size == (32, 48)


GAMMA, HALF = chunk(b"gAMA", struct.pack(">I", 100_000)), chunk(b"gAMA", struct.pack(">I", 45_455))
WIDE = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))


def grey_of(*chunks: bytes) -> int:
    return open_picture(with_chunks(encoded(Image.new("RGB", (32, 32), GREY), "PNG"), *chunks)).getpixel((9, 9))[0]


def test_gamma_is_applied() -> None:
    assert grey_of(GAMMA) == pytest.approx(182, abs=1)  # 120 / 255 of the light, as sRGB writes it
    assert grey_of(HALF) == 120


def test_what_says_more_about_colours_comes_before_gamma() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert grey_of(GAMMA, chunk(b"sRGB", b"\0")) == 120
    assert grey_of(GAMMA, chunk(ICC, b"sRGB\0\0" + zlib.compress(srgb))) == pytest.approx(120, abs=1)
    assert grey_of(GAMMA, chunk(b"cICP", bytes([1, 13, 0, 1]))) == 120


def test_a_number_with_a_wrong_checksum_does_not_count() -> None:
    assert grey_of(GAMMA[:-4] + b"????") == 120


def test_chromaticities_are_applied_and_pointless_ones_ignored() -> None:
    red = encoded(Image.new("RGB", (32, 32), (195, 42, 43)), "PNG")
    assert open_picture(with_chunks(red, WIDE)).getpixel((9, 9)) == pytest.approx((213, 4, 31), abs=2)  # Display P3
    pointless = chunk(b"cHRM", struct.pack(">8I", *[10_000] * 8))
    assert open_picture(with_chunks(red, pointless)).getpixel((9, 9)) == (195, 42, 43)


def test_a_picture_opened_by_pillow_has_the_same_colours(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(with_chunks(encoded(quarters(), "PNG"), GAMMA))
    (tmp_path / "b.png").write_bytes(with_chunks(encoded(quarters(), "PNG"), chunk(b"cICP", bytes([12, 13, 0, 1]))))
    for name in ("a.png", "b.png"):
        with Image.open(tmp_path / name) as lazy:
            assert to_srgb(lazy).tobytes() == open_picture(tmp_path / name).tobytes()
            assert lazy.format == "PNG"
            lazy.load()


def test_the_decoder_is_given_what_it_needs_alone() -> None:
    data = with_chunks(encoded(quarters(), "PNG"), chunk(b"tEXt", b"a\0b"), chunk(b"prVt", b"Secret"), GAMMA)
    contents = read_png(data + b"Secret")
    assert contents.data == encoded(quarters(), "PNG")
    assert contents.info == {"gamma": 1.0}
