"""Samples of more than 8 bits."""

import io
import struct

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from sanet.image.decode import open_picture, to_srgb
from tests.support.pictures import assert_quarters, encoded, quarters
from tests.support.png_files import png
from tests.support.tiff_files import grey_tiff


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (65535, 255), (0x8080, 128), (257 * 40, 40)])
def test_16_bit_greyscale_keeps_its_brightness(value, expected):
    picture = open_picture(png(20, 20, 16, 0, [struct.pack(">H", value) * 20] * 20))
    assert picture.getcolors() == [(400, (expected,) * 3)]


def test_16_bit_greyscale_written_by_pillow():
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(20, axis=0)
    picture = open_picture(encoded(Image.fromarray(ramp), "PNG"))
    assert [picture.getpixel((x, 5))[0] for x in range(256)] == pytest.approx(range(256), abs=1)


@pytest.mark.parametrize(
    ("color", "pixel", "expected"),
    [
        (2, (51400, 7710, 10280), (200, 30, 40)),
        (4, (23130, 32896), (90, 90, 90, 128)),
        (6, (51400, 7710, 10280, 32896), (200, 30, 40, 128)),
    ],
)
def test_16_bit_colour_and_alpha(color, pixel, expected):
    row = struct.pack(f">{len(pixel)}H", *pixel) * 20
    assert open_picture(png(20, 20, 16, color, [row] * 20)).getcolors() == [(400, expected)]


@pytest.mark.parametrize("bits", [10, 12])
def test_heic_of_more_than_8_bits(bits, monkeypatch):
    monkeypatch.setattr("pillow_heif.options.SAVE_HDR_TO_12_BIT", bits == 12)
    values = np.asarray(quarters()).astype("<u2") * 257
    buffer = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (48, 32), values.tobytes()).save(buffer, quality=-1, chroma=444)
    assert pillow_heif.open_heif(buffer, convert_hdr_to_8bit=False).info["bit_depth"] == bits
    assert_quarters(open_picture(buffer.getvalue()), tolerance=2)


def test_to_srgb_refuses_floating_point():
    with pytest.raises(ValueError, match="Floating-point"):
        to_srgb(Image.new("F", (20, 20)))


SIGNED = (339, 3, 1, 2)
WHITE_IS_ZERO = 0


def shade(bits, values, photometric=1, *more, order="<"):
    """What is made of a TIFF of 16 x 2 pixels whose halves have two values."""
    data = np.repeat(np.array(values), 16).reshape(2, 16)
    if bits == 12:
        low, high = data[:, ::2], data[:, 1::2]
        packed = np.stack([low >> 4, (low & 15) << 4 | high >> 8, high & 255], axis=-1).astype(np.uint8).tobytes()
    else:
        packed = data.astype(f"{order}{'i' if more else 'u'}{bits // 8}").tobytes()
    picture = open_picture(grey_tiff(16, 2, bits, packed, photometric, *more, order=order))
    return [picture.getpixel((8, y))[0] for y in (0, 1)]


@pytest.mark.parametrize(
    ("bits", "values", "expected"),
    [
        (8, (0, 200), [0, 200]),
        (12, (0, 4095), [0, 255]),
        (12, (1024, 3200), [64, 200]),
        (16, (257 * 4, 257 * 250), [4, 250]),
        (32, (0, 2**32 - 1), [0, 255]),
        (32, (200 << 24, 40 << 24), [200, 40]),
    ],
)
def test_grey_of_every_depth_keeps_its_brightness(bits, values, expected):
    assert shade(bits, values) == expected
    if bits != 12:
        assert shade(bits, values, 1, order=">") == expected if bits < 32 else True


@pytest.mark.parametrize("bits", [8, 16])
def test_white_may_be_zero(bits):
    scale = 257 if bits == 16 else 1
    assert shade(bits, (4 * scale, 250 * scale), WHITE_IS_ZERO) == [251, 5]


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate"])
@pytest.mark.parametrize("mode", ["1", "L"])
def test_white_may_be_zero_in_compressed_files(mode, compression):
    grey = Image.linear_gradient("L").convert(mode)
    data = encoded(grey, "TIFF", compression=compression)
    inverted = encoded(grey, "TIFF", compression=compression, tiffinfo={262: WHITE_IS_ZERO})
    assert encoded(open_picture(data), "PNG") == encoded(open_picture(inverted), "PNG")


@pytest.mark.parametrize(("bits", "values"), [(16, (-5, 32767)), (32, (-5, 2**31 - 1))])
def test_below_zero_there_is_no_light(bits, values):
    assert shade(bits, values, 1, SIGNED) == [0, 255]
    assert shade(bits, (2 ** (bits - 2), 0), 1, SIGNED) == [128, 0]


def test_integers_of_a_program_are_taken_as_16_bits():
    picture = Image.fromarray(np.array([[0, 257 * 99], [65535, 10**9]], np.int32))
    assert [p[0] for p in np.asarray(to_srgb(picture)).reshape(4, 3).tolist()] == [0, 99, 255, 255]
