"""What the tab "Video" does: clips painted for visitors, each of whom sees the last frame and may stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from sanet.engine.cost import Estimate
from sanet.engine.protocol import Engine
from sanet.engine.request import Regions, Request
from sanet.errors import Message, RefusedError
from sanet.image.decode import open_picture
from sanet.image.save import save_picture
from sanet.image.size import fit
from sanet.image.stroke_size import useful_side
from sanet.video.clip import Clip, first_frame, open_clip
from sanet.video.film import Film, Watch, paint_film, paint_samples
from sanet.video.parts import Parts, check_sound
from sanet.web.files import new_folder
from sanet.web.serving.limits import Limits
from sanet.web.serving.runs import turn
from sanet.web.stop import StopSwitch
from sanet.web.widgets.paint_canvas import CANVAS_SIDE

SAMPLES = 3  # frames of a preview
NO_CLIP = "Choose a clip first: upload one."
NO_STYLE = "Choose a style first: upload one or click an example."
TOO_LONG = "At most {most} seconds of a clip are painted here; name a part of it, or paint it with `sanet video`."
TOO_SLOW = (
    "These {frames} frames take about {needed} s here, and {most} s are allowed; "
    "choose a smaller size or a shorter part."
)


@dataclass
class FilmPainter:
    """Paints clips with `engine`, frame by frame: whoever is done sooner goes first."""

    engine: Engine
    limits: Limits
    switch: StopSwitch = field(default_factory=StopSwitch)
    last: dict[str, Image.Image] = field(default_factory=dict)  # what was painted last and not yet seen, by session

    def cost(self, film: Film) -> Estimate:
        """Of the whole film. Raises ValueError for one that is too long for this server."""
        count, most = film.count, self.limits.clip_seconds
        if count is None or count > most * film.fps + 1:
            raise RefusedError(TOO_LONG, most=round(most))
        cost = self._cost_of_frames(film, count)
        if cost.seconds and cost.seconds > self.limits.film_seconds:
            needed, allowed = round(cost.seconds), round(self.limits.film_seconds)
            raise RefusedError(TOO_SLOW, frames=count, needed=needed, most=allowed)
        return cost

    def paint(self, film: Film, parts: Parts, visitor: gr.Request | None, progress: gr.Progress) -> None:
        """All frames, into `parts`. Raises as `cost`, and whatever ends it."""
        with self._watched(visitor, progress, self.cost(film), film.count or 1) as watch:
            paint_film(self.engine.for_frames(), film, parts, watch)

    def samples(self, film: Film, visitor: gr.Request | None, progress: gr.Progress) -> list[Image.Image]:
        """A few frames, spread over the film."""
        with self._watched(visitor, progress, self._cost_of_frames(film, SAMPLES), SAMPLES) as watch:
            return paint_samples(self.engine.for_frames(), film, SAMPLES, watch)

    def _cost_of_frames(self, film: Film, count: int) -> Estimate:
        look = film.look
        styles = [style.size for style in look.styles]
        one = self.engine.estimate(film.clip.size, styles, look.max_side, stroke_size=look.stroke_size)
        seconds = None if one.seconds is None else count * one.seconds
        return replace(one, seconds=seconds, elsewhere=False)  # frames are always painted here

    @contextmanager
    def _watched(
        self, visitor: gr.Request | None, progress: gr.Progress, cost: Estimate, count: int
    ) -> Iterator[Watch]:
        """The engine's turn, in which `count` frames are told of as they come."""
        session, done = visitor and visitor.session_hash, 0
        with (
            self.switch.reports(visitor, progress) as report,
            turn(report, cost, self.limits.film_seconds) as watched,
        ):

            def watch(_time: Fraction, picture: Image.Image) -> None:
                nonlocal done
                done += 1
                if session:  # programs have none, and would see each other's
                    self.last[session] = picture
                stage = Message("Painting {number} of {count}", number=done, count=max(done, count))
                watched(min(1.0, done / count), stage)

            try:
                yield watch
            finally:
                self.last.pop(str(session), None)


def film_of(
    clip: str | None,
    look: Request[str | None],
    regions: Regions[Image.Image] | None,
    steady: float,
    start: float,
    stop: float,
) -> Film:
    """What is chosen on the tab: frames are painted by `look`, in `regions`. ValueError for what cannot be used."""
    if not clip:
        raise RefusedError(NO_CLIP)
    if not look.styles:
        raise RefusedError(NO_STYLE)
    opened, side = open_clip(clip), useful_side(look.max_side, look.stroke_size)
    styles = tuple(fit(open_picture(style), side) for style in look.styles if style)
    frame = first_frame(opened, look.max_side)
    more: dict[str, Any] = {"stroke_size": look.stroke_size, "match_regions": look.match_regions}
    complete = Request(frame, styles, look.controls, look.max_side, regions, **more)
    return Film(opened, complete, steady, start or 0.0, stop or None)


@lru_cache(16)
def frame_of(clip: str) -> str | None:
    """The first frame of a clip as a file; None where it has none that can be read."""
    try:
        frame = first_frame(open_clip(clip), CANVAS_SIDE)
    except (ValueError, FileNotFoundError):  # said by the line of costs
        return None
    path = new_folder() / "frame.jpg"
    save_picture(frame, path)
    return str(path)


def heard(clip: Clip, out: Path) -> Clip:
    """`clip` with its sound if that fits into the file `out`, else without."""
    try:
        check_sound(clip, out)
    except RefusedError:
        return replace(clip, sound="")
    return clip
