"""Tab "Video": a clip painted in one or more styles, steady, with its sound."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr
from PIL import Image

from sanet.engine.controls import COLORS, Controls
from sanet.engine.interrupts import seconds_worked
from sanet.engine.protocol import Engine
from sanet.engine.request import PAINTED, UPLOADED, Regions, Request
from sanet.errors import RefusedError
from sanet.image.save import save_picture
from sanet.video.film import Film
from sanet.video.parts import Parts, join
from sanet.web.errors import explained
from sanet.web.events import QUICK, at_changes, bound
from sanet.web.examples import STYLES
from sanet.web.files import file_name, new_folder
from sanet.web.i18n import said, word
from sanet.web.regions import REGIONS, hinted, numbers_of, regions_now
from sanet.web.serving.limits import Limits
from sanet.web.sharing.clip_panel import ClipPanel, clip_panel, connect_clip
from sanet.web.sharing.store import ShareStore
from sanet.web.tabs.film_painter import SAMPLES, FilmPainter, film_of, frame_of, heard
from sanet.web.widgets.controls import StrokeSize
from sanet.web.widgets.live_preview import LivePreview
from sanet.web.widgets.paint_canvas import brush_of, paint_canvas, photograph
from sanet.web.widgets.slots import StyleSlots, connect_slots, style_slots
from sanet.web.widgets.stop_button import RunButtons, run_and_stop
from sanet.web.widgets.style_square import CORNERS, mixed, square_with, style_square

SMALLEST, SIDE, LARGEST = 256, 512, 1024  # pixels; the second from the start
HEIGHT = 320  # of the players, in pixels
LOOK_EVERY = 1.0  # seconds, while a clip is painted
# Those who paint clips stand in the same line as all others, and in no one's way before.
FILM_QUEUE = {"concurrency_id": "film", "concurrency_limit": 4}


class Look(NamedTuple):
    """How each frame is painted."""

    x: gr.Slider
    y: gr.Slider
    alpha: gr.Slider
    side: gr.Slider
    colors: gr.Radio
    stroke_size: StrokeSize
    match: gr.Slider


class Places(NamedTuple):
    """Where each style applies."""

    drawn: gr.Radio
    canvas: gr.HTML
    softness: gr.Slider


class Span(NamedTuple):
    """What of the clip is painted."""

    start: gr.Number
    stop: gr.Number


class Widgets(NamedTuple):
    clip: gr.Video
    buttons: RunButtons
    preview: gr.Button
    styles: StyleSlots
    square: gr.HTML
    frame: gr.Image
    film: gr.Video
    samples: gr.Gallery
    note: gr.Markdown
    both: gr.Button
    share: gr.Button
    download: gr.DownloadButton
    panel: ClipPanel
    cost: gr.Markdown
    steady: gr.Slider
    span: Span
    look: Look
    places: Places
    timer: gr.Timer
    made: gr.State  # where the painted clip lies, which no visitor can say


def layout(live: LivePreview, can_share: bool) -> Widgets:
    """Build the tab inside the current `gr.Blocks`."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            clip = gr.Video(label=word("clip"), sources=["upload"], height=HEIGHT, buttons=[], elem_id="video-clip")
            buttons = run_and_stop("video", is_lively=False, has_settings=False)
            with gr.Row():
                square = style_square([STYLES[0].path], "video-square", live, "video-frame")
                with gr.Column(min_width=200):
                    alpha = gr.Slider(0, 1, 1, step=0.05, label=word("strength"), elem_id="video-strength")
                    steady = gr.Slider(0, 1, 0.7, step=0.05, label=word("steady"), elem_id="video-steady")
            styles = style_slots(CORNERS, 1, "video-style")
            places = _places()
        with gr.Column(scale=6, min_width=320):
            frame = gr.Image(
                label=word("film"),
                interactive=False,
                visible=False,
                height=HEIGHT,
                buttons=[],
                elem_id="video-frame",
                elem_classes="frame",
            )
            film = gr.Video(label=word("film"), interactive=False, height=HEIGHT, buttons=[], elem_id="video-film")
            with gr.Row(equal_height=True, elem_classes="film-bar"):
                note = gr.Markdown(word("no_film"), elem_classes="note", elem_id="video-note")
                off: dict[str, Any] = {"scale": 0, "interactive": False}  # until there is a clip
                both = gr.Button(word("play_both"), min_width=140, elem_id="video-both", **off)
                share = gr.Button(word("share"), min_width=100, visible=can_share, elem_id="video-share", **off)
                download = gr.DownloadButton(word("download"), min_width=120, elem_id="video-download", **off)
            panel = clip_panel("video")
            with gr.Row():
                side = gr.Slider(SMALLEST, LARGEST, SIDE, step=64, label=word("working_size"), elem_id="video-side")
                start = gr.Number(0, label=word("film_from"), minimum=0, min_width=100, elem_id="video-from")
                stop_at = gr.Number(0, label=word("film_to"), minimum=0, min_width=100, elem_id="video-to")
            with gr.Row(equal_height=True):
                cost = gr.Markdown(elem_classes="note", elem_id="video-cost")
                preview = gr.Button(word("film_preview"), scale=0, min_width=200, elem_id="video-preview")
            samples = gr.Gallery(
                label=word("film_samples"),
                visible=False,
                columns=SAMPLES,
                height="auto",
                buttons=[],
                elem_id="video-samples",
            )
            colors, stroke_size, match = _more_control()
    x, y = (gr.Slider(0, 1, 0.5, visible=False) for _ in range(2))
    look = Look(x, y, alpha, side, colors, stroke_size, match)
    film_buttons = (both, share, download, panel)
    shown = (square, frame, film, samples, note, *film_buttons, cost, steady, Span(start, stop_at), look, places)
    return Widgets(clip, buttons, preview, styles, *shown, gr.Timer(LOOK_EVERY, active=False), gr.State())


def _places() -> Places:
    """Regions of the first frame, behind a line of their own."""
    with gr.Accordion(word("regions"), open=False, elem_id="video-regions"):
        choices = [(word("film_everywhere"), ""), *(choice for choice in REGIONS if choice[1] != UPLOADED)]
        drawn = gr.Radio(choices, value="", label=word("regions"), elem_id="video-regions-drawn")
        canvas = paint_canvas(None, [str(STYLES[0].path), None, None, None], "video-canvas", visible=False)
        softness = gr.Slider(0, 1, 0.2, step=0.01, label=word("soft_edges"), elem_id="video-softness")
    return Places(drawn, canvas, softness)


def _more_control() -> tuple[gr.Radio, StrokeSize, gr.Slider]:
    with gr.Accordion(word("more_control"), open=False, elem_id="video-more"):
        choices = [(word(f"clip_colors_{colors}"), colors) for colors in COLORS]
        colors = gr.Radio(choices, value=COLORS[0], label=word("colors"), elem_id="video-colors")
        stroke_size = StrokeSize(1, label=word("stroke_size"), step=0.05, elem_id="video-stroke-size")
        match = gr.Slider(0, 1, 0, step=0.05, label=word("match_regions"), elem_id="video-match")
    return colors, stroke_size, match


def look_of(
    styles: Sequence[str | None],
    x: float,
    y: float,
    alpha: float,
    side: int,
    colors: str,
    stroke_size: float,
    match_regions: float,
) -> Request[str | None]:
    """How each frame is painted, of the styles that there are."""
    present, mix = mixed(styles, x, y)
    controls = Controls(alpha, mix, colors=colors)
    return Request(None, present, controls, side, stroke_size=stroke_size, match_regions=match_regions)


def regions_of(
    styles: Sequence[str | None], drawn: str, sketch: dict[str, Any] | None, softness: float
) -> Regions[Image.Image] | None:
    """Where each of the styles applies that there are; None for everywhere. Errors as of `regions_now`."""
    return regions_now(drawn, sketch, None, numbers_of(styles), softness) if drawn else None


def chosen_film(clip: str | None, *chosen: Any) -> Film:
    """The film by the values of the widgets, in the order in which `paint_clip` is given them."""
    styles, span, look, places = chosen[:4], chosen[4:7], chosen[7:-3], chosen[-3:]
    return film_of(clip, look_of(styles, *look), regions_of(styles, *places), *span)


@explained()
def paint_clip(
    painter: FilmPainter,
    clip: str | None,
    style: str | None,
    style_b: str | None = None,
    style_c: str | None = None,
    style_d: str | None = None,
    steady: float = 0.7,
    start: float = 0,
    stop: float = 0,
    x: float = 0.5,
    y: float = 0.5,
    alpha: float = 1.0,
    side: int = SIDE,
    colors: str = "result",
    stroke_size: float = 1.0,
    match_regions: float = 0.0,
    regions: str = "",
    sketch: dict[str, Any] | None = None,
    softness: float = 0.2,
    progress: gr.Progress = gr.Progress(),
    visitor: gr.Request | None = None,
) -> tuple[str, str, str, str]:
    """Paint a clip in the style of one or more pictures, with its sound.

    Args:
        clip: The clip: MP4, MOV, WebM, MKV, AVI or GIF.
        style: The picture whose style is taken; of several, the one at the top left of a square.
        style_b: Another one, at the top right.
        style_c: Another one, at the bottom left.
        style_d: Another one, at the bottom right.
        steady: How firmly the paint follows what moves, from 0 (each frame by itself) to 1.
        start: The first second to paint.
        stop: The second to end before; 0 for the clip's end.
        x: The place of the mix of styles from left (0) to right (1).
        y: The place of the mix of styles from top (0) to bottom (1).
        alpha: Strength from 0 (clip) to 1 (style).
        side: Longer side of the frames in pixels, 256 to 1024; no longer than the clip's own.
        colors: "result" as painted, "photo" the clip's, "style" only the style's, "palette" the style's in the clip's.
        stroke_size: How many times as large the style is read, 0.25 for fine strokes to 4 for large ones.
        match_regions: How much regions of the clip keep to those of the style that are like them, 0 to 1.
        regions: "" for a mix everywhere, "My painting", "Left / right", "Top / bottom", "Centre" or "Quadrants".
        sketch: The painting of the page's canvas over the first frame, for "My painting".
        softness: Blur of the edges between regions, 0 to 1.

    Returns:
        film: The painted clip as an MP4 file.
        shown: The same.
        note: Seconds taken, in words.

    """
    styles, look = (style, style_b, style_c, style_d), (x, y, alpha, side, colors, stroke_size, match_regions)
    with hinted():
        film = chosen_film(clip, *styles, steady, start, stop, *look, regions, sketch, softness)
    first = next(filter(None, styles))
    out = new_folder() / f"{file_name(str(clip), first, alpha)}.mp4"
    parts, begun = Parts(out), seconds_worked()
    parts.begin(film.settings())
    stopped = None
    try:
        painter.paint(film, parts, visitor, progress)
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
    return str(out), str(out), note, str(out)


@explained()
def preview_clip(
    painter: FilmPainter,
    clip: str | None,
    *chosen: Any,
    progress: gr.Progress = gr.Progress(),
    visitor: gr.Request | None = None,
) -> dict[str, Any]:
    """A few frames, spread over the part that is painted; `chosen` as `paint_clip` is given it."""
    with hinted():
        film = chosen_film(clip, *chosen)
    return gr.update(value=painter.samples(film, visitor, progress), visible=True)


@explained()
def estimated(painter: FilmPainter, clip: str | None, *chosen: Any) -> str:
    """What the film will cost, in words; "" until there is something to paint; `chosen` as `paint_clip` is given it."""
    if not (clip and any(chosen[:4])):
        return ""
    try:
        film = chosen_film(clip, *chosen[:-3], "", None, 0.0)  # regions cost nothing
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
    return [gr.update(interactive=bool(film))] * 3


def begin() -> tuple[Any, ...]:
    """The frame painted last stands where the film was, until this is there."""
    return gr.update(value=None, visible=True), gr.update(visible=False), gr.Timer(active=True)


def end() -> tuple[Any, ...]:
    """The film again."""
    return gr.update(visible=False), gr.update(visible=True), gr.Timer(active=False)


def last_frame(painter: FilmPainter, visitor: gr.Request) -> Any:
    """The one painted last for a visitor, if there is a new one."""
    picture = painter.last.pop(str(visitor.session_hash), None)
    if picture is None:
        return gr.skip()
    path = new_folder() / "frame.jpg"
    save_picture(picture, path)
    return str(path)


def canvas_over(drawn: str, clip: str | None, *styles: str | None) -> Any:
    """The canvas over the first frame, where it is painted on."""
    if drawn != PAINTED:
        return gr.update(visible=False)
    return gr.HTML(
        photograph=photograph(frame_of(clip) if clip else None),
        brushes=[brush_of(style) for style in styles],
        visible=True,
    )


def connect(w: Widgets, engine: Engine, limits: Limits, store: ShareStore | None) -> None:
    """Let the tab paint."""
    painter, slots, shown = FilmPainter(engine, limits), w.styles.slots, [w.frame, w.film, w.timer]
    chosen = [w.clip, *slots, w.steady, *w.span, *w.look, *w.places]
    connect_slots(w.styles)
    w.square.input(None, w.square, [w.look.x, w.look.y], js="(point) => [point.x, point.y]", trigger_mode="multiple")
    framed = [w.places.drawn, w.clip, *slots]
    at_changes(canvas_over, framed, w.places.canvas, [widget.change for widget in framed])
    at_changes(square_with, slots, w.square, [slot.change for slot in slots])
    begun = w.buttons.run.click(begin, None, shown, **QUICK)
    painted = begun.then(
        bound(paint_clip, painter),
        chosen,
        [w.download, w.film, w.note, w.made],
        api_name="video",
        show_progress_on=w.frame,
        **FILM_QUEUE,
    )
    for ended in (painted.success, painted.failure):  # after a failure Gradio 6.31 runs nothing that comes with `then`
        ended(end, None, shown, **QUICK)
    w.timer.tick(bound(last_frame, painter), None, w.frame, **QUICK)
    # Not cancelled: what is done so far comes back.
    w.buttons.stop.click(painter.switch.stop, None, None, **QUICK)
    w.film.change(usable_with, w.film, [w.both, w.share, w.download], **QUICK)
    if store:
        connect_clip(w.panel, "video", w.made, w.share, store)
    w.both.click(None, js="() => playBoth('video-clip', 'video-film')")
    w.preview.click(bound(preview_clip, painter), chosen, w.samples, api_visibility="private", **FILM_QUEUE)
    priced = [w.clip, *slots, w.look.side, *w.span]
    changes = [widget.change for widget in priced]
    at_changes(bound(estimated, painter), chosen, w.cost, changes)
    w.note.change(bound(estimated, painter), chosen, w.cost, trigger_mode="always_last", **QUICK)
