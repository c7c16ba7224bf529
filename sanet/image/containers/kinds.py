"""What a file is: its first bytes decide, not its name."""

from collections.abc import Callable

from sanet.errors import RefusedError
from sanet.image.containers.bmp import read_bmp
from sanet.image.containers.contents import RAW, Contents
from sanet.image.containers.gif import read_gif
from sanet.image.containers.heif import read_heif
from sanet.image.containers.jpeg import read_jpeg
from sanet.image.containers.png import read_png
from sanet.image.containers.tiff import TIFF_STARTS, read_tiff

NO_PICTURE = "The file is not a picture that can be read; use JPEG, PNG, WebP, AVIF, HEIC or GIF."
SVG = "SVG drawings are not supported; export the drawing as PNG and use that."
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1")
# Of cameras whose raw files are no TIFF.
RAW_STARTS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
SHOWN_BY_BROWSERS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
READERS: dict[str, Callable[[bytes], Contents]] = {
    "JPEG": read_jpeg,
    "PNG": read_png,
    "GIF": read_gif,
    "BMP": read_bmp,
    "TIFF": read_tiff,
    "AVIF": read_heif,
    "HEIF": read_heif,
}


def identify(data: bytes) -> str:
    """The format by Pillow's name, from the first 16 bytes or more; "" for what is no picture."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"BM"):
        return "BMP"
    if data.startswith(TIFF_STARTS):
        return "TIFF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return "AVIF" if data[8:12] in (b"avif", b"avis") else "HEIF" if data[8:12] in HEIF_BRANDS else ""
    return ""


def read_contents(data: bytes) -> tuple[str, Contents]:
    """The format of a file and what is in it.

    Raises ValueError for what is no picture, or one whose decoding would take too long.
    """
    kind = identify(data)
    if not kind:
        if data.startswith(RAW_STARTS) or data[4:12] == b"ftypcrx ":
            raise RefusedError(RAW)
        raise RefusedError(SVG if b"<svg" in data[:4096].lower() else NO_PICTURE)
    return kind, READERS[kind](data) if kind in READERS else Contents(data, {})
