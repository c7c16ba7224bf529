"""What a picture says about itself besides its pixels: how it is turned, what is noted. Knows no file."""

import re
import struct

from PIL import ExifTags, Image

from sanet.image.containers.tiff import TIFF_STARTS, byte_order, first_directory, read_directory

# How EXIF orientations 2 to 8 are brought upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
FIRST_ON_ITS_SIDE = 5  # of the orientations
XMP_ORIENTATION = re.compile(r'tiff:Orientation(?:="|>)([0-9])')


def turn_upright(picture: Image.Image) -> Image.Image:
    """Turned as EXIF says. Not `ImageOps.exif_transpose`: it writes EXIF back, which fails for odd entries."""
    turn = TURNS.get(read_orientation(picture))
    return picture if turn is None else picture.transpose(turn)


def read_orientation(picture: Image.Image) -> int:
    """As EXIF or else XMP says; 1, upright, if both are silent or damaged, and for what the decoder itself turns."""
    if picture.format == "TIFF":
        return 1
    orientation = read_exif(picture.info.get("exif") or b"", ExifTags.Base.Orientation)
    if orientation is None and picture.format not in {"AVIF", "HEIF"}:
        xmp = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or ""
        found = XMP_ORIENTATION.search(xmp.decode("latin-1") if isinstance(xmp, bytes) else str(xmp))
        orientation = int(found[1]) if found else None
    return orientation if isinstance(orientation, int) and orientation in TURNS else 1


def read_exif(exif: bytes, tag: int) -> int | str | None:
    """What the first directory of EXIF has under `tag`: a number or a text; None without.

    Pillow reads all entries, which may overlap: 20 MB of EXIF can be made to fill any memory.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    if not exif.startswith(TIFF_STARTS):
        return None
    try:
        entries, _ = read_directory(exif, first_directory(exif))
    except (ValueError, struct.error):
        return None
    entry = next((entry for entry in entries if entry.tag == tag), None)
    if entry is None:
        return None
    return entry.data.rstrip(b"\0").decode("latin-1") if entry.kind == 2 else entry.number(byte_order(exif))


def strip(picture: Image.Image) -> Image.Image:
    """A copy without anything in .info, which `Image.copy` and `Image.merge` would carry along."""
    bare = picture.copy()
    bare.info = {}
    return bare
