"""ICC profiles."""

import pytest
from PIL import Image, ImageCms

from sanet.image.decode import open_picture
from tests.support.pictures import assert_quarters, encoded, printers_profile, quarters, swapped_profile


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


@pytest.mark.parametrize(
    ("cmyk", "rgb"),
    [((0, 0, 0, 0), (255, 255, 255)), ((255, 0, 0, 0), (0, 255, 255)), ((0, 255, 255, 51), (204, 0, 0))],
)
def test_cmyk_jpeg(cmyk, rgb):
    picture = open_picture(encoded(Image.new("CMYK", (32, 32), cmyk), "JPEG", quality=100))
    assert picture.mode == "RGB"
    assert picture.getpixel((16, 16)) == pytest.approx(rgb, abs=3)
