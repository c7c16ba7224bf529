"""What a picture will cost before it is painted: arithmetic and memory by its size, seconds by earlier pictures.

Knows sizes and the network's configuration; sees no picture and no tensor.
"""

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sanet.errors import RefusedError
from sanet.image.size import Size
from sanet.image.stroke_size import STYLE_SIDE
from sanet.image.tensor import MIN_PADDED, STRIDE
from sanet.network.model import PRESETS, SANetConfig

FLOAT = 4  # bytes
HALO = 160  # pixels on both sides of an inner tile together, at most: those of vgg19
JUDGE = PRESETS["vgg19"]  # of Polish
# What is done for the first time takes long. Until a kind of work was done again, it counts as at most so many times as
# long as encoding, which each picture does twice and more, for as many operations.
AT_FIRST = {"attend": 1.5, "decode": 1.0, "polish": 2.0}
RECENT = 9  # of which most may have been slowed down by whatever else the machine did
# Beside its arithmetic each kind of work takes as long as so many operations, which a small picture consists of.
BESIDE = 5e8


@dataclass(frozen=True)
class Estimate:
    """Of one picture. `seconds` is None until this server has painted one, `free` where the system does not say."""

    size: Size
    seconds: float | None
    memory: int  # bytes beyond the loaded process
    free: int | None  # bytes
    elsewhere: bool = False  # painted in another process, which has a line of its own

    @property
    def fits(self) -> bool:
        """Whether there is memory enough, as far as is known."""
        return self.free is None or self.memory <= self.free

    def check(self) -> None:
        """Raise ValueError with one sentence if the picture does not fit."""
        if not self.fits:
            assert self.free is not None
            raise RefusedError(
                "A picture of {width} x {height} pixels needs up to {needed} GB of memory, but only {free} GB is "
                "free; choose a smaller picture size.",
                width=self.size[0],
                height=self.size[1],
                needed=f"{self.memory / 1e9:.1f}",
                free=f"{self.free / 1e9:.1f}",
            )


class Pace:
    """Seconds that an operation takes on this machine, by kind of work, from recent pictures. Thread-safe."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def note(self, kind: str, operations: float, seconds: float) -> None:
        """Learn from work that was done."""
        with self._lock:
            self._recent.setdefault(kind, deque(maxlen=RECENT)).append(seconds / (operations + BESIDE))

    def seconds(self, work: Mapping[str, float]) -> float | None:
        """For operations by kind; None if one kind has not been done yet, nor what tells of it."""
        with self._lock:
            paces = {kind: self._pace(kind) for kind in work}
        known = {kind: pace for kind, pace in paces.items() if pace is not None}
        if len(known) < len(paces):
            return None
        return sum((work[kind] + BESIDE) * pace for kind, pace in known.items() if work[kind])

    def _pace(self, kind: str) -> float | None:
        """Seconds of an operation: the lower quartile. Of Polish, something is known before it was ever done."""
        recent = sorted(self._recent.get(kind, ()))
        own = recent[(len(recent) - 1) // 4] if recent else None
        if kind not in AT_FIRST or len(recent) > 1 or (own is None and kind != "polish"):
            return own
        encoding = self._pace("encode")
        known = [pace for pace in (own, encoding and AT_FIRST[kind] * encoding) if pace is not None]
        return min(known, default=None)


def count_encoding(config: SANetConfig, size: Size) -> float:
    """Operations of the encoder for one picture, a multiply-add counted as two.

    This and the next two count the plain network, as PyTorch's `FlopCounterMode` does, in microseconds.
    """
    total, channels = 0.0, 3
    for block, (count, width) in enumerate(zip(config.convs, config.widths, strict=True)):
        total += (9 * channels * width + (count - 1) * 9 * width * width) / 4**block
        channels = width
    return 2 * total * _pixels(size)


def count_attending(config: SANetConfig, content: Size, style: Size) -> float:
    """Operations of matching one style: grows with content times style."""
    channels, total = config.widths[3], 0.0
    for level in config.levels:
        positions, others = (_pixels(size) / 4 ** (level - 1) for size in (content, style))
        total += 2 * positions * others * channels + 2 * (positions + others) * channels**2
    return 2 * (total + 9 * channels**2 * _pixels(content) / 64)


def count_decoding(config: SANetConfig, size: Size) -> float:
    """Operations of the decoder, from the relu4_1 grid up to the picture's own pixels."""
    w1, w2, w3, w4 = config.widths[:4]
    per_pixel = w4 * w3 / 64 + (3 * w3 * w3 + w3 * w2) / 16 + (w2 * w2 + w2 * w1) / 4 + w1 * w1 + 3 * w1
    return 2 * 9 * per_pixel * _pixels(size)


def count_operations(config: SANetConfig, content: Size, styles: Sequence[Size]) -> dict[str, float]:
    """By kind, as `Pace` counts them, with nothing known before and full strength."""
    return {
        "encode": sum(count_encoding(config, size) for size in (content, *styles)),
        "attend": sum(count_attending(config, content, style) for style in styles),
        "decode": count_decoding(config, content),
    }


def count_polishing(content: Size, styles: Sequence[Size], steps: int) -> float:
    """Operations of polishing: the judge sees all pictures, then each step goes through it forwards and backwards."""
    seen = sum(count_encoding(JUDGE, size) for size in (content, *styles))
    return seen + steps * count_step(content)


def count_step(size: Size) -> float:
    """Operations of one step: backwards, to the pixels alone, there are as many as forwards."""
    return 2 * count_encoding(JUDGE, size)


def _pixels(size: Size) -> int:
    """With the padding."""
    width, height = (max(MIN_PADDED, -(-side // STRIDE) * STRIDE) for side in size)
    return width * height


# Calibrated on the CPU with the peaks of fresh processes, vgg19 and compact, 512 to 1536 pixels. A bound for any
# controls: four styles at half strength with kept colours came to 99 % of it, single styles
# to 45 to 60 %, most of the rest being what the allocator keeps in the worse case.
FIXED = 320_000_000  # bytes: buffers of the libraries, strips, chunks of attention, what the allocator keeps
ENCODING = 42  # bytes a pixel: the uploads, and the photograph as a tensor with a copy in another layout
UPLOADS = 12  # bytes a pixel
FINISHING = 96  # bytes a pixel: what the decoder made, what it lost, the share of that, colours, and 8 bits
MAPS_IN_ATTENTION = 6
JUDGE_BYTES = 60_000_000
POLISHING = 2_800  # bytes a pixel: what the judge's layers keep for the way back


def memory_needed(config: SANetConfig, content: Size, styles: Sequence[Size], tile: int) -> int:
    """Bytes at the peak beyond the loaded process: the maps of all styles, and what the largest step needs."""
    pixels = _pixels(content)
    one_map = FLOAT * config.widths[3] * pixels / 64
    features = 1.25 * one_map
    # What attention holds of a style that is read larger than usual; FIXED has the others.
    beyond = max([0, *(_pixels(style) - STYLE_SIDE**2 for style in styles)])
    of_style = (MAPS_IN_ATTENTION + 1.25) * FLOAT * config.widths[3] * beyond / 64
    inside = max(_pixels((min(width, tile + HALO), min(height, tile + HALO))) for width, height in (content, *styles))
    in_a_tile = FLOAT * config.widths[0] * inside  # strips of the first block, and what lies between the blocks
    steps = (
        features + ENCODING * pixels + in_a_tile,
        features + UPLOADS * pixels + MAPS_IN_ATTENTION * one_map + of_style,
        features + (UPLOADS + FINISHING) * pixels + 2 * one_map,  # the photograph as its own style, and the blend
    )
    return int(FIXED + len(styles) * one_map + max(steps))


def memory_to_polish(size: Size) -> int:
    """The same of polishing an image of this size."""
    return FIXED + JUDGE_BYTES + POLISHING * _pixels(size)
