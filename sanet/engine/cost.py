"""What a picture will cost before it is painted: arithmetic and memory by its size, seconds by earlier pictures.

Knows sizes and the network's configuration; sees no picture and no tensor.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sanet.image.decode import MIN_PADDED, STRIDE
from sanet.network.model import SANetConfig

Size = tuple[int, int]  # width and height in pixels
FLOAT = 4  # bytes
HALO = 160  # pixels on both sides of an inner tile together, at most: those of vgg19
MEMORY_OF_RECENT = 0.8  # weight that what was learned keeps when something new is


@dataclass(frozen=True)
class Estimate:
    """Of one picture. `seconds` is None until this server has painted one, `free` where the system does not say."""

    size: Size
    seconds: float | None
    memory: int  # bytes beyond the loaded process
    free: int | None  # bytes

    @property
    def fits(self) -> bool:
        """Whether there is memory enough, as far as is known."""
        return self.free is None or self.memory <= self.free

    def check(self) -> None:
        """Raise ValueError with one sentence if the picture does not fit."""
        if not self.fits:
            assert self.free is not None
            raise ValueError(
                f"A picture of {self.size[0]} x {self.size[1]} pixels needs up to {self.memory / 1e9:.1f} GB of "
                f"memory, but only {self.free / 1e9:.1f} GB are free; choose a smaller working size."
            )


class Pace:
    """Seconds that an operation takes on this machine, by kind of work; the last pictures count most. Thread-safe."""

    def __init__(self) -> None:
        self._totals: dict[str, tuple[float, float]] = {}  # operations and seconds, fading
        self._lock = threading.Lock()

    def note(self, kind: str, operations: float, seconds: float) -> None:
        """Learn from work that was done."""
        with self._lock:
            before = self._totals.get(kind, (0.0, 0.0))
            self._totals[kind] = (
                MEMORY_OF_RECENT * before[0] + operations,
                MEMORY_OF_RECENT * before[1] + seconds,
            )

    def seconds(self, work: Mapping[str, float]) -> float | None:
        """For operations by kind; None if one kind has not been done yet."""
        with self._lock:
            if not work.keys() <= self._totals.keys():
                return None
            return sum(count * self._totals[kind][1] / self._totals[kind][0] for kind, count in work.items())


def encoding(config: SANetConfig, size: Size) -> float:
    """Operations of the encoder for one picture, a multiply-add counted as two."""
    total, channels = 0.0, 3
    for block, (count, width) in enumerate(zip(config.convs, config.widths, strict=True)):
        total += (9 * channels * width + (count - 1) * 9 * width * width) / 4**block
        channels = width
    return 2 * total * _pixels(size)


def attending(config: SANetConfig, content: Size, style: Size) -> float:
    """Operations of matching one style: grows with content times style."""
    channels, total = config.widths[3], 0.0
    for level in config.levels:
        positions, others = (_pixels(size) / 4 ** (level - 1) for size in (content, style))
        total += 2 * positions * others * channels + 2 * (positions + others) * channels**2
    return 2 * (total + 9 * channels**2 * _pixels(content) / 64)


def decoding(config: SANetConfig, size: Size) -> float:
    """Operations of the decoder; a convolution of a doubled map takes 4 products where 9 are written."""
    w1, w2, w3, w4 = config.widths[:4]
    per_pixel = 9 * w4 * w3 / 64 + (4 * w3 * w3 + 18 * w3 * w3 + 9 * w3 * w2) / 16
    return 2 * _pixels(size) * (per_pixel + (4 * w2 * w2 + 9 * w2 * w1) / 4 + 4 * w1 * w1 + 27 * w1)


def work(config: SANetConfig, content: Size, styles: Sequence[Size]) -> dict[str, float]:
    """Operations by kind, as `Pace` counts them, with nothing known before and full strength."""
    return {
        "encode": sum(encoding(config, size) for size in (content, *styles)),
        "attend": sum(attending(config, content, style) for style in styles),
        "decode": decoding(config, content),
    }


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
FINISHING = 80  # bytes a pixel: what the decoder made, cropped, in its colours and in 8 bits
MAPS_IN_ATTENTION = 6


def memory_needed(config: SANetConfig, content: Size, styles: Sequence[Size], tile: int) -> int:
    """Bytes at the peak beyond the loaded process: the maps of all styles, and what the largest step needs."""
    pixels = _pixels(content)
    one_map = FLOAT * config.widths[3] * pixels / 64
    features = 1.25 * one_map
    inside = max(_pixels((min(width, tile + HALO), min(height, tile + HALO))) for width, height in (content, *styles))
    in_a_tile = FLOAT * config.widths[0] * inside  # strips of the first block, and what lies between the blocks
    steps = (
        features + ENCODING * pixels + in_a_tile,
        features + UPLOADS * pixels + MAPS_IN_ATTENTION * one_map,
        features + (UPLOADS + FINISHING) * pixels + 2 * one_map,  # the photograph as its own style, and the blend
    )
    return int(FIXED + len(styles) * one_map + max(steps))
