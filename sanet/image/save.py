"""Pictures as files: PNG, JPEG or WebP without metadata, but for a note that may be inside."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from sanet.image.decode import read_info, read_saved_info
from sanet.image.metadata import read_exif, strip
from sanet.image.transparency import on_white

# Paintings repeat no pixels: zlib searching for runs alone takes 0.6 times as long, for files smaller by 3 to 9 %.
PNG = {"compress_level": 1, "compress_type": zlib.Z_RLE}
SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def save_picture(picture: Image.Image, path: str | Path, quality: int = 92, note: str = "", dpi: int = 0) -> None:
    """Write `encode_picture` in the format that the suffix of `path` says; errors as there, and OSError as `open`."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"Results can be saved as {', '.join(SUFFIXES)}, not as {path.name!r}.")
    path.write_bytes(encode_picture(picture, path.suffix, quality, note, dpi))


def encode_picture(picture: Image.Image, suffix: str, quality: int = 92, note: str = "", dpi: int = 0) -> bytes:
    """The bytes of a PNG, JPEG or WebP file, by one of `SUFFIXES`; `quality` 1 to 100 for the lossy two.

    No metadata but `note`, ASCII, as the EXIF description, and dots per inch unless `dpi` is 0. JPEG has no
    transparency: it is composited on white. Raises OSError for sides that the format cannot have.
    """
    kind = SUFFIXES[suffix.lower()]
    bare, exif = strip(picture), _describe(note, dpi if kind == "WEBP" else 0)  # WebP has no other place for it
    density = {"dpi": (dpi, dpi)} if dpi else {}
    file = io.BytesIO()  # not the file itself: on a full disk, Pillow leaves a part of a JPEG without a word
    if kind == "JPEG":
        on_white(bare).save(file, kind, quality=quality, subsampling=0 if quality >= 90 else 2, exif=exif, **density)
    else:
        bare.save(file, kind, quality=quality, exif=exif, **PNG, **density)
    return file.getvalue()


def _describe(note: str, dpi: int) -> bytes:
    """EXIF, empty if there is nothing to say."""
    exif = Image.Exif()
    if note:
        exif[ExifTags.Base.ImageDescription] = note
    if dpi:
        exif[ExifTags.Base.XResolution] = exif[ExifTags.Base.YResolution] = dpi
        exif[ExifTags.Base.ResolutionUnit] = 2  # inches
    return exif.tobytes() if len(exif) else b""


def read_note(path: str | Path) -> str:
    """The EXIF description of a picture file, "" for files without one and for files that cannot be read.

    Raises FileNotFoundError if there is no file.
    """
    return _note(lambda: read_info(path))


def read_saved_note(data: bytes) -> str:
    """As `read_note`, for what `encode_picture` made: of any number of bytes."""
    return _note(lambda: read_saved_info(data))


def _note(read: Callable[[], dict[Any, Any]]) -> str:
    try:
        note = read_exif(read().get("exif") or b"", ExifTags.Base.ImageDescription)
    except ValueError:
        return ""
    return note if isinstance(note, str) else ""
