"""The tour: an animation through the square of four styles, or from the photograph to the styles and back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from sanet.engine.controls import Controls, bilinear_mix
from sanet.engine.interrupts import seconds_worked
from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.engine.trajectories import TOURS, tour
from sanet.errors import RefusedError
from sanet.image.transparency import on_white
from sanet.image.video import save_film
from sanet.web.choice import need_each_style
from sanet.web.errors import explained
from sanet.web.events import MODEL_QUEUE, at_changes, bound
from sanet.web.files import file_name, new_folder
from sanet.web.i18n import ENGLISH, said, word
from sanet.web.result import estimate_of, opened
from sanet.web.serving.runs import turn
from sanet.web.stop import StopSwitch
from sanet.web.widgets.stop_button import connect_stop

SMALLEST, SIDE, LARGEST = 256, 384, 1024  # pixels; the second from the start
RATE = 12  # frames a second
SHORTEST, LONGEST = 2, 5  # seconds: 60 frames at most
FORMATS = ("MP4", "GIF")
KEYS = ("tour_around", "tour_through", "tour_photograph")
WAYS = [(word(key), way) for key, way in zip(KEYS, TOURS, strict=True)]
FIRST_GUESS = 0.15  # seconds for a frame, until this machine has made one


@dataclass
class TourPainter:
    """Paints tours for visitors, each of whom may stop, and knows how long one frame took the last time."""

    engine: Engine
    switch: StopSwitch = field(default_factory=StopSwitch)
    frame_seconds: float = FIRST_GUESS  # of one of `SIDE` pixels


class Widgets(NamedTuple):
    way: gr.Radio
    length: gr.Slider
    kind: gr.Radio
    side: gr.Slider
    run: gr.Button
    stop: gr.Button
    note: gr.Markdown
    film: gr.Video
    moving: gr.Image
    download: gr.DownloadButton


def layout() -> Widgets:
    """Build the panel, closed at first."""
    with gr.Accordion(word("tour"), open=False, elem_id="tour"), gr.Row():
        with gr.Column(scale=5, min_width=300):
            way = gr.Radio(WAYS, value=TOURS[0], label=word("tour_way"), elem_id="tour-way")
            with gr.Row():
                words = word("tour_length")
                length = gr.Slider(SHORTEST, LONGEST, 4, step=0.5, label=words, min_width=180, elem_id="tour-length")
                kind = gr.Radio(
                    list(FORMATS), value=FORMATS[0], label=word("format"), min_width=140, elem_id="tour-format"
                )
            words = word("working_size")
            side = gr.Slider(SMALLEST, LARGEST, SIDE, step=64, label=words, elem_id="tour-side")
            with gr.Row():
                run = gr.Button(word("tour_make"), variant="primary", elem_id="tour-run")
                stop = gr.Button(word("stop"), scale=0, min_width=110, elem_id="tour-stop")
            note = gr.Markdown(elem_classes="note", elem_id="tour-note")
        with gr.Column(scale=6, min_width=300):
            film, moving = _players()
            download = gr.DownloadButton(word("tour_download"), elem_id="tour-download")
    return Widgets(way, length, kind, side, run, stop, note, film, moving, download)


def _players() -> tuple[gr.Video, gr.Image]:
    """For MP4 and for GIF; one of them is seen."""
    film = gr.Video(
        label=word("tour_film"),
        interactive=False,
        autoplay=True,
        loop=True,
        height=300,
        buttons=[],
        elem_id="tour-film",
    )
    moving = gr.Image(
        label=word("tour_film"),
        interactive=False,
        type="filepath",
        height=300,
        visible=False,
        alt_text=ENGLISH["tour_film"],
        buttons=["fullscreen"],
        elem_id="tour-gif",
    )
    return film, moving


# The file, the same in the widget that plays it, and a note.
Film = tuple[str, dict[str, Any], dict[str, Any], str]


@explained()
def make_tour(
    painter: TourPainter,
    content: str | None,
    style_a: str | None,
    style_b: str | None,
    style_c: str | None,
    style_d: str | None,
    x: float = 0.5,
    y: float = 0.5,
    alpha: float = 1.0,
    keep_color: bool = False,
    way: str = TOURS[0],
    length: float = 4,
    kind: str = FORMATS[0],
    side: int = SIDE,
    colors: str = "result",
    stroke_size: float = 1.0,
    match_regions: float = 0.0,
    progress: gr.Progress = gr.Progress(),
    visitor: gr.Request | None = None,
) -> Film:
    """Paint an animation of a photograph between four styles, or between the photograph and their mix.

    Args:
        content: The photograph.
        style_a: The style at the top left of the square.
        style_b: The style at the top right.
        style_c: The style at the bottom left.
        style_d: The style at the bottom right.
        x: The point's place from left (0) to right (1), for the way from photograph to style.
        y: The point's place from top (0) to bottom (1), for the way from photograph to style.
        alpha: Strength from 0 (photograph) to 1 (style); on the way from photograph to style, the strongest.
        keep_color: The same as "photo" for `colors`, true or false.
        way: "Around the square", "Through the middle" or "From photograph to style and back".
        length: Seconds, 2 to 5.
        kind: "MP4" or "GIF".
        side: Longer side of the frames in pixels, 256 to 1024; no longer than the photograph's own.
        colors: "result" as painted, "photo" the photograph's, "style" only the style's, "palette" in the photograph's.
        stroke_size: How many times as large the style is read, 0.25 for fine strokes to 4 for large ones.
        match_regions: How much regions of the photograph keep to those of the style that are like them, 0 to 1.

    Returns:
        animation: The file.
        film: The same if it is MP4, else empty.
        moving_picture: The same if it is GIF, else empty.
        note: Frames and seconds taken, in words.

    """
    check_length(length, kind)
    start = seconds_worked()
    controls = Controls(alpha, bilinear_mix(x, y), keep_color=keep_color, colors=colors)
    more: dict[str, Any] = {"stroke_size": stroke_size, "match_regions": match_regions}
    request = Request(content, (style_a, style_b, style_c, style_d), controls, side, **more)
    need_each_style(request)
    steps = tour(way, round(length * RATE), controls)
    complete = opened(request)
    one_picture = estimate_of(painter.engine, complete)
    cost = replace(one_picture, seconds=len(steps) * painter.frame_seconds * _area(side))
    with painter.switch.reports(visitor, progress) as report, turn(report, cost) as watched:
        frames = painter.engine.sequence(complete, steps, watched)
    path = new_folder() / f"{file_name(str(content), 'tour', alpha)}.{kind.lower()}"
    save_film([on_white(frame) for frame in frames], path, RATE)
    seconds = seconds_worked() - start
    painter.frame_seconds = seconds / len(frames) / _area(side)
    return shown(str(path), kind, said("tour_made", frames=len(frames), seconds=f"{seconds:.1f}"))


def check_length(length: float, kind: str) -> None:
    """Raise ValueError for a length or a format that there is not."""
    if kind not in FORMATS or not SHORTEST <= length <= LONGEST:
        raise RefusedError(
            "A tour takes {shortest} to {longest} seconds as MP4 or GIF, got {length} as {kind}.",
            shortest=SHORTEST,
            longest=LONGEST,
            length=length,
            kind=repr(kind),
        )


def shown(path: str, kind: str, note: str) -> Film:
    """The film in the widget that plays it; the other one is hidden."""
    is_film = kind == "MP4"
    film = gr.update(value=path if is_film else None, visible=is_film)
    return path, film, gr.update(value=None if is_film else path, visible=not is_film), note


def _area(side: int) -> float:
    """Of a frame, where that of `SIDE` pixels has 1."""
    return (side / SIDE) ** 2


def estimate(painter: TourPainter, length: float, side: int) -> str:
    """What a tour of `length` seconds takes, in words."""
    frames = round(length * RATE)
    seconds = max(1, round(frames * painter.frame_seconds * _area(side)))
    return said("tour_costs", frames=frames, side=side, seconds=seconds)


def connect(w: Widgets, engine: Engine, chosen: Sequence[Component], more: Sequence[Component]) -> None:
    """Let the panel make tours of what is `chosen`: photograph, four styles, x, y, strength, the old switch of colours;
    and of what came later: `more`.
    """
    painter = TourPainter(engine)
    inputs, outputs = [*chosen, w.way, w.length, w.kind, w.side, *more], [w.download, w.film, w.moving, w.note]
    players = [w.film, w.moving]
    make = bound(make_tour, painter)
    made = w.run.click(make, inputs, outputs, api_name="tour", show_progress_on=players, **MODEL_QUEUE)
    connect_stop(w.stop, painter.switch, (made,), w.note)
    at_changes(bound(estimate, painter), [w.length, w.side], w.note)
