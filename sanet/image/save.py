"""Pictures as files: PNG, JPEG or WebP without metadata, but for a note that may be inside."""

import io
import zlib
from pathlib import Path

from PIL import ExifTags, Image

from sanet.image.decode import read_info
from sanet.image.metadata import read_exif, strip
from sanet.image.transparency import on_white

# Paintings repeat no pixels: zlib searching for runs alone takes 0.6 times as long, for files smaller by 3 to 9 %.
PNG = {"compress_level": 1, "compress_type": zlib.Z_RLE}
SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def save_picture(picture: Image.Image, path: str | Path, quality: int = 92, note: str = "", dpi: int = 0) -> None:
    """Write PNG, JPEG or WebP by the suffix of `path`; `quality` 1 to 100 for the lossy two.

    No metadata but `note`, ASCII, as the EXIF description, and dots per inch unless `dpi` is 0. JPEG has no
    transparency: it is composited on white.
    Raises ValueError for other suffixes, OSError as `open`.
    """
    path = Path(path)
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"Results can be saved as {', '.join(SUFFIXES)}, not as {path.name!r}.")
    bare, exif = strip(picture), _describe(note, dpi if kind == "WEBP" else 0)  # WebP has no other place for it
    density = {"dpi": (dpi, dpi)} if dpi else {}
    file = io.BytesIO()  # not the file itself: on a full disk, Pillow leaves a part of a JPEG without a word
    if kind == "JPEG":
        on_white(bare).save(file, kind, quality=quality, subsampling=0 if quality >= 90 else 2, exif=exif, **density)
    else:
        bare.save(file, kind, quality=quality, exif=exif, **PNG, **density)
    path.write_bytes(file.getbuffer())


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
    try:
        note = read_exif(read_info(path).get("exif") or b"", ExifTags.Base.ImageDescription)
    except ValueError:
        return ""
    return note if isinstance(note, str) else ""
