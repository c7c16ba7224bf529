"""A clip painted from its first frame to its last: reading, painting and writing overlap, and nothing piles up."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import torch
from PIL import Image

from sanet.engine.protocol import FrameEngine
from sanet.engine.request import Request, controls_at, masks_of_styles
from sanet.errors import RefusedError
from sanet.image.transparency import on_white
from sanet.progress import unreported
from sanet.video.clip import Clip, Frame, at_rate, even_size, frames_of
from sanet.video.follow import Follower, Motion
from sanet.video.parts import Part, Parts
from sanet.video.steady import PACE, Carried, ShotMoments

FRAMES_A_PART = 48
MOST_RATE = 120
LOOK_BACK = 1  # seconds before the last painted frame at which reading goes on, for the frame that is shown then
BAD_STEADY = "Steadiness must lie between 0 and 1, got {steady}."
BAD_RANGE = "The part to paint must begin before it ends, at 0 or later; got {start} to {stop} seconds."
BAD_RATE = "Frames a second must lie between 1 and {most}, got {rate}."
NOTHING_THERE = "{name} has no frame from {start} seconds on."
POLISHED = "Films cannot be polished, frame by frame it would flicker."
T = TypeVar("T")
# Called after each frame, with its time in seconds and what was painted; may raise to stop.
Watch = Callable[[Fraction, Image.Image], None]


@dataclass(frozen=True)
class Film:
    """What is painted of a clip, and how. `look`: a request whose content is any frame of the clip.

    `start` and `stop` in seconds, `rate` in frames a second, None as in the clip. `steady`, 0 to 1: how firmly what is
    painted follows the motion of the clip. Raises ValueError for values out of range.
    """

    clip: Clip
    look: Request[Image.Image]
    steady: float = 0.7
    start: float = 0.0
    stop: float | None = None
    rate: Fraction | None = None

    def __post_init__(self) -> None:
        self.look.check_masks()
        if self.look.polish:
            raise RefusedError(POLISHED)
        if not 0 <= self.steady <= 1:
            raise RefusedError(BAD_STEADY, steady=self.steady)
        if not (self.start >= 0 and (self.stop is None or self.stop > self.start)):
            raise RefusedError(BAD_RANGE, start=self.start, stop=self.stop)
        if self.clip.seconds is not None and self.start >= self.clip.seconds:
            raise RefusedError(NOTHING_THERE, name=self.clip.path.name, start=self.start)
        if self.rate is not None and not 1 <= self.rate <= MOST_RATE:
            raise RefusedError(BAD_RATE, rate=self.rate, most=MOST_RATE)

    def frames(self, start: float | None = None) -> Iterator[Frame]:
        """Those that are painted, or of them those from `start` on."""
        frames = frames_of(self.clip, self.look.max_side, self.start if start is None else start, self.stop)
        return at_rate(frames, self.rate) if self.rate else frames

    def settings(self) -> dict[str, Any]:
        """All that the painted frames depend on, besides the network."""
        status, look = self.clip.path.stat(), self.look
        drawn = [regions for regions in (look.regions, look.style_regions) if regions]
        masks = [*(look.controls.masks or ()), *(mask for regions in drawn for mask in regions.pictures)]
        return {
            "clip": [str(self.clip.path.resolve()), status.st_size, status.st_mtime_ns],
            "styles": [_key(style) for style in look.styles],
            "masks": [_key(mask) for mask in masks],
            "controls": repr(replace(look.controls, masks=None)),
            "regions": repr(replace(look.regions, pictures=())) if look.regions else "",
            "parts": repr(replace(look.style_regions, pictures=())) if look.style_regions else "",
            "size": look.max_side,
            "strokes": look.stroke_size,
            "match": look.match_regions,
            "steady": self.steady,
            "part": [self.start, self.stop, str(self.rate)],
        }

    def samples(self, count: int) -> Iterator[Frame]:
        """`count` frames spread over what is painted; the first alone where the clip does not say its length."""
        seconds = None if self.count is None else self.count / self.fps
        for i in range(count if seconds else 1):
            yield from islice(self.frames(self.start + (i + 0.5) / count * seconds if seconds else None), 1)

    @property
    def fps(self) -> float:
        """Frames a second, on average."""
        return float(self.rate or self.clip.rate)

    @property
    def count(self) -> int | None:
        """How many frames there are, about; None where the clip does not say."""
        end = self.stop if self.clip.seconds is None else min(self.clip.seconds, self.stop or self.clip.seconds)
        return None if end is None else max(1, round((end - self.start) * self.fps))


def _key(picture: Image.Image) -> str:
    """Tells pictures apart."""
    return f"{picture.mode} {picture.size} {hashlib.blake2b(picture.tobytes(), digest_size=16).hexdigest()}"


class Shot:
    """What one frame leaves to the next."""

    def __init__(self, steady: float) -> None:
        self.moments = ShotMoments(PACE if steady else 1.0)
        self.carried = Carried(steady)

    def paint(
        self, engine: FrameEngine, look: Request[Image.Image], picture: Image.Image, motion: Motion | None
    ) -> np.ndarray:
        """A frame (H, W, 3) in uint8; without a motion the first of a shot."""
        if motion is None:
            self.moments.forget()
        asked = look.controls.colors, look.stroke_size, False, look.match_regions, masks_of_styles(look)
        prepared = engine.prepare(picture, look.styles, look.max_side, unreported, self.moments, *asked)
        painted = engine.render(prepared, controls_at(look, prepared.size))
        return self.carried.blend(np.asarray(on_white(painted)), motion)

    def state(self, time: Fraction) -> dict[str, np.ndarray]:
        """After the frame shown at `time`, for `restored`."""
        assert self.carried.before is not None
        moments = {name: torch.stack(kept).cpu().numpy() for name, kept in self.moments.kept.items()}
        return {"time": np.array(time.as_integer_ratio()), "painted": self.carried.before, **moments}

    def restore(self, state: dict[str, np.ndarray], device: torch.device) -> Fraction:
        """Go on after a frame; its time."""
        kept = dict(state)
        time, self.carried.before = Fraction(*map(int, kept.pop("time"))), kept.pop("painted")
        for name, values in kept.items():
            mean, var = torch.from_numpy(values).to(device)
            self.moments.kept[name] = mean, var
        return time


def paint_film(engine: FrameEngine, film: Film, parts: Parts, watch: Watch) -> None:
    """Paint what `parts` do not hold yet. Whatever ends it, what is painted is kept.

    Raises RefusedError if there is nothing to paint, and whatever `watch` raises.
    """
    shot, state = Shot(film.steady), parts.state()
    last = shot.restore(state, engine.device) if state else None
    size = even_size(film.clip.size, film.look.max_side)
    part: Part | None = None
    try:
        for (time, picture), motion in _ahead(_encoded(engine, film.look, _ahead(_followed(film, last)))):
            values = shot.paint(engine, film.look, picture, motion)
            part = part or parts.new(size, film.fps)
            part.write(values, time)
            state = shot.state(time)
            watch(time, Image.fromarray(values))
            if part.count == FRAMES_A_PART:
                parts.keep(part, state)
                part = None
    finally:
        if part and state:
            parts.keep(part, state)
    if not state:
        raise RefusedError(NOTHING_THERE, name=film.clip.path.name, start=film.start)


def paint_samples(engine: FrameEngine, film: Film, count: int, watch: Watch) -> list[Image.Image]:
    """What `count` frames spread over the film look like, each by itself."""
    painted = []
    for time, picture in film.samples(count):
        painted.append(Image.fromarray(Shot(0.0).paint(engine, film.look, picture, None)))
        watch(time, painted[-1])
    return painted


def _followed(film: Film, last: Fraction | None) -> Iterator[tuple[Frame, Motion | None]]:
    """The frames after the one shown at `last`, each with the motion towards it."""
    follow = Follower()
    if last is None:
        yield from ((frame, follow(frame.picture)) for frame in film.frames())
        return
    for frame in film.frames(max(film.start, float(last) - LOOK_BACK)):
        if frame.time >= last:
            motion = follow(frame.picture)
        if frame.time > last:
            yield frame, motion


def _encoded(
    engine: FrameEngine, look: Request[Image.Image], items: Iterator[tuple[Frame, Motion | None]]
) -> Iterator[tuple[Frame, Motion | None]]:
    """The same, each frame encoded."""
    for frame, motion in items:
        if look.controls.colors != "style":  # which need no network
            engine.encode_ahead(frame.picture, look.max_side)
        yield frame, motion


def _ahead(items: Iterator[T]) -> Iterator[T]:
    """The same, each made in another thread while the one before is worked on."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
