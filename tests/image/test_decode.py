"""Pictures in and out: every format, every refusal, and the way back."""

import io
import itertools
import struct

import numpy as np
import pillow_heif
import pytest
import torch
from PIL import Image, ImageCms

from sanet.image.decode import (
    crop,
    fit,
    on_white,
    open_picture,
    pad,
    padding,
    save_picture,
    to_picture,
    to_srgb,
    to_tensor,
)
from tests.support.png_files import chunk, png

RED, GREEN, BLUE, GREY = (200, 30, 40), (20, 180, 60), (30, 50, 210), (120, 120, 120)
ORIENTATION = 274


def quarters(mode="RGB"):
    """Four flat quarters, 48 x 32: red, green / blue, grey."""
    array = np.zeros((32, 48, 3), np.uint8)
    array[:16, :24], array[:16, 24:], array[16:, :24], array[16:, 24:] = RED, GREEN, BLUE, GREY
    return Image.fromarray(array).convert(mode)


def encoded(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def corners(picture):
    """The colour inside each quarter."""
    w, h = picture.size
    return [picture.getpixel((x, y)) for y in (h // 4, 3 * h // 4) for x in (w // 4, 3 * w // 4)]


def assert_quarters(picture, tolerance=0):
    assert picture.size == (48, 32)
    for found, expected in zip(corners(picture), (RED, GREEN, BLUE, GREY), strict=True):
        assert found[:3] == pytest.approx(expected, abs=tolerance)


def swapped_profile():
    """The profile of sRGB with the red and the blue primary exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"####", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"####", b"bXYZ", 1)


def printers_profile(lab):
    """A CMYK profile: `lab(c, m, y, k)` is L*, a*, b* of inks printed solid (1) or not at all (0)."""
    ramp, grid = bytes(range(256)), itertools.product((0, 1), repeat=4)
    table = b"".join(bytes([round(2.55 * lightness), 128 + a, 128 + b]) for lightness, a, b in (lab(*i) for i in grid))
    identity = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + 4 * ramp + table + 3 * ramp
    places = {8: b"\2\x10\0\0prtrCMYKLab ", 36: b"acsp", 68: struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)}
    header = bytearray(128)
    for place, value in places.items():
        header[place : place + len(value)] = value
    whole = bytes(header) + struct.pack(">I4sII", 1, b"A2B0", 144, len(lut)) + lut
    return struct.pack(">I", len(whole)) + whole[4:]


# In: formats


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


@pytest.mark.parametrize("mode", ["L", "1"])
def test_greyscale(mode):
    grey = Image.new("L", (20, 20), 255 if mode == "1" else 90).convert(mode)
    assert open_picture(encoded(grey, "PNG")).getcolors() == [(400, (255,) * 3 if mode == "1" else (90,) * 3)]


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


@pytest.mark.parametrize("bits", [10, 12])
def test_heic_of_more_than_8_bits(bits, monkeypatch):
    monkeypatch.setattr("pillow_heif.options.SAVE_HDR_TO_12_BIT", bits == 12)
    values = np.asarray(quarters()).astype("<u2") * 257
    buffer = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (48, 32), values.tobytes()).save(buffer, quality=-1, chroma=444)
    assert pillow_heif.open_heif(buffer, convert_hdr_to_8bit=False).info["bit_depth"] == bits
    assert_quarters(open_picture(buffer.getvalue()), tolerance=2)


@pytest.mark.parametrize(
    ("cmyk", "rgb"),
    [((0, 0, 0, 0), (255, 255, 255)), ((255, 0, 0, 0), (0, 255, 255)), ((0, 255, 255, 51), (204, 0, 0))],
)
def test_cmyk_jpeg(cmyk, rgb):
    picture = open_picture(encoded(Image.new("CMYK", (32, 32), cmyk), "JPEG", quality=100))
    assert picture.mode == "RGB"
    assert picture.getpixel((16, 16)) == pytest.approx(rgb, abs=3)


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


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_icc_profiles_are_converted_to_srgb(kind):
    options = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {"quality": 100}
    data = encoded(Image.new("RGB", (32, 32), (255, 0, 0)), kind, icc_profile=swapped_profile(), **options)
    assert open_picture(data).getpixel((16, 16)) == pytest.approx((0, 0, 255), abs=4)


def test_icc_profile_of_a_palette_and_of_transparency():
    palette = encoded(Image.new("RGB", (20, 20), (255, 0, 0)).quantize(4), "PNG", icc_profile=swapped_profile())
    assert open_picture(palette).getpixel((9, 9)) == pytest.approx((0, 0, 255), abs=2)
    seen_through = encoded(Image.new("RGBA", (20, 20), (255, 0, 0, 99)), "PNG", icc_profile=swapped_profile())
    assert open_picture(seen_through).getpixel((9, 9)) == pytest.approx((0, 0, 255, 99), abs=2)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_the_profile_of_a_printer(kind):
    profile = printers_profile(lambda c, m, y, k: (0, 0, 0) if k else (100 - 50 * m, 60 * m, 0))
    magenta = encoded(Image.new("CMYK", (32, 32), (0, 255, 0, 0)), kind, quality=100, icc_profile=profile)
    in_srgb = (206, 63, 122)  # L* 50, a* 60, b* 0 by the formulas of CIE Lab under D50
    assert open_picture(magenta).getpixel((16, 16)) == pytest.approx(in_srgb, abs=4)
    black = encoded(Image.new("CMYK", (32, 32), (0, 0, 0, 255)), kind, quality=100, icc_profile=profile)
    assert open_picture(black).getpixel((16, 16)) == pytest.approx((0, 0, 0), abs=4)


def test_an_srgb_profile_changes_nothing():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert_quarters(open_picture(encoded(quarters(), "PNG", icc_profile=profile)), tolerance=1)


def test_a_broken_profile_is_ignored():
    assert_quarters(open_picture(encoded(quarters(), "PNG", icc_profile=b"not a profile" * 20)))


@pytest.mark.parametrize("mode", ["L", "LA", "CMYK"])
def test_a_profile_of_another_colour_space_is_ignored(mode):
    picture = quarters(mode)
    plain, profiled = (
        open_picture(encoded(picture, "TIFF", **options)) for options in ({}, {"icc_profile": swapped_profile()})
    )
    assert profiled.tobytes() == plain.tobytes()


# In: refusals


def refusal(source):
    with pytest.raises(ValueError, match=r"^[A-Z/][^\n]*\.\Z") as caught:
        open_picture(source)
    return str(caught.value)


@pytest.mark.parametrize(
    ("width", "height", "megapixels"), [(10000, 10000, "100"), (8000, 5001, "40"), (1, 41000000, "41")]
)
@pytest.mark.filterwarnings("ignore:Image size")
def test_over_40_megapixels_is_refused_before_decoding(width, height, megapixels):
    assert f"has {megapixels} megapixels; up to 40" in refusal(png(width, height, 8, 2, None))


def test_exactly_40_megapixels_are_not_too_many():
    assert "damaged" in refusal(png(8000, 5000, 8, 2, [b""]))


@pytest.mark.parametrize("size", [(50000, 50000), (2**31 - 1, 2**31 - 1)])
def test_decompression_bombs_are_refused(size):
    assert "more than 100 megapixels; up to 40" in refusal(png(*size, 1, 0, None))


def test_over_20_megabytes_is_refused(tmp_path):
    assert "20.0 MB; pictures up to 20 MB" in refusal(bytes(20_000_001))
    with (tmp_path / "large").open("wb") as file:
        file.truncate(31_400_000)
    assert "31.4 MB; pictures up to 20 MB" in refusal(tmp_path / "large")


def test_exactly_20_megabytes_are_not_too_many():
    data = encoded(quarters(), "PNG")
    assert_quarters(open_picture(data + bytes(20_000_000 - len(data))))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_truncated_pictures_are_refused(kind, part, noise):
    data = encoded(noise(48, 40), kind)
    sentence = refusal(data[: int(len(data) * part)])
    assert "damaged or cut off" in sentence or "not a picture" in sentence


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_a_picture_cut_in_half_is_called_damaged(kind, noise):
    data = encoded(noise(48, 40), kind)
    assert "damaged or cut off" in refusal(data[: len(data) // 2])


def test_empty_files_are_refused(tmp_path):
    (tmp_path / "empty.png").touch()
    assert "empty" in refusal(b"")
    assert "empty" in refusal(tmp_path / "empty.png")


@pytest.mark.parametrize(
    "drawing",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0"?>\n<!-- a comment -->\n<SVG width="9"></SVG>',
    ],
)
def test_svg_is_refused_by_name(drawing):
    assert "SVG" in refusal(drawing)


@pytest.mark.parametrize(
    "data",
    [
        b"hello, this is text",
        bytes(1000),
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7\n1 0 obj\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n",
    ],
)
def test_what_is_no_picture_is_refused(data):
    sentence = refusal(data)
    assert "not a picture" in sentence or "damaged" in sentence


def test_a_folder_is_refused_by_name(tmp_path):
    assert f"{tmp_path} is a folder" in refusal(tmp_path)


def test_a_missing_file_is_an_os_error_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.png"):
        open_picture(tmp_path / "missing.png")


@pytest.mark.parametrize("thing", [None, "picture.png", np.zeros((20, 20, 3), np.uint8), b""])
def test_to_srgb_refuses_what_is_no_pil_picture(thing):
    with pytest.raises(ValueError, match=f"got {type(thing).__name__}"):
        to_srgb(thing)


def test_to_srgb_refuses_pictures_without_pixels():
    with pytest.raises(ValueError, match="0 x 7"):
        to_srgb(Image.new("RGB", (0, 7)))


def test_to_srgb_refuses_floating_point():
    with pytest.raises(ValueError, match="Floating-point"):
        to_srgb(Image.new("F", (20, 20)))


def test_to_srgb_leaves_the_given_picture_alone():
    given = quarters("RGBA")
    given.putalpha(77)
    before = given.tobytes()
    to_srgb(given).paste((0, 0, 0), (0, 0, 48, 32))
    assert given.tobytes() == before


# Sizes


@pytest.mark.parametrize(
    ("size", "max_side", "expected"),
    [
        ((1000, 500), 512, (512, 256)),
        ((500, 1000), 512, (256, 512)),
        ((333, 1000), 100, (33, 100)),
        ((512, 512), 512, (512, 512)),
        ((100, 60), 512, (100, 60)),
        ((16, 16), 16, (16, 16)),
        ((640, 320), 32, (32, 16)),
    ],
)
def test_fit_scales_down_but_never_up(size, max_side, expected):
    assert fit(Image.new("RGB", size), max_side).size == expected


@pytest.mark.parametrize(
    ("size", "max_side", "named"),
    [
        ((15, 100), 512, "15 x 100"),
        ((100, 15), 512, "100 x 15"),
        ((2000, 100), 200, "200 x 10"),
        ((50, 50), 15, "got 15"),
    ],
)
def test_fit_refuses_what_is_or_would_become_too_small(size, max_side, named):
    with pytest.raises(ValueError, match=named):
        fit(Image.new("RGB", size), max_side)


def test_fit_does_not_let_hidden_colours_bleed():
    picture = Image.new("RGBA", (64, 64), (0, 200, 0, 255))
    picture.paste((255, 0, 255, 0), (0, 0, 31, 64))
    small = np.asarray(fit(picture, 32))
    assert (small[:, :15, 3] == 0).any()
    assert not small[..., [0, 2]].any()


@pytest.mark.parametrize("width", range(16, 51))
def test_padding_is_even_reaches_multiples_of_16_and_is_undone(width):
    height = 66 - width
    image = torch.rand(1, 2, height, width)
    left, right, top, bottom = padding(width, height)
    padded = pad(image)
    for before, after, side, full in ((left, right, width, padded.shape[3]), (top, bottom, height, padded.shape[2])):
        assert 0 <= after - before <= 1
        assert full == before + side + after == max(32, 16 * -(-side // 16))
    mirrored = np.pad(image.numpy(), ((0, 0), (0, 0), (top, bottom), (left, right)), mode="reflect")
    assert np.array_equal(padded.numpy(), mirrored)
    assert torch.equal(crop(padded, width, height), image)


def test_tensors_and_back(noise):
    picture = noise(19, 17)
    tensor = to_tensor(picture)
    assert tensor.shape == (1, 3, 17, 19)
    assert tensor[0, :, 3, 5].tolist() == pytest.approx([v / 255 for v in picture.getpixel((5, 3))])
    assert to_picture(tensor).tobytes() == picture.tobytes()
    assert to_tensor(picture.convert("L")).shape == (1, 1, 17, 19)


def test_to_picture_clamps_and_rounds():
    values = torch.tensor([-0.5, 0.0, 0.4999 / 255, 0.5001 / 255, 1.0, 3.0]).expand(1, 3, 1, 6)
    assert [p[0] for p in np.asarray(to_picture(values))[0].tolist()] == [0, 0, 0, 1, 255, 255]


# Out


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "PNG"), ("a.PNG", "PNG"), ("a.jpg", "JPEG"), ("a.jpeg", "JPEG"), ("a.webp", "WEBP")]
)
def test_results_are_written_by_suffix(name, kind, tmp_path):
    save_picture(quarters(), tmp_path / name)
    with Image.open(tmp_path / name) as written:
        assert written.format == kind
        assert_quarters(written.convert("RGB"), 0 if kind == "PNG" else 8)


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


def test_an_opened_picture_holds_no_metadata():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 30.0)
    picture = open_picture(encoded(quarters(), "JPEG", exif=exif, comment=b"x", icc_profile=swapped_profile()))
    assert not picture.info


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_truncated_heic_is_refused_in_one_sentence(part):
    data = encoded(quarters(), "HEIF")
    sentence = refusal(data[: int(len(data) * part)])
    assert "damaged or cut off" in sentence or "not a picture" in sentence


@pytest.mark.parametrize("payload", [b"Exif\0\0.M\0*\0\0\0\x08", b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x05"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_does_not_keep_a_picture_out(payload, kind):
    assert open_picture(encoded(quarters(), kind, exif=payload)).size == (48, 32)


def test_exif_that_cannot_be_written_back_does_not_keep_a_picture_out():
    # orientation 6 and XResolution stored as a string type
    entries = struct.pack(">HHII", 274, 3, 1, 6 << 16) + struct.pack(">HHI4s", 283, 1, 2, b"\1\2\0\0")
    payload = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", 2) + entries + bytes(4)
    assert open_picture(encoded(quarters(), "JPEG", exif=payload)).size == (32, 48)


def test_transparent_colour_of_16_bit_pictures():
    grey = png(20, 20, 16, 0, [struct.pack(">H", 40000) * 20] * 20, chunk(b"tRNS", struct.pack(">H", 40000)))
    assert open_picture(grey).mode == "RGBA"
