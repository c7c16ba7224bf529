"""The tour: an animation through the square of four styles, or from the photograph to the styles and back."""

import time
from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from sanet.engine.controls import Controls, bilinear_mix
from sanet.engine.stylizer import Stylizer
from sanet.engine.trajectories import TOURS, tour
from sanet.image.decode import fit, on_white
from sanet.image.video import save_film
from sanet.web.events import at_changes
from sanet.web.i18n import ENGLISH, said, word
from sanet.web.result import MODEL_QUEUE, explained, file_name, new_folder, read
from sanet.web.stop import StopSwitch, connect_stop

SIDE = 384  # pixels
RATE = 12  # frames a second
SHORTEST, LONGEST = 2, 5  # seconds: 60 frames at most
FORMATS = ("MP4", "GIF")
KEYS = ("tour_around", "tour_through", "tour_photograph")
WAYS = [(word(key), way) for key, way in zip(KEYS, TOURS, strict=True)]
FIRST_GUESS = 0.15  # seconds for a frame, until this machine has made one


class Pace:
    """How long one frame took here the last time."""

    def __init__(self) -> None:
        self._seconds = FIRST_GUESS

    def learn(self, seconds: float, frames: int) -> None:
        """`frames` took so long, all in all."""
        self._seconds = seconds / frames

    def estimate(self, length: float) -> str:
        """What a tour of `length` seconds takes, in words."""
        frames = round(length * RATE)
        seconds = max(1, round(frames * self._seconds))
        return said("tour_costs", frames=frames, side=SIDE, seconds=seconds)


Film = tuple[str, str | dict[str, Any], str | dict[str, Any], str]


def tour_panel(
    engine: Stylizer, pictures: Sequence[Component], point: Sequence[Component], alpha: Component, keep_color: Component
) -> None:
    """Build the panel: `pictures` are the photograph and the four styles, `point` the sliders of the square."""
    switch, pace = StopSwitch(), Pace()
    with gr.Accordion(word("tour"), open=False, elem_id="tour"), gr.Row():
        with gr.Column(scale=5, min_width=300):
            way = gr.Radio(WAYS, value=TOURS[0], label=word("tour_way"), elem_id="tour-way")
            with gr.Row():
                length = gr.Slider(
                    SHORTEST, LONGEST, 4, step=0.5, label=word("tour_length"), min_width=180, elem_id="tour-length"
                )
                kind = gr.Radio(
                    list(FORMATS), value=FORMATS[0], label=word("format"), min_width=140, elem_id="tour-format"
                )
            with gr.Row():
                run = gr.Button(word("tour_make"), variant="primary", elem_id="tour-run")
                stop = gr.Button(word("stop"), scale=0, min_width=110, elem_id="tour-stop")
            note = gr.Markdown(elem_classes="note", elem_id="tour-note")
        with gr.Column(scale=6, min_width=300):
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
            download = gr.DownloadButton(word("tour_download"), elem_id="tour-download")

    def make_tour(
        content: str,
        style_a: str,
        style_b: str,
        style_c: str,
        style_d: str,
        x: float = 0.5,
        y: float = 0.5,
        alpha: float = 1.0,
        keep_color: bool = False,
        way: str = TOURS[0],
        length: float = 4,
        kind: str = FORMATS[0],
        progress: gr.Progress = gr.Progress(),
        request: gr.Request | None = None,
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
            keep_color: Keep the photograph's colours.
            way: "Around the square", "Through the middle" or "From photograph to style and back".
            length: Seconds, 2 to 5.
            kind: "MP4" or "GIF".

        Returns:
            The animation as a file, the same as a video if it is MP4 and as a picture if it is GIF, and a note.

        """
        with explained(), switch.reports(request, progress) as report:
            if kind not in FORMATS or not SHORTEST <= length <= LONGEST:
                raise ValueError(
                    f"A tour takes {SHORTEST} to {LONGEST} seconds as MP4 or GIF, got {length} as {kind!r}."
                )
            start = time.perf_counter()
            photograph = fit(read(content, "a photograph"), SIDE)
            given = zip("ABCD", (style_a, style_b, style_c, style_d), strict=True)
            styles = [fit(read(style, f"style {letter}"), SIDE) for letter, style in given]
            steps = tour(way, round(length * RATE), Controls(alpha, bilinear_mix(x, y), keep_color=keep_color))
            frames = engine.sequence(photograph, styles, steps, SIDE, report)
            path = new_folder() / f"{file_name(content, 'tour', alpha)}.{kind.lower()}"
            save_film([on_white(frame) for frame in frames], path, RATE)
            seconds = time.perf_counter() - start
            pace.learn(seconds, len(frames))
        return _shown(str(path), kind, said("tour_made", frames=len(frames), seconds=f"{seconds:.1f}"))

    inputs = [*pictures, *point, alpha, keep_color, way, length, kind]
    outputs = [download, film, moving, note]
    made = run.click(make_tour, inputs, outputs, api_name="tour", show_progress_on=[film, moving], **MODEL_QUEUE)
    connect_stop(stop, switch, (made,), note)
    at_changes(pace.estimate, [length], note)


def _shown(path: str, kind: str, note: str) -> Film:
    """The film in the widget that plays it; the other one is hidden."""
    is_film = kind == "MP4"
    film = gr.update(value=path if is_film else None, visible=is_film)
    return path, film, gr.update(value=None if is_film else path, visible=not is_film), note
