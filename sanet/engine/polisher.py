"""The polisher: which network judges, at which size, and how far a picture has come. Knows no request.

Goes on from where it stopped: five steps after ten are the same as fifteen, and cost five.
"""

import hashlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from cachetools import LRUCache
from PIL import Image
from torch import Tensor
from torch.nn.utils import convert_conv2d_weight_memory_format

from sanet.engine.cost import count_polishing, count_step
from sanet.engine.descent import Descent, Loss, begin, descend
from sanet.engine.interrupts import heed_interrupts
from sanet.engine.polish import Goal, changed, distance, mixed_goal
from sanet.errors import Message, RefusedError
from sanet.image.size import MIN_SIDE, Size
from sanet.image.tensor import crop, pad, to_tensor
from sanet.network.distances import Moments
from sanet.network.encoder import Encoder, Features
from sanet.network.regions import marked_positions
from sanet.network.statistics import mean_and_deviation
from sanet.progress import Progress

# Pixels of the longer side: a larger picture is polished at this size, and what that changed is added to it.
POLISHED_SIDE = 768
# The first steps see everything at half the size, at a quarter of the cost: that is where large strokes come from.
COARSE_STEPS = 8
LEAST_COARSE = 64  # pixels of its shorter side
REMEMBERED = 300_000_000  # bytes of pictures that are gone on with; one of 512 pixels takes 60 MB
LoadJudge = Callable[[], Encoder]
Noted = Callable[[str, float], AbstractContextManager[None]]


@dataclass(frozen=True)
class Subject:
    """What is polished: `image` (1, 3, H, W), what the decoder made of `content` and K `styles`, fitted and on white.

    `seen`: a mask of each style, white where it is taken from, None for all of it; or no mask at all.
    `weights`: as in `mixed_goal`, for the pixels of the image.
    """

    image: Tensor
    content: Image.Image
    styles: tuple[Image.Image, ...]
    seen: tuple[Image.Image | None, ...]
    weights: Tensor

    @property
    def key(self) -> bytes:
        """Identifies it by all its bytes."""
        pictures = [picture.tobytes() if picture else b"" for picture in (self.content, *self.styles, *self.seen)]
        found = hashlib.blake2b(digest_size=16)
        for data in (*pictures, self.image.cpu().numpy().tobytes(), self.weights.numpy().tobytes()):
            found.update(hashlib.blake2b(data).digest())
        return found.digest()


@dataclass(frozen=True)
class Work:
    """How far a subject has come at a size; image and share are padded."""

    size: Size
    image: Tensor
    share: Tensor
    goal: Goal
    descent: Descent
    earlier: int = 0  # steps, at a smaller size

    @property
    def steps(self) -> int:
        """All so far."""
        return self.earlier + self.descent.steps

    @property
    def added(self) -> Tensor:
        """What they have added to the image, without the padding."""
        return crop(self.descent.point, *self.size)

    @property
    def bytes(self) -> int:
        """That are held, about."""
        return 4 * self.image.numel() * (8 + 2 * len(self.descent.moves))


class Polisher:
    """Polishes with a VGG-19 that is loaded when it is first needed. Safe to use from several threads."""

    def __init__(self, load: LoadJudge | None, own: Encoder, device: torch.device, noted: Noted) -> None:
        """`own`: the network's encoder, which judges if it is that VGG-19. `noted(kind, operations)`: a context that
        learns from the time of its block.
        """
        self._load, self._own, self._device, self._noted = load, own, device, noted
        self._judge: Encoder | None = None
        self._works: LRUCache[bytes, Work] = LRUCache(REMEMBERED, getsizeof=lambda work: work.bytes)
        self._lock = threading.Lock()

    def polish(self, subject: Subject, steps: int, progress: Progress) -> Tensor:
        """The subject's image after so many steps, (1, 3, H, W) in [0, 1], on the CPU.

        `progress` is called before each step and may raise; the next call goes on from there. Raises ValueError if
        there is no network to judge.
        """
        key, judge = subject.key, self._judging()
        with self._lock:
            work = self._works.get(key)
        if work is None or work.steps > steps:
            progress(0.0, "Looking at the pictures")
            work = self._begun(subject, judge, first_size(subject.content.size))
        first = work.steps
        try:
            for done in range(first, steps):
                stage = Message("Polishing {number} of {count}", number=done + 1, count=steps)
                progress((done - first) / (steps - first), stage)
                work = self._next(work, subject, judge)
        finally:
            self._remember(key, work)
        full = changed(subject.image.cpu(), 1 - subject.weights[None, :1], work.added.cpu())
        return full.clamp(0.0, 1.0)

    def _remember(self, key: bytes, work: Work) -> None:
        with self._lock:
            if work.bytes <= REMEMBERED:
                self._works[key] = work

    def _judging(self) -> Encoder:
        with self._lock:
            if self._judge is None:
                self._judge = self._loaded()
            return self._judge

    def _loaded(self) -> Encoder:
        """The VGG-19 on the device; the network's own encoder if that holds the same numbers."""
        if self._load is None:
            raise RefusedError("This engine was made without the VGG-19 that Polish needs; use sanet.load.")
        found = self._load().eval().requires_grad_(False).to(self._device)
        judge = self._own if _is_same(self._own, found) else found
        convert_conv2d_weight_memory_format(judge, torch.channels_last)
        heed_interrupts(judge)
        return judge

    def _begun(self, subject: Subject, judge: Encoder, size: Size, before: Work | None = None) -> Work:
        """Before the first step at a size, with what was added `before` at a smaller one."""
        image = self._padded(_resized(subject.image, size))
        weights = subject.weights
        if weights.shape[1:] != (1, 1):
            weights = pad(_resized(weights[:, None], size))[:, 0]
        weights = weights.to(self._device)
        shrunk = max(size) / max(subject.content.size)
        styles = [_scaled(style, _times(style.size, shrunk)) for style in subject.styles]
        with (
            torch.no_grad(),
            self._autocast(),
            self._noted("polish", count_polishing(size, [s.size for s in styles], 0)),
        ):
            seen = subject.seen or (None,) * len(styles)
            moments = [self._moments(style, mask, judge) for style, mask in zip(styles, seen, strict=True)]
            goal = mixed_goal(self._seen(_scaled(subject.content, size), judge), moments, weights)
        share = 1 - weights[None, :1]
        added = self._padded(_resized(before.added, size)) if before else torch.zeros_like(image)
        descent = begin(added, self._loss(image, share, goal, judge))
        return Work(size, image, share, goal, descent, before.steps if before else 0)

    def _next(self, work: Work, subject: Subject, judge: Encoder) -> Work:
        """A step further."""
        full = polished_size(subject.content.size)
        if work.size != full and work.steps >= COARSE_STEPS:
            work = self._begun(subject, judge, full, work)
        with self._noted("polish", count_step(work.size)):
            return replace(work, descent=descend(work.descent, self._loss(work.image, work.share, work.goal, judge)))

    def _loss(self, image: Tensor, share: Tensor, goal: Goal, judge: Encoder) -> Loss:
        """Of what is added to the image."""

        def loss(added: Tensor) -> Tensor:
            with self._autocast():
                features = judge(changed(image, share, added))
            return distance(features, goal)

        return loss

    def _moments(self, style: Image.Image, mask: Image.Image | None, judge: Encoder) -> Moments:
        """Of the part of a style that is white in its mask, of any size."""
        features = self._seen(style, judge)
        if mask is None:
            return [mean_and_deviation(x) for x in features]
        sized = self._padded(to_tensor(_scaled(mask, style.size)))
        grids = [(x.shape[2], x.shape[3]) for x in features]
        marked = [
            x.flatten(2)[:, :, None, marked_positions(sized, grid)] for x, grid in zip(features, grids, strict=True)
        ]
        return [mean_and_deviation(x) for x in marked]

    def _seen(self, picture: Image.Image, judge: Encoder) -> Features:
        return judge(self._padded(to_tensor(picture)))

    def _padded(self, image: Tensor) -> Tensor:
        return pad(image).to(self._device, memory_format=torch.channels_last)

    def _autocast(self) -> torch.autocast:
        """bfloat16 and not half precision, whose range ends above the gradients of single pixels."""
        return torch.autocast(self._device.type, torch.bfloat16, enabled=_has_fast_bfloat16(self._device))


def polished_size(size: Size) -> Size:
    """The size that is polished in place of `size`."""
    return _times(size, min(1.0, POLISHED_SIDE / max(size)))


def first_size(size: Size) -> Size:
    """The size that the first steps work at."""
    full = polished_size(size)
    coarse = (full[0] // 2, full[1] // 2)
    return coarse if min(coarse) >= LEAST_COARSE else full


def _resized(image: Tensor, size: Size) -> Tensor:
    """At another size, (N, C, H, W), without patterns that were not there."""
    width, height = size
    if image.shape[2:] == (height, width):
        return image
    return F.interpolate(image, (height, width), mode="bicubic", antialias=True)


def _times(size: Size, factor: float) -> Size:
    width, height = (max(MIN_SIDE, round(side * factor)) for side in size)
    return width, height


def _scaled(picture: Image.Image, size: Size) -> Image.Image:
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def _is_same(a: Encoder, b: Encoder) -> bool:
    """Whether two encoders hold the same numbers."""
    ours, theirs = a.state_dict(), b.state_dict()
    return ours.keys() == theirs.keys() and all(
        tensor.shape == ours[name].shape and torch.equal(tensor, ours[name]) for name, tensor in theirs.items()
    )


def _has_fast_bfloat16(device: torch.device) -> bool:
    """On a CPU only where it multiplies tiles of them (AMX); elsewhere it is many times slower than float32."""
    return device.type == "cuda" or bool(torch.cpu.get_capabilities().get("amx_tile"))
