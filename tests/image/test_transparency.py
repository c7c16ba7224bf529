"""What can be seen through, in every way that files say so."""

import struct

import numpy as np
import pytest
from PIL import Image

from sanet.image.decode import open_picture
from sanet.image.transparency import on_white
from tests.support.pictures import BLUE, GREEN, GREY, RED, corners, encoded, quarters
from tests.support.png_files import chunk, png


def test_palette_with_a_transparent_colour():
    palette = quarters().quantize(16)
    data = encoded(palette, "PNG", transparency=palette.getpixel((0, 0)))
    picture = open_picture(data)
    assert picture.mode == "RGBA"
    assert [color[3] for color in corners(picture)] == [0, 255, 255, 255]
    assert corners(on_white(picture)) == [(255, 255, 255), GREEN, BLUE, GREY]


@pytest.mark.parametrize("depth", [8, 16])
def test_true_colour_with_a_transparent_colour(depth):
    scale, kind = (257, ">u2") if depth == 16 else (1, "u1")
    rows = [row.tobytes() for row in (np.asarray(quarters()).astype(int) * scale).astype(kind)]
    transparent = chunk(b"tRNS", struct.pack(">3H", *(scale * value for value in RED)))
    picture = open_picture(png(48, 32, depth, 2, rows, transparent))
    assert corners(on_white(picture)) == [(255, 255, 255), GREEN, BLUE, GREY]


def test_a_gif_with_a_transparent_colour():
    palette = quarters().quantize(16)
    picture = open_picture(encoded(palette, "GIF", transparency=palette.getpixel((0, 0))))
    assert corners(on_white(picture)) == [(255, 255, 255), GREEN, BLUE, GREY]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_greyscale_with_alpha(kind):
    picture = open_picture(encoded(Image.new("LA", (20, 20), (90, 128)), kind, lossless=True))
    assert picture.getcolors() == [(400, (90, 90, 90, 128))]


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_hidden_colours_under_full_transparency_do_not_show(kind):
    rgba = quarters("RGBA")
    rgba.paste((255, 0, 255, 0), (0, 0, 24, 16))
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    picture = open_picture(encoded(rgba, kind, **options))
    assert picture.mode == "RGBA"
    assert corners(on_white(picture)) == [(255, 255, 255), GREEN, BLUE, GREY]


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_alpha_of_the_modern_formats(kind):
    rgba = quarters("RGBA")
    rgba.paste((255, 0, 255, 0), (0, 0, 24, 16))
    picture = open_picture(encoded(rgba, kind, quality=95))
    assert picture.mode == "RGBA"
    assert [color[3] for color in corners(picture)] == pytest.approx([0, 255, 255, 255], abs=2)


def test_half_transparency_is_composited_on_white():
    picture = open_picture(encoded(Image.new("RGBA", (20, 20), (100, 0, 200, 51)), "PNG"))
    assert on_white(picture).getcolors() == [(400, (224, 204, 244))]  # 0.2 of the colour, 0.8 of white


def test_alpha_that_hides_nothing_is_dropped():
    assert open_picture(encoded(quarters("RGBA"), "PNG")).mode == "RGB"


def test_transparent_colour_of_16_bit_pictures():
    grey = png(20, 20, 16, 0, [struct.pack(">H", 40000) * 20] * 20, chunk(b"tRNS", struct.pack(">H", 40000)))
    assert open_picture(grey).mode == "RGBA"
