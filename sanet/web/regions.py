"""From what is chosen under Regions to masks, and masks as files: paintings kept for recipes, archives to download."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from sanet.image.decode import MAX_BYTES, open_picture
from sanet.image.masks import Size, draw_regions, preset_masks, read_regions, region_masks
from sanet.web.i18n import translated
from sanet.web.result import new_folder, safe_name
from sanet.web.sharing.recipe import MAX_STYLES
from sanet.web.widgets.paint_canvas import COLORS, read_painting

MASK_SIDE = 2048  # pixels
PAINTED, UPLOADED = "My painting", "Uploaded masks"
HINT = "Paint over the photograph first, or choose a preset under Regions."
BAD_ARCHIVE = "The archive of masks cannot be read; download it again, or upload one picture per style."


class NothingPaintedError(ValueError):
    """The canvas is untouched where a painting is needed."""


@contextmanager
def hinted() -> Iterator[None]:
    """Turns an untouched canvas into a notice, and ends the event without what the page shows of errors."""
    try:
        yield
    except NothingPaintedError as hint:
        gr.Info(translated(str(hint)))
        raise gr.Error(translated(str(hint)), visible=False, print_exception=False) from hint


def areas(regions: str, painting: Any, masks: Sequence[str], numbers: Sequence[int], size: Size) -> list[Image.Image]:
    """A mask for each style of `numbers`, before soft edges; presets have `size`, the others their own.

    Raises `NothingPaintedError`, or ValueError if there is no style, or not one uploaded mask for each.
    """
    if not numbers:
        raise ValueError("Choose a style first: upload one or click an example.")
    if regions == PAINTED:
        painted = read_painting(painting)
        drawn = region_masks(painted, numbers) if painted else []
        if not any(mask.getbbox() for mask in drawn):
            raise NothingPaintedError(HINT)
        return drawn
    if regions == UPLOADED:
        if len(masks) != len(numbers):
            raise ValueError(f"Each style needs one mask: got {len(masks)} for {len(numbers)} style(s).")
        return [_mask(path) for path in masks]
    return preset_masks(regions, size, len(numbers))


def _mask(path: str) -> Image.Image:
    """No larger than is of use: many may be open at once."""
    mask = open_picture(path).convert("L")
    mask.thumbnail((MASK_SIDE, MASK_SIDE), Image.Resampling.BOX)
    return mask


def keep_painting(painting: Any) -> str:
    """A file with the painting as it is now, for the recipe."""
    regions = read_painting(painting)
    if regions is None:
        raise NothingPaintedError(HINT)
    path = new_folder() / "painting.png"
    draw_regions(regions, COLORS).save(path)
    return str(path)


def kept_painting(path: str) -> Image.Image:
    """The regions that `keep_painting` kept; other paintings in its colours may have antialiased edges."""
    return read_regions(open_picture(path), COLORS)


def pack(masks: Sequence[Image.Image], names: Sequence[str]) -> bytes:
    """An archive with one PNG per mask; in the order of their names they are in the order of the styles."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for i, (mask, name) in enumerate(zip(masks, names, strict=True), 1):
            with archive.open(f"{i}-{safe_name(name) or 'style'}.png", "w") as file:
                mask.save(file, "PNG")
    return buffer.getvalue()


def unpacked(paths: Sequence[str]) -> list[str]:
    """The uploads with archives replaced by the pictures in them. Raises ValueError for a bad archive."""
    archives = [path for path in paths if path.lower().endswith(".zip")]
    if len(archives) > 1:  # each may unpack to MAX_BYTES
        raise ValueError(f"Upload one archive of masks, not {len(archives)}.")
    return [picture for path in paths for picture in (_pictures(path) if path in archives else [path])]


def _pictures(path: str) -> list[str]:
    """The pictures of an archive as files of this page; their names in the archive are not used as paths."""
    folder, files = new_folder(), []
    try:
        with zipfile.ZipFile(path) as archive:
            entries = sorted((e for e in archive.infolist() if not e.is_dir()), key=lambda entry: entry.filename)
            if not 0 < len(entries) <= MAX_STYLES or sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise ValueError(BAD_ARCHIVE)
            for i, entry in enumerate(entries, 1):
                file = folder / f"mask-{i}{Path(entry.filename).suffix.lower()[:5]}"
                with archive.open(entry) as packed:
                    file.write_bytes(packed.read())
                files.append(str(file))
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, zlib.error) as error:
        raise ValueError(BAD_ARCHIVE) from error
    return files
