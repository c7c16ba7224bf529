"""Tab "Video": a clip painted in a style, steady, with its sound."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import gradio as gr

from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate
from sanet.engine.interrupts import seconds_worked
from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.engine.stylizer import STYLE_SIDE
from sanet.errors import Message, RefusedError
from sanet.image.decode import open_picture
from sanet.image.size import fit
from sanet.progress import Progress
from sanet.video.clip import Clip, first_frame, open_clip
from sanet.video.film import Film, paint_film
from sanet.video.parts import Parts, check_sound, join
from sanet.web.errors import explained
from sanet.web.events import QUICK, at_changes, bound
from sanet.web.examples import STYLES
from sanet.web.files import file_name, new_folder
from sanet.web.i18n import said, word
from sanet.web.serving.limits import Limits
from sanet.web.serving.runs import turn
from sanet.web.stop import StopSwitch
from sanet.web.widgets.stop_button import RunButtons, run_and_stop
from sanet.web.widgets.strips import PictureWithExamples, connect_examples, picture_with_examples

SMALLEST, SIDE, LARGEST = 256, 512, 1024  # pixels; the second from the start
HEIGHT = 320  # of the players, in pixels
# Those who paint clips stand in the same line as all others, and in no one's way before.
FILM_QUEUE = {"concurrency_id": "film", "concurrency_limit": 4}
NO_CLIP = "Choose a clip first: upload one."
NO_STYLE = "Choose a style first: upload one or click an example."
TOO_LONG = "At most {most} seconds of a clip are painted here; name a part of it, or paint it with `sanet video`."
TOO_SLOW = (
    "These {frames} frames take about {needed} s here, and {most} s are allowed; "
    "choose a smaller size or a shorter part."
)


@dataclass
class FilmPainter:
    """Paints clips for visitors, each of whom may stop."""

    engine: Engine
    limits: Limits
    switch: StopSwitch = field(default_factory=StopSwitch)

    def cost(self, film: Film) -> Estimate:
        """Of the whole film. Raises ValueError for one that is too long for this server."""
        count, most = film.count, self.limits.clip_seconds
        if count is None or count > most * film.fps + 1:
            raise RefusedError(TOO_LONG, most=round(most))
        look = film.look
        one = self.engine.estimate(film.clip.size, [style.size for style in look.styles], look.max_side)
        cost = replace(one, seconds=None if one.seconds is None else count * one.seconds)
        if cost.seconds and cost.seconds > self.limits.film_seconds:
            needed, allowed = round(cost.seconds), round(self.limits.film_seconds)
            raise RefusedError(TOO_SLOW, frames=count, needed=needed, most=allowed)
        return cost


class Widgets(NamedTuple):
    clip: gr.Video
    style: PictureWithExamples
    alpha: gr.Slider
    steady: gr.Slider
    side: gr.Slider
    start: gr.Number
    stop_at: gr.Number
    keep_color: gr.Checkbox
    buttons: RunButtons
    film: gr.Video
    note: gr.Markdown
    cost: gr.Markdown
    both: gr.Button
    download: gr.DownloadButton


def layout() -> Widgets:
    """Build the tab inside the current `gr.Blocks`."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            clip = gr.Video(label=word("clip"), sources=["upload"], height=HEIGHT, buttons=[], elem_id="video-clip")
            buttons = run_and_stop("video", is_lively=False, has_settings=False)
            style = picture_with_examples(STYLES, "style", "video-style")
        with gr.Column(scale=6, min_width=320):
            film = gr.Video(label=word("film"), interactive=False, height=HEIGHT, buttons=[], elem_id="video-film")
            with gr.Row(equal_height=True):
                note = gr.Markdown(word("no_film"), elem_classes="note", elem_id="video-note")
                both = gr.Button(word("play_both"), scale=0, min_width=140, elem_id="video-both", interactive=False)
                words = word("download")
                download = gr.DownloadButton(words, scale=0, min_width=120, elem_id="video-download", interactive=False)
            with gr.Row():
                alpha = gr.Slider(0, 1, 1, step=0.05, label=word("strength"), elem_id="video-strength")
                steady = gr.Slider(0, 1, 0.7, step=0.05, label=word("steady"), elem_id="video-steady")
            with gr.Row():
                side = gr.Slider(SMALLEST, LARGEST, SIDE, step=64, label=word("working_size"), elem_id="video-side")
                start = gr.Number(0, label=word("film_from"), minimum=0, min_width=100, elem_id="video-from")
                stop_at = gr.Number(0, label=word("film_to"), minimum=0, min_width=100, elem_id="video-to")
            keep_color = gr.Checkbox(label=word("keep_clip_color"), elem_id="video-keep-color")
            cost = gr.Markdown(elem_classes="note", elem_id="video-cost")
    parts = (clip, style, alpha, steady, side, start, stop_at, keep_color, buttons, film, note, cost, both, download)
    return Widgets(*parts)


@explained()
def paint_clip(
    painter: FilmPainter,
    clip: str | None,
    style: str | None,
    alpha: float = 1.0,
    steady: float = 0.7,
    side: int = SIDE,
    start: float = 0,
    stop: float = 0,
    keep_color: bool = False,
    progress: gr.Progress = gr.Progress(),
    visitor: gr.Request | None = None,
) -> tuple[str, str, str]:
    """Paint a clip in the style of a picture, with its sound.

    Args:
        clip: The clip: MP4, MOV, WebM, MKV, AVI or GIF.
        style: The picture whose style is taken.
        alpha: Strength from 0 (clip) to 1 (style).
        steady: How firmly the paint follows what moves, from 0 (each frame by itself) to 1.
        side: Longer side of the frames in pixels, 256 to 1024; no longer than the clip's own.
        start: The first second to paint.
        stop: The second to end before; 0 for the clip's end.
        keep_color: Keep the clip's colours, true or false.

    Returns:
        film: The painted clip as an MP4 file.
        shown: The same.
        note: Frames and seconds taken, in words.

    """
    film = film_of(clip, style, Controls(alpha, keep_color=keep_color), side, steady, start, stop)
    estimate = painter.cost(film)
    out = new_folder() / f"{file_name(str(clip), str(style), alpha)}.mp4"
    parts, begun = Parts(out), seconds_worked()
    parts.begin(film.settings())
    stopped = None
    try:
        with painter.switch.reports(visitor, progress) as report:
            paint_in_turn(painter, film, parts, report, estimate)
    except (gr.Error, RefusedError) as error:  # stopped, or given up: what is done can be played
        stopped = error
    finally:
        whole = parts.whole()
        if whole:
            join(parts, heard(film.clip, out), film.fps, out)
        parts.remove()
    if stopped and not whole:
        raise stopped
    seconds = f"{seconds_worked() - begun:.1f}"
    note = said("film_stopped") if stopped else said("film_made", seconds=seconds)
    return str(out), str(out), note


def paint_in_turn(painter: FilmPainter, film: Film, parts: Parts, report: Progress, estimate: Estimate) -> None:
    """Frame by frame, letting those go first who are done sooner."""
    count, done = film.count or 1, 0
    with turn(report, estimate, painter.limits.film_seconds) as watched:

        def watch(_time: object, _picture: object) -> None:
            nonlocal done
            done += 1
            watched(
                min(1.0, done / count), Message("Painting {number} of {count}", number=done, count=max(done, count))
            )

        paint_film(painter.engine.for_frames(), film, parts, watch)


def film_of(
    clip: str | None,
    style: str | None,
    controls: Controls,
    side: int,
    steady: float,
    start: float,
    stop: float,
) -> Film:
    """What is chosen on the tab. Raises ValueError for what is missing or cannot be used."""
    if not clip:
        raise RefusedError(NO_CLIP)
    if not style:
        raise RefusedError(NO_STYLE)
    opened = open_clip(clip)
    look = Request(first_frame(opened, side), (fit(open_picture(style), min(side, STYLE_SIDE)),), controls, side)
    return Film(opened, look, steady, start or 0.0, stop or None)


def heard(clip: Clip, out: Path) -> Clip:
    """`clip` with its sound if that fits into the file `out`, else without."""
    try:
        check_sound(clip, out)
    except RefusedError:
        return replace(clip, sound="")
    return clip


@explained()
def estimated(painter: FilmPainter, clip: str | None, style: str | None, side: int, start: float, stop: float) -> str:
    """What the film will cost, in words; "" until there is something to paint."""
    if not (clip and style):
        return ""
    try:
        film = film_of(clip, style, Controls(), side, 0.0, start, stop)
        cost = painter.cost(film)
    except ValueError as error:
        return str(error)
    width, height = film.look.content.size
    values = {"frames": film.count, "width": width, "height": height}
    if cost.seconds is None:
        return said("film_counts", **values)
    return said("film_costs", **values, seconds=max(1, round(cost.seconds)))


def usable_with(film: str | None) -> list[dict[str, object]]:
    """The buttons that go with a film, which is there or not."""
    return [gr.update(interactive=bool(film))] * 2


def connect(w: Widgets, engine: Engine, limits: Limits) -> None:
    """Let the tab paint."""
    painter = FilmPainter(engine, limits)
    chosen = [w.clip, w.style.picture, w.alpha, w.steady, w.side, w.start, w.stop_at, w.keep_color]
    outputs = [w.download, w.film, w.note]
    connect_examples(w.style)
    w.buttons.run.click(
        bound(paint_clip, painter), chosen, outputs, api_name="video", show_progress_on=w.film, **FILM_QUEUE
    )
    # Not cancelled: what is done so far comes back.
    w.buttons.stop.click(painter.switch.stop, None, None, **QUICK)
    w.film.change(usable_with, w.film, [w.both, w.download], **QUICK)
    w.both.click(None, js="() => playBoth('video-clip', 'video-film')")
    priced = [w.clip, w.style.picture, w.side, w.start, w.stop_at]
    at_changes(bound(estimated, painter), priced, w.cost)
    w.note.change(bound(estimated, painter), priced, w.cost, trigger_mode="always_last", **QUICK)
