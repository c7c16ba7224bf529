"""Pictures in: any upload -> upright sRGB. The one border where decoders are called.

Everything a person hands in passes through here; refusals are `ValueError`s of one sentence, whatever a decoder raises.
"""

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageFile, UnidentifiedImageError

from sanet.errors import RefusedError
from sanet.image.bit_depth import to_eight_bits
from sanet.image.color_profiles import to_srgb_colors
from sanet.image.containers.contents import MAX_PIXELS, damaged
from sanet.image.containers.kinds import NO_PICTURE, SHOWN_BY_BROWSERS, identify, read_contents
from sanet.image.metadata import FIRST_ON_ITS_SIDE, read_orientation, turn_upright
from sanet.image.size import Size
from sanet.image.transparency import read_alpha, unmultiply

try:
    import pillow_heif
except ImportError:  # training does without
    HEIC: tuple[str, ...] = ()
else:
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    HEIC = ("HEIF",)

MAX_BYTES = 20_000_000
AT_ONCE = 2  # pictures decoded at a time in this process; each may need ten times the bytes of its pixels
EMPTY = "The file is empty; choose a picture."
BYTES = "The file has {megabytes} MB; pictures of up to {most} MB are accepted."
PIXELS = "The picture has {megapixels} megapixels; at most {most} are accepted, so scale it down first."
MANY_PIXELS = "The picture has more than 100 megapixels; at most {most} are accepted, so scale it down first."
_slots = threading.BoundedSemaphore(AT_ONCE)


def _new_slots() -> None:
    """A process that forks takes the slots of other threads along, and nobody who would give them back."""
    global _slots
    _slots = threading.BoundedSemaphore(AT_ONCE)


os.register_at_fork(after_in_child=_new_slots)


@contextmanager
def _decoding() -> Iterator[None]:
    """Waits for a slot; turns all that decoders raise into one sentence."""
    with _slots:
        try:
            yield
        except RefusedError:
            raise
        except Image.DecompressionBombError:
            raise RefusedError(MANY_PIXELS, most=f"{MAX_PIXELS / 1e6:.0f}") from None
        except UnidentifiedImageError:
            raise RefusedError(NO_PICTURE) from None
        except Exception as error:  # of any class: ZeroDivisionError, AssertionError, struct.error, MemoryError ...
            raise damaged() from error


def open_picture(source: str | Path | bytes) -> Image.Image:
    """Decode a file or its bytes into an upright sRGB picture, mode "RGB", or "RGBA" if it has transparency.

    Raises ValueError with one sentence for files that are too large, damaged, or no pictures; OSError as `open`.
    """
    return _decode_file(_read(source))


def open_named(path: Path) -> Image.Image:
    """`open_picture`, with the path in front of what it refuses."""
    try:
        return open_picture(path)
    except ValueError as error:
        if str(error).startswith(str(path)):
            raise
        raise RefusedError("{path}: {problem}", path=path, problem=error) from error


def open_saved(path: str | Path) -> Image.Image:
    """As `open_picture`, for a file that `save_picture` wrote: of any number of bytes."""
    return _decode_file(Path(path).read_bytes())


def _decode_file(data: bytes) -> Image.Image:
    with _decoding():
        picture = _open(data)
        _check_pixels(picture.size)
        return _decode(picture)


def size_of(path: str | Path) -> Size:
    """Width and height of a picture file, upright, from its header alone.

    Raises ValueError as `open_picture`, FileNotFoundError if there is no file.
    """
    data = _read(path)
    with _decoding():
        picture = _open(data)
        _check_pixels(picture.size)
        turned = read_orientation(picture) >= FIRST_ON_ITS_SIDE
        return (picture.height, picture.width) if turned else picture.size


def read_info(path: str | Path) -> dict[Any, Any]:
    """What a picture file says besides its pixels, by Pillow's names; errors as `size_of`."""
    return _info(_read(path))


def read_saved_info(data: bytes) -> dict[Any, Any]:
    """As `read_info`, for what `encode_picture` made: of any number of bytes."""
    return _info(data)


def _info(data: bytes) -> dict[Any, Any]:
    with _decoding():
        return _open(data).info


def to_srgb(picture: Image.Image) -> Image.Image:
    """Any PIL picture -> upright, first frame, sRGB, mode "RGB" or "RGBA". Raises ValueError for anything else."""
    if not isinstance(picture, Image.Image):
        raise ValueError(f"Expected a PIL picture, got {type(picture).__name__}.")
    if 0 in picture.size:
        raise RefusedError("The picture has no pixels: {width} x {height}.", width=picture.width, height=picture.height)
    with _decoding():
        return _decode(_open_again(picture))


def is_shown_by_browsers(path: str | Path) -> bool:
    """Whether a browser can show the file; its name may say another format than it has."""
    with Path(path).open("rb") as file:
        return identify(file.read(16)) in SHOWN_BY_BROWSERS


def _read(source: str | Path | bytes) -> bytes:
    """At most one byte more than is accepted: enough to refuse a huge file without reading it."""
    if isinstance(source, bytes):
        data, count = source, len(source)
    else:
        path = Path(source)
        if path.is_dir():
            raise RefusedError("{path} is a folder; choose a picture.", path=path)
        with path.open("rb") as file:
            data, count = file.read(MAX_BYTES + 1), path.stat().st_size
    if not data:
        raise RefusedError(EMPTY)
    if len(data) > MAX_BYTES:
        raise RefusedError(BYTES, megabytes=f"{count / 1e6:.1f}", most=f"{MAX_BYTES / 1e6:.0f}")
    return data


def _open(data: bytes) -> Image.Image:
    """The picture before it is decoded, with all that is known of it in its `info`."""
    kind, contents = read_contents(data)
    formats = ("AVIF", *HEIC) if kind in {"AVIF", "HEIF"} else (kind,)
    picture = Image.open(io.BytesIO(contents.data), formats=formats)
    picture.info.update(contents.info)
    return picture


def _open_again(picture: Image.Image) -> Image.Image:
    """A file that Pillow has opened but not decoded, opened as all files are here; any other picture as it is."""
    file = picture.fp if isinstance(picture, ImageFile.ImageFile) else None
    if file is None or picture.tell() or not file.seekable():
        return picture
    position = file.tell()
    file.seek(0)
    data = file.read()
    file.seek(position)
    # After decoding, Pillow may keep the bare pixels in its place.
    if not identify(data):
        return picture
    again = _open(data)
    return again if again.size == picture.size else picture


def _check_pixels(size: Size) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        megapixels, most = (f"{pixels / 1e6:.0f}" for pixels in (size[0] * size[1], MAX_PIXELS))
        raise RefusedError(PIXELS, megapixels=megapixels, most=most)


def _decode(picture: Image.Image) -> Image.Image:
    if picture.info.get("default_image") and not picture.tell():
        picture.seek(1)  # of an animated PNG whose first picture is for programs that know no animation
    picture.load()
    picture = unmultiply(turn_upright(picture))
    alpha = read_alpha(picture)
    rgb = to_srgb_colors(to_eight_bits(picture))
    if alpha is not None and alpha.getextrema() != (255, 255):
        rgb.putalpha(alpha)
    return rgb
