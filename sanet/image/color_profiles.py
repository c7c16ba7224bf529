"""Whatever a picture says about its colours -> sRGB: ICC profile, code points, gamma, CIE Lab. Knows no file."""

import io

from PIL import Image, ImageCms

from sanet.image.code_points import apply_code_points, apply_gamma

TO_GREY, TO_COLOR = {"1", "LA"}, {"P", "PA", "RGBA", "RGBX", "HSV", "YCbCr"}


def to_srgb_colors(picture: Image.Image) -> Image.Image:
    """Mode "RGB" in sRGB, without transparency and metadata."""
    info = picture.info
    if profile := info.get("icc_profile"):
        rgb = _apply_profile(picture, profile)
    else:
        rgb = _to_rgb(picture)
        if codes := info.get("cicp") or _code_points(info):
            rgb = apply_code_points(rgb, *codes)
        elif "srgb" not in info:
            rgb = apply_gamma(rgb, info.get("gamma"), info.get("chromaticity"))
    rgb.info = {}  # `convert` carries it along
    return rgb


def _code_points(info: dict) -> tuple[int, int] | None:
    """As pillow_heif calls them."""
    named = info.get("nclx_profile") or {}
    return (named["color_primaries"], named["transfer_characteristics"]) if named else None


def _apply_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """Through the profile; if it is broken or of another colour space, the plain values are the best guess."""
    given = picture
    if picture.mode in TO_GREY | TO_COLOR:
        given = picture.convert("L" if picture.mode in TO_GREY else "RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(given, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        converted = None
    return _to_rgb(picture) if converted is None else converted


def _to_rgb(picture: Image.Image) -> Image.Image:
    """Always another picture. Of Lab, Pillow has only the transform of its profiles."""
    if picture.mode != "LAB":
        return picture.convert("RGB")
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")
    assert converted is not None
    return converted
