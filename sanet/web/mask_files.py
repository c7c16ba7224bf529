"""Masks as files: archives to download, and to upload again."""

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from PIL import Image

from sanet.errors import RefusedError
from sanet.image.decode import MAX_BYTES, open_picture, size_of
from sanet.image.folders import is_left_by_system
from sanet.image.masks import read_mask
from sanet.web.files import new_folder, safe_name
from sanet.web.sharing.recipe import MAX_STYLES

MASK_SIDE = 2048  # pixels
END_OF_ARCHIVE = 66_000  # bytes within which an archive says where its directory is
MAX_DIRECTORY = 100_000  # bytes
BAD_ARCHIVE = "The archive of masks cannot be read; download it again, or upload one picture per style."


def open_mask(path: str) -> Image.Image:
    """Mode "L", no larger than is of use: many may be open at once."""
    mask = read_mask(open_picture(path))
    mask.thumbnail((MASK_SIDE, MASK_SIDE), Image.Resampling.BOX)
    return mask


def pack(masks: Sequence[Image.Image], names: Sequence[str]) -> bytes:
    """An archive with one PNG per mask; in the order of their names they are in the order of the styles."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for i, (mask, name) in enumerate(zip(masks, names, strict=True), 1):
            with archive.open(f"{i}-{safe_name(name) or 'style'}.png", "w") as file:
                mask.save(file, "PNG")
    return buffer.getvalue()


def unpacked(paths: Sequence[str]) -> list[str]:
    """The uploads, archives replaced by the pictures in them, without what file managers leave beside pictures.

    Raises ValueError for a bad archive.
    """
    paths = [path for path in paths if not is_left_by_system(Path(Path(path).name))]
    archives = [path for path in paths if _is_archive(path)]
    if len(archives) > 1:  # each may unpack to MAX_BYTES
        raise RefusedError("Upload one archive of masks, not {count}.", count=len(archives))
    return [picture for path in paths for picture in (_pictures(path) if path in archives else [path])]


def received(paths: Sequence[str]) -> list[str]:
    """`unpacked`, each of which is a picture by its header. Raises ValueError if one is not."""
    pictures = unpacked(paths)
    for path in pictures:
        size_of(path)
    return pictures


def _is_archive(path: str) -> bool:
    """By its name or by its contents: phones and browsers hand over files without a suffix."""
    if path.lower().endswith(".zip"):
        return True
    with open(path, "rb") as file:
        return file.read(4) in (b"PK\3\4", b"PK\5\6")


def _pictures(path: str) -> list[str]:
    """The pictures of an archive as files of this page; their names in the archive are not used as paths."""
    folder, files = new_folder(), []
    with _reading_archive(), zipfile.ZipFile(_checked(path)) as archive:
        for i, entry in enumerate(_entries(archive), 1):
            file = folder / f"mask-{i}{Path(entry.filename).suffix.lower()[:5]}"
            with archive.open(entry) as packed:
                file.write_bytes(packed.read(entry.file_size))  # with a number, or it unpacks whatever there is
            files.append(str(file))
    return files


@contextmanager
def _reading_archive() -> Iterator[None]:
    """Whatever reading an archive raises, as one sentence: a damaged one raises errors of many classes."""
    try:
        yield
    except Exception as error:
        raise RefusedError(BAD_ARCHIVE) from error


def _checked(path: str) -> str:
    """The archive, unless its directory is long: hundreds of thousands of empty entries take seconds to list."""
    with open(path, "rb") as file:
        file.seek(max(0, Path(path).stat().st_size - END_OF_ARCHIVE))
        end = file.read()
    (size,) = struct.unpack_from("<I", end, end.rfind(b"PK\5\6") + 12)
    if size > MAX_DIRECTORY or b"PK\6\7" in end:  # the latter: a directory of the larger kind
        raise ValueError(f"a directory of {size} bytes")
    return path


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Those that are pictures, by name. Raises ValueError for none, too many or too large ones."""
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    entries = [entry for entry in files if not is_left_by_system(PurePosixPath(entry.filename.replace("\\", "/")))]
    known = all(entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries)
    if not known or not 0 < len(entries) <= MAX_STYLES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise ValueError(f"{len(entries)} pictures")
    return sorted(entries, key=lambda entry: entry.filename)
