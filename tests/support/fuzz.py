"""Damaged pictures of all formats and archives of masks, by a seed, each read by every way in.

`python -m tests.support.fuzz COUNT [SEED]`, in a process of its own: it ends at the first file that takes 10 s or 1 GB,
crashes the decoder, or is answered by anything but a picture or one sentence, and leaves that file as fuzz.bin in the
working directory.
"""

import contextlib
import faulthandler
import io
import random
import re
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from sanet.image.decode import open_picture, read_info, size_of, to_srgb
from sanet.web.mask_files import open_mask, pack, received
from tests.support.heif_files import with_code_points
from tests.support.pictures import encoded, quarters, swapped_profile
from tests.support.png_files import chunk
from tests.support.tiff_files import grey_tiff

MOST_SECONDS, MOST_BYTES = 10, 1_000_000_000
SENTENCE = re.compile(r"[A-Z][^\n]*\.")
NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 10_000)
LEFT = Path("fuzz.bin")


def originals() -> list[bytes]:
    """Whole files, small, with much in them."""
    picture, clear = quarters(), quarters("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    exif = Image.Exif()
    exif[274], exif[270] = 6, "A note"
    notes = {"exif": exif.tobytes(), "icc_profile": swapped_profile()}
    frames = {"save_all": True, "append_images": [picture.rotate(180)], "duration": 50}
    deep = Image.fromarray(np.arange(48 * 32, dtype=np.uint16).reshape(32, 48) * 40)
    files = [
        *(encoded(picture, "JPEG", **options) for options in (notes, {"progressive": True}, {"comment": b"a" * 300})),
        *(encoded(quarters(mode), "JPEG") for mode in ("L", "CMYK")),
        encoded(picture, "MPO", save_all=True, append_images=[picture]),
        *(encoded(p, "PNG", **notes) for p in (picture, clear, deep, quarters("1"), picture.quantize(16))),
        encoded(picture, "PNG", default_image=True, **frames),
        encoded(picture.quantize(16), "GIF", transparency=3, comment=b"a" * 300, **frames),
        *(encoded(clear, "WEBP", **options) for options in (notes, {"lossless": True}, frames)),
        *(with_code_points(encoded(clear, kind), 9, 16) for kind in ("AVIF", "HEIF")),
        *(encoded(clear, kind, **notes) for kind in ("AVIF", "HEIF")),
        encoded(picture, "AVIF", **frames),
        *(encoded(p, "BMP") for p in (picture, clear, quarters("1"), picture.quantize(16))),
        *(encoded(picture, "TIFF", compression=kind, exif=exif) for kind in ("raw", "tiff_lzw", "jpeg", "packbits")),
        *(encoded(picture, "TIFF", compression=kind) for kind in ("tiff_adobe_deflate", "lzma", "zstd")),
        *(encoded(quarters(mode), "TIFF") for mode in ("LAB", "CMYK", "1", "LA") if mode != "LAB"),
        grey_tiff(48, 32, 16, bytes(3072), 0),
        grey_tiff(48, 32, 32, bytes(6144), 1),
        _in_run_lengths(),
    ]
    gamma = chunk(b"gAMA", struct.pack(">I", 60_000)) + chunk(b"cICP", bytes([9, 18, 0, 1]))
    return [*files, files[6][:33] + gamma + files[6][33:], *_archives()]


def _in_run_lengths() -> bytes:
    data = encoded(quarters().quantize(16), "BMP")
    return data[:30] + struct.pack("<I", 1) + data[34:]


def _archives() -> list[bytes]:
    """Masks as the page packs them, and as file managers do."""
    masks = [quarters("L"), Image.linear_gradient("L").resize((48, 32))]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("masks/", "")
        archive.writestr("__MACOSX/masks/._1.png", bytes(200))
        for number, kind in enumerate(("PNG", "JPEG", "WEBP", "TIFF"), 1):
            archive.writestr(f"masks/{number}-sky.{kind.lower()}", encoded(masks[number % 2], kind))
    return [pack(masks, ["sky", "sea"]), buffer.getvalue()]


def damage(rng: random.Random, files: list[bytes]) -> bytes:
    """One of the files after some accidents."""
    data = bytearray(rng.choice(files))
    for _ in range(rng.choice((1, 1, 2, 3, 8, 30))):
        if data:
            rng.choice(ACCIDENTS)(rng, data, files)
    return _with_checksums(bytes(data)) if rng.random() < 0.7 else bytes(data)


def _flip(rng: random.Random, data: bytearray, files: list[bytes]) -> None:
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _number(rng: random.Random, data: bytearray, files: list[bytes]) -> None:
    size, order = rng.choice((1, 2, 4)), rng.choice(("big", "little"))
    place = rng.randrange(min(len(data), rng.choice((60, 400, len(data)))))
    data[place : place + size] = (rng.choice(NUMBERS) % 256**size).to_bytes(size, order)


def _cut(rng: random.Random, data: bytearray, files: list[bytes]) -> None:
    del data[rng.randrange(len(data)) :]


def _drop(rng: random.Random, data: bytearray, files: list[bytes]) -> None:
    place = rng.randrange(len(data))
    del data[place : place + rng.choice((1, 4, 12, 100))]


def _repeat(rng: random.Random, data: bytearray, files: list[bytes]) -> None:
    place = rng.randrange(len(data))
    data[place:place] = data[place : place + rng.choice((1, 12, 100))] * rng.choice((1, 5, 500))


def _junk(rng: random.Random, data: bytearray, files: list[bytes]) -> None:
    place = rng.randrange(len(data))
    data[place:place] = rng.randbytes(rng.choice((1, 10, 3000)))


def _splice(rng: random.Random, data: bytearray, files: list[bytes]) -> None:
    other = rng.choice(files)
    place = rng.randrange(len(other))
    data[rng.randrange(len(data)) :] = other[place:]


ACCIDENTS: tuple[Callable[[random.Random, bytearray, list[bytes]], None], ...] = (
    *(_flip, _flip, _number, _number, _number),
    *(_cut, _drop, _repeat, _junk, _splice),
)


def _with_checksums(data: bytes) -> bytes:
    """A PNG whose checksums are right again, so that what is damaged is read."""
    if not data.startswith(b"\x89PNG"):
        return data
    parts, place = [data[:8]], 8
    while place + 12 <= len(data):
        end = place + 8 + int.from_bytes(data[place : place + 4])
        parts += [data[place:end], struct.pack(">I", zlib.crc32(data[place + 4 : end]))]
        place = end + 4
    return b"".join(parts) + data[place:]


def read(data: bytes, path: Path) -> str:
    """The file by every way in; what it ends in. Raises AssertionError for anything but a picture or a sentence."""
    path.write_bytes(data)
    ends = []
    for way in (open_picture, size_of, read_info, _by_pillow, _as_masks):
        found, sentence = None, ""
        try:
            found = way(path)
        except ValueError as error:
            sentence = str(error)
        assert found is not None or SENTENCE.fullmatch(sentence), sentence
        if isinstance(found, Image.Image):
            assert found.mode in {"RGB", "RGBA"}
            assert not found.info
        ends.append("sentence" if found is None else "picture")
    return "picture" if "picture" in (ends[0], ends[-1]) else "sentence"


def _by_pillow(path: Path) -> Image.Image:
    try:
        picture = Image.open(path)
    except Exception:  # of those who call it
        return Image.new("RGB", (16, 16))
    with contextlib.closing(picture):
        return to_srgb(picture)


def _as_masks(path: Path) -> list[Image.Image]:
    """What an upload to the painted regions becomes."""
    masks = [open_mask(mask) for mask in received([str(path)])]
    assert {mask.mode for mask in masks} == {"L"}
    return masks


def _highest_memory() -> int:
    """Bytes at the highest since `_forget`."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) * 1000 if found else 0


def _forget() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def main(count: int, seed: int) -> None:
    """Read `count` damaged files."""
    rng, files, ends = random.Random(seed), originals(), []
    slowest, largest = 0.0, 0
    for data in files:
        assert read(data, LEFT) == "picture" or b"BM" in data[:2]
    for number in range(count):
        data = damage(rng, files) if rng.random() < 0.97 else rng.randbytes(rng.randrange(200))
        _forget()
        before = _highest_memory()
        faulthandler.dump_traceback_later(MOST_SECONDS, exit=True)
        start = time.process_time()
        ends.append(read(data, LEFT))
        slowest = max(slowest, time.process_time() - start)
        faulthandler.cancel_dump_traceback_later()
        used = _highest_memory() - before
        assert used < MOST_BYTES, f"file {number} needed {used / 1e6:.0f} MB"
        largest = max(largest, used)
    LEFT.unlink()
    print(f"{ends.count('picture')} pictures, {ends.count('sentence')} sentences", end="; ")
    print(f"at most {slowest:.1f} s on the CPU and {largest / 1e6:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
