"""Pictures in and out: any upload -> upright sRGB -> (1, 3, H, W) in [0, 1], and back to a file.

Knows no network. Everything a person hands in passes through here; refusals are `ValueError`s of one sentence.
"""

import io
import struct
from numbers import Real
from pathlib import Path

import numpy as np
import pillow_heif
import torch
import torch.nn.functional as F
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError
from torch import Tensor

pillow_heif.register_heif_opener()

MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
MIN_SIDE = 16
# relu5_1 has stride 16; below 32 it would have one position a side, too few to mirror.
STRIDE = 16
MIN_PADDED = 32
# No EPS, PDF or the like: only formats that Pillow decodes by itself.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF")
# What the decoders raise for damaged files; pillow_heif adds ValueError.
DAMAGED = (OSError, SyntaxError, EOFError, RuntimeError, ValueError)
PNG_LEVEL = 3  # of 9; Pillow's own, 6, takes half as long again for files smaller by 6 %
SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
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


def open_picture(source: str | Path | bytes) -> Image.Image:
    """Decode a file or its bytes into an upright sRGB picture, mode "RGB", or "RGBA" if it has transparency.

    Raises ValueError with one sentence for files that are too large, damaged, or no pictures; OSError as `open`.
    """
    data = source if isinstance(source, bytes) else _read(Path(source))
    if not data:
        raise ValueError("The file is empty; choose a picture.")
    if len(data) > MAX_BYTES:
        raise ValueError(_too_many_bytes(len(data)))
    return _decoded(data)


def open_named(path: Path) -> Image.Image:
    """`open_picture`, with the path in front of what it refuses."""
    try:
        return open_picture(path)
    except ValueError as error:
        raise ValueError(str(error) if str(error).startswith(str(path)) else f"{path}: {error}") from error


def open_saved(path: str | Path) -> Image.Image:
    """As `open_picture`, for a file that `save_picture` wrote: of any number of bytes."""
    return _decoded(Path(path).read_bytes())


def _decoded(data: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise ValueError(_too_many_pixels("more than 100")) from None
    except UnidentifiedImageError:
        raise ValueError(_not_a_picture(data)) from None
    except DAMAGED as error:
        raise ValueError(_damaged()) from error
    _check_pixels(*picture.size)
    try:
        picture.load()
    except DAMAGED as error:
        raise ValueError(_damaged()) from error
    return to_srgb(picture)


def _read(path: Path) -> bytes:
    """At most one byte more than is accepted: enough to refuse a huge file without reading it."""
    if path.is_dir():
        raise ValueError(f"{path} is a folder; choose a picture.")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(_too_many_bytes(path.stat().st_size))
    return data


def _too_many_bytes(count: int) -> str:
    return f"The file has {count / 1e6:.1f} MB; pictures up to {MAX_BYTES / 1e6:.0f} MB are taken."


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ValueError(_too_many_pixels(f"{width * height / 1e6:.0f}"))


def _too_many_pixels(megapixels: str) -> str:
    return f"The picture has {megapixels} megapixels; up to {MAX_PIXELS / 1e6:.0f} are taken, so scale it down first."


def _damaged() -> str:
    return "The picture is damaged or cut off; save it again and retry."


def _not_a_picture(data: bytes) -> str:
    if b"<svg" in data[:4096].lower():
        return "SVG drawings are not supported; export the drawing as PNG and use that."
    return "The file is not a picture that can be read; use JPEG, PNG, WebP, AVIF, HEIC or GIF."


def to_srgb(picture: Image.Image) -> Image.Image:
    """Any PIL picture -> upright, first frame, sRGB, mode "RGB" or "RGBA". Raises ValueError for anything else."""
    if not isinstance(picture, Image.Image):
        raise ValueError(f"Expected a PIL picture, got {type(picture).__name__}.")
    if 0 in picture.size:
        raise ValueError(f"The picture has no pixels: {picture.width} x {picture.height}.")
    picture = _upright(picture)
    alpha = _transparency(picture)
    rgb = _color_managed(_eight_bit(picture))
    if alpha is None or alpha.getextrema() == (255, 255):
        return rgb
    rgb.putalpha(alpha)
    return rgb


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as EXIF says; none is written back, which would fail for odd entries."""
    turn = TURNS.get(_orientation(picture))
    return picture if turn is None else picture.transpose(turn)


def _orientation(picture: Image.Image) -> int:
    """As EXIF says; 1, upright, if there is no EXIF or it is damaged."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, TypeError, struct.error):
        return 1
    return orientation if orientation in TURNS else 1


def _transparency(picture: Image.Image) -> Image.Image | None:
    """The alpha channel, mode "L". Pillow has no conversion for the transparent shade of 16-bit greyscale."""
    if not picture.has_transparency_data:
        return None
    if picture.mode.startswith("I"):
        return Image.fromarray((np.asarray(picture) != picture.info["transparency"]).astype(np.uint8) * 255)
    return picture.convert("RGBA").getchannel("A")


def _eight_bit(picture: Image.Image) -> Image.Image:
    """16-bit greyscale ("I;16", or "I" as older files decode) brought to 8 bits; Pillow would clip it to white."""
    if picture.mode.startswith("I"):
        values = np.asarray(picture).clip(0, 65535)
        grey = Image.fromarray((values // 257).astype(np.uint8))
        grey.info = picture.info
        return grey
    if picture.mode == "F":
        raise ValueError("Floating-point pictures are not supported; save it with 8 or 16 bits a channel.")
    return picture


def _color_managed(picture: Image.Image) -> Image.Image:
    """Mode "RGB" in sRGB, through the embedded ICC profile if there is a usable one; carries no metadata."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"P", "PA", "LA", "RGBA", "1"}:
        picture = picture.convert("L" if picture.mode in {"LA", "1"} else "RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                picture = converted
        except (ImageCms.PyCMSError, OSError):
            pass  # A broken or mismatched profile: the plain values are the best guess.
    return _bare(picture.convert("RGB"))


def _bare(picture: Image.Image) -> Image.Image:
    """A copy without anything in .info, which `Image.copy` and `Image.merge` would carry along."""
    bare = picture.copy()
    bare.info = {}
    return bare


def size_of(path: str | Path) -> tuple[int, int]:
    """Width and height of a picture file, upright, from its header alone.

    Raises ValueError as `open_picture`, FileNotFoundError if there is no file.
    """
    try:
        with Image.open(path, formats=FORMATS) as picture:
            turned = _orientation(picture) >= FIRST_ON_ITS_SIDE
            return (picture.height, picture.width) if turned else picture.size
    except FileNotFoundError:
        raise
    except (*DAMAGED, Image.DecompressionBombError) as error:
        raise ValueError(_damaged()) from error


def fitted_size(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    """What `fit` makes of a picture of `size`; errors as there."""
    if not (isinstance(max_side, Real) and max_side >= MIN_SIDE):
        raise ValueError(f"The working size must be at least {MIN_SIDE} pixels, got {max_side!r}.")
    scale = min(1.0, max_side / max(size))
    width, height = (max(1, round(side * scale)) for side in size)
    if min(width, height) < MIN_SIDE:
        raise ValueError(
            f"The picture is too small or too narrow: {width} x {height} at working size {max_side}, "
            f"and each side needs at least {MIN_SIDE} pixels."
        )
    return width, height


def fit(picture: Image.Image, max_side: int) -> Image.Image:
    """Scaled down so that the longer side is at most `max_side` pixels; never scaled up.

    Raises ValueError if a side is, or would become, shorter than 16 pixels.
    """
    size = fitted_size(picture.size, max_side)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def on_white(picture: Image.Image) -> Image.Image:
    """Mode "RGB": transparency composited on white."""
    if picture.mode != "RGBA":
        return picture
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat


def to_tensor(picture: Image.Image) -> Tensor:
    """Mode "RGB" or "L" -> (1, 3 or 1, H, W) float32 in [0, 1]."""
    array = np.array(picture, dtype=np.uint8).reshape(picture.height, picture.width, -1)
    return torch.from_numpy(array).permute(2, 0, 1)[None].float() / 255.0


def to_picture(image: Tensor) -> Image.Image:
    """(1, 3, H, W), clamped to [0, 1] -> mode "RGB"."""
    array = (image[0].float().clamp(0.0, 1.0) * 255.0).round().to(torch.uint8)
    return Image.fromarray(array.permute(1, 2, 0).cpu().numpy())


def padding(width: int, height: int) -> tuple[int, int, int, int]:
    """(left, right, top, bottom) that brings a picture to multiples of 16, and to 32 at least, on even sides."""
    left, right = _split(width)
    top, bottom = _split(height)
    return left, right, top, bottom


def _split(side: int) -> tuple[int, int]:
    total = max(MIN_PADDED, -(-side // STRIDE) * STRIDE) - side
    return total // 2, total - total // 2


def pad(image: Tensor) -> Tensor:
    """(N, C, H, W) mirrored at the borders to the size that `padding` gives."""
    return F.pad(image, padding(image.shape[3], image.shape[2]), mode="reflect")


def crop(image: Tensor, width: int, height: int) -> Tensor:
    """Undo `pad` for a picture that was `width` x `height`."""
    left, _, top, _ = padding(width, height)
    return image[:, :, top : top + height, left : left + width]


def save_picture(picture: Image.Image, path: str | Path, quality: int = 92, note: str = "") -> None:
    """Write PNG, JPEG or WebP by the suffix of `path`; `quality` 1 to 100 for the lossy two.

    No metadata but `note`, ASCII, as the EXIF description. JPEG has no transparency: it is composited on white.
    Raises ValueError for other suffixes.
    """
    path = Path(path)
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"Results can be saved as {', '.join(SUFFIXES)}, not as {path.name!r}.")
    bare, exif = _bare(picture), _described(note)
    if kind == "JPEG":
        on_white(bare).save(path, kind, quality=quality, subsampling=0 if quality >= 90 else 2, exif=exif)
    else:
        bare.save(path, kind, quality=quality, exif=exif, compress_level=PNG_LEVEL)


def _described(note: str) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = note
    return exif.tobytes() if note else b""


def read_note(path: str | Path) -> str:
    """The EXIF description of a picture file, "" for files without one and for files that cannot be read.

    Raises FileNotFoundError if there is no file.
    """
    try:
        with Image.open(path, formats=FORMATS) as picture:
            note = picture.getexif().get(ExifTags.Base.ImageDescription, "")
    except FileNotFoundError:
        raise
    except (*DAMAGED, TypeError, struct.error, Image.DecompressionBombError):
        return ""
    return note if isinstance(note, str) else ""
