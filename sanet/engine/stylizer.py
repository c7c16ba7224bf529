"""The inference engine: pictures in, stylized pictures out. The only module that sequences the steps.

Holds a network, a device and a bounded cache; knows no widget, no file format and no visitor. `prepare` encodes and
attends, `render` blends and decodes, so that moving a slider runs only the second half.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from cachetools import LRUCache
from PIL import Image
from torch import Tensor

from sanet.engine.controls import Controls, blend, spatial_weights, style_weights
from sanet.engine.cost import Estimate, Pace, Size, attending, decoding, encoding, memory_needed, work
from sanet.engine.memory import free_memory
from sanet.engine.onednn import keep_fewer_primitives
from sanet.engine.tiling import decode_tiled, encode_tiled
from sanet.image.decode import crop, fit, fitted_size, on_white, pad, to_picture, to_srgb, to_tensor
from sanet.network.color import keep_content_color
from sanet.network.encoder import Features
from sanet.network.fast.winograd import channels_last, speed_up
from sanet.network.model import StyleTransferNet

Progress = Callable[[float, str], None]
Report = Callable[[float], None]  # progress of one stage, 0 to 1
Encode = Callable[[Report], Features]
CACHE_BYTES = 256_000_000
CACHE_ENTRIES = 64  # so that a server of small pictures has its full size soon, and does not look as if it leaked
TILE = 1024  # pixels; the encoder and the decoder work on larger pictures piece by piece
# Styles, and the content as its own style, are read at this size at most, or attention would grow with the square of
# the picture's pixels.
STYLE_SIDE = 1024
T = TypeVar("T", Features, Tensor)


@dataclass(frozen=True)
class Prepared:
    """A content attended with its styles, ready to render. Immutable; may be shared between threads.

    Map 0, the content as its own style, is not among `maps`: full strength never reads it, so it is made when needed.
    """

    picture: Image.Image  # the fitted content on white, mode "RGB"
    alpha: Image.Image | None  # the content's transparency, same size
    maps: tuple[Tensor, ...]  # K maps (1, C, h, w), one per style

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the result in pixels."""
        return self.picture.size


def _no_progress(fraction: float, stage: str) -> None:
    """Default progress callback: reports to nobody."""


def _report(progress: Progress, start: float, share: float, stage: str, done: float) -> None:
    """Progress of one stage, 0 to 1, as its share of the whole."""
    progress(start + share * done, stage)


def _bytes(value: Tensor | Features) -> int:
    tensors = (value,) if isinstance(value, Tensor) else value
    return sum(t.numel() * t.element_size() for t in tensors)


def _count(styles: Sequence[Image.Image]) -> int:
    """How many; a picture that stands alone is refused, since it is easily given where a sequence is meant."""
    if not isinstance(styles, Sequence):
        raise ValueError(f"The styles must be a sequence of pictures, got {type(styles).__name__}.")
    return len(styles)


class Stylizer:
    """`estimate`, `prepare`, `render`, `stylize` and `sequence` with one network. Safe to use from several threads."""

    def __init__(self, net: StyleTransferNet, device: torch.device) -> None:
        self.device = device
        self.net = net.eval().requires_grad_(False).to(device)
        channels_last(self.net)
        if device.type == "cpu":
            keep_fewer_primitives()
            speed_up(self.net)
        smallest = CACHE_BYTES // CACHE_ENTRIES
        self._cache: LRUCache[tuple, Any] = LRUCache(CACHE_BYTES, getsizeof=lambda found: max(smallest, _bytes(found)))
        self._lock = threading.Lock()
        self._pace = Pace()

    def estimate(self, content: Size, styles: Sequence[Size], max_side: int = 512) -> Estimate:
        """What pictures of these sizes in pixels, width and height, will cost; ValueError as in `prepare`."""
        size = fitted_size(content, max_side)
        style_sizes = [fitted_size(style, min(max_side, STYLE_SIDE)) for style in styles]
        return Estimate(
            size,
            self._pace.seconds(work(self.net.config, size, style_sizes)),
            memory_needed(self.net.config, size, style_sizes, TILE),
            free_memory(self.device),
        )

    def stylize(
        self,
        content: Image.Image,
        styles: Sequence[Image.Image],
        controls: Controls | None = None,
        max_side: int = 512,
        progress: Progress = _no_progress,
    ) -> Image.Image:
        """`prepare` and `render` in one; arguments and errors as there."""
        controls = controls or Controls()
        controls.check_style_count(_count(styles))
        prepared = self.prepare(content, styles, max_side, lambda done, stage: progress(0.8 * done, stage))
        return self.render(prepared, controls, lambda done, stage: progress(0.8 + 0.2 * done, stage))

    def sequence(
        self,
        content: Image.Image,
        styles: Sequence[Image.Image],
        steps: Sequence[Controls],
        max_side: int = 512,
        progress: Progress = _no_progress,
    ) -> list[Image.Image]:
        """One picture for each of `steps`, all rendered from the same maps; arguments and errors as in `stylize`."""
        for step in steps:
            step.check_style_count(_count(styles))
        prepared = self.prepare(content, styles, max_side, lambda done, stage: progress(0.3 * done, stage))
        pictures = []
        for i, step in enumerate(steps):
            progress(0.3 + 0.7 * i / len(steps), f"Painting {i + 1} of {len(steps)}")
            pictures.append(self.render(prepared, step))
        progress(1.0, "Done")
        return pictures

    def prepare(
        self,
        content: Image.Image,
        styles: Sequence[Image.Image],
        max_side: int = 512,
        progress: Progress = _no_progress,
    ) -> Prepared:
        """Fit the content to `max_side` pixels, styles to 1024 at most, encode them and attend the content with each.

        `progress(fraction, stage)` is called before each step and each tile; what it raises stops the work.
        Raises ValueError for bad pictures or no style, and before any work if the memory does not suffice.
        """
        if _count(styles) == 0:
            raise ValueError("At least one style picture is needed, got 0.")
        fitted = fit(to_srgb(content), max_side)
        picture = on_white(fitted)
        fitted_styles = [on_white(fit(to_srgb(style), min(max_side, STYLE_SIDE))) for style in styles]
        self.estimate(picture.size, [style.size for style in fitted_styles], max_side).check()
        encode, maps = self._encoded_once(picture), []
        for i, style in enumerate(fitted_styles):
            report = partial(_report, progress, i / len(styles), 1 / len(styles), f"Matching style {i + 1}")
            maps.append(self._attended(picture, style, encode, report))
        progress(1.0, "Prepared")
        alpha = fitted.getchannel("A") if fitted.mode == "RGBA" else None
        return Prepared(picture, alpha, tuple(maps))

    def render(
        self, prepared: Prepared, controls: Controls | None = None, progress: Progress = _no_progress
    ) -> Image.Image:
        """Blend the prepared maps by `controls` and decode once; mode "RGBA" if the content had transparency.

        Raises ValueError if the number of weights or masks is not the number of styles.
        """
        controls = controls or Controls()
        weights = self._weights(prepared, controls).to(self.device)
        maps, start = prepared.maps, 0.0
        if weights[0].any():
            own_style = fit(prepared.picture, STYLE_SIDE)
            report = partial(_report, progress, 0.0, 0.5, "Matching the photograph")
            encode = self._encoded_once(prepared.picture)
            maps, start = (self._attended(prepared.picture, own_style, encode, report), *maps), 0.5
        else:
            weights = weights[1:]
        with torch.inference_mode(), self._autocast():
            mixed = blend(maps, weights)  # (1, C, h, w)
            report = partial(_report, progress, start, 1.0 - start, "Painting")
            with self._noted("decode", decoding(self.net.config, prepared.size)):
                decoded = decode_tiled(self.net.decoder, mixed, TILE, report)
        image = crop(decoded, *prepared.size).clamp(0.0, 1.0)  # (1, 3, H, W)
        if controls.keep_color:
            image = keep_content_color(image, to_tensor(prepared.picture))
        picture = to_picture(image)
        if prepared.alpha is not None:
            picture.putalpha(prepared.alpha)
        progress(1.0, "Done")
        return picture

    def _weights(self, prepared: Prepared, controls: Controls) -> Tensor:
        """(K+1, 1, 1), or (K+1, h, w) with masks brought to the grid of the maps by area."""
        count = len(prepared.maps)
        controls.check_style_count(count)
        mix = controls.mix or (1.0,) * count
        if controls.masks is None:
            return style_weights(controls.alpha, mix)
        width, height = prepared.size
        sized = [F.adaptive_avg_pool2d(to_tensor(m.convert("L")), (height, width)) for m in controls.masks]
        grid = prepared.maps[0].shape
        masks = F.adaptive_avg_pool2d(pad(torch.cat(sized)), (grid[2], grid[3]))  # (K, 1, h, w)
        return spatial_weights(controls.alpha, mix, masks[:, 0])

    def _attended(self, content: Image.Image, style: Image.Image, encode: Encode, report: Report) -> Tensor:
        """The map of one content-style pair, (1, C, h, w), from the cache or computed; `encode` encodes the content."""
        report(0.0)

        def attend() -> Tensor:
            content_features = encode(lambda done: report(0.4 * done))
            style_features = self._encoded(style, lambda done: report(0.4 + 0.2 * done))
            with self._noted("attend", attending(self.net.config, content.size, style.size)):
                return self.net.attend(content_features, style_features, lambda done: report(0.6 + 0.4 * done))

        return self._cached((_key(content), _key(style)), attend)

    def _encoded_once(self, picture: Image.Image) -> Encode:
        """Encodes when first called: the features of a large picture serve all its styles but fit into no cache."""
        known: list[Features] = []

        def encode(report: Report) -> Features:
            if not known:
                known.append(self._encoded(picture, report))
            return known[0]

        return encode

    def _encoded(self, picture: Image.Image, report: Report) -> Features:
        """The features that attention reads."""

        def encode() -> Features:
            image = pad(to_tensor(picture)).to(self.device, memory_format=torch.channels_last)
            with self._noted("encode", encoding(self.net.config, picture.size)):
                return encode_tiled(self.net.encoder, image, TILE, report)

        return self._cached((_key(picture),), encode)

    def _cached(self, key: tuple, compute: Callable[[], T]) -> T:
        """Least recently used entries go first; two threads asking at once may both compute, to the same end."""
        with self._lock:
            found = self._cache.get(key)
        if found is None:
            with torch.inference_mode(), self._autocast():
                found = compute()
            with self._lock:
                if _bytes(found) <= self._cache.maxsize:
                    self._cache[key] = found
        return found

    @contextmanager
    def _noted(self, kind: str, operations: float) -> Iterator[None]:
        """Learn from the time that the block takes; not from a block that was stopped."""
        start = time.perf_counter()
        yield
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        self._pace.note(kind, operations, time.perf_counter() - start)

    def _autocast(self) -> torch.autocast:
        """Half precision for convolutions and products on CUDA; statistics and softmax stay in float32."""
        return torch.autocast(self.device.type, dtype=torch.float16, enabled=self.device.type == "cuda")


def _key(picture: Image.Image) -> tuple[tuple[int, int], bytes]:
    """Identifies a fitted RGB picture by its size and bytes."""
    return picture.size, hashlib.blake2b(picture.tobytes(), digest_size=16).digest()
