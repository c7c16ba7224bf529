"""Tab "Compare": five methods of style transfer on one photograph and one style, side by side, with their seconds."""

from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from sanet.errors import RefusedError
from sanet.image.save import save_picture
from sanet.image.transparency import on_white
from sanet.methods.compare import names_in
from sanet.methods.methods import NAMES, TITLES, Methods, check
from sanet.progress import part
from sanet.web.errors import explained
from sanet.web.events import MODEL_QUEUE, NOTICED, QUICK, at_changes, bound
from sanet.web.examples import STYLES
from sanet.web.files import new_folder
from sanet.web.i18n import said, word
from sanet.web.result import opened
from sanet.web.serving.limits import Limits
from sanet.web.tabs.method_painter import (
    QUICK_ONES,
    SLOW,
    Comparison,
    MethodPainter,
    asked_for,
    painted_by,
    save,
    save_sheet,
)
from sanet.web.widgets.lens import lens
from sanet.web.widgets.picture_input import PictureInput
from sanet.web.widgets.stop_button import RunButtons, run_and_stop
from sanet.web.widgets.strips import (
    PictureWithExamples,
    connect_examples,
    photograph_with_examples,
    picture_with_examples,
)
from sanet.web.widgets.working_size import duration

SMALLEST, SIDE, LARGEST = 256, 512, 1024  # pixels; the second from the start
LOOK_EVERY = 1.0  # seconds, while the slow method paints


class Cell(NamedTuple):
    """Where a method's picture is shown, and the seconds that it took."""

    picture: gr.Image
    seconds: gr.Markdown


class Called(NamedTuple):
    """What only other programs give and get; never seen."""

    button: gr.Button
    methods: gr.Textbox
    pictures: gr.File
    sheet: gr.File
    seconds: gr.JSON


class Widgets(NamedTuple):
    content: PictureWithExamples
    style: PictureWithExamples
    buttons: RunButtons
    side: gr.Slider
    alpha: gr.Slider
    note: gr.Markdown
    download: gr.Button
    cells: dict[str, Cell]
    slow: gr.Button
    timer: gr.Timer
    comparison: gr.State
    written: gr.File  # never seen
    called: Called

    @property
    def pictures(self) -> list[PictureInput]:
        return [self.content.picture, self.style.picture]

    @property
    def choice(self) -> list[Component]:
        """What a comparison is of."""
        return [*self.pictures, self.side, self.alpha]

    @property
    def shown(self) -> list[Component]:
        """What is shown of it."""
        return [self.note, *(widget for cell in self.cells.values() for widget in cell)]


def layout() -> Widgets:
    """Build the tab inside the current `gr.Blocks`."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320), gr.Row():
            content = photograph_with_examples("compare-content")
            style = picture_with_examples(STYLES, "style", "compare-style")
        with gr.Column(scale=4, min_width=320):
            buttons = run_and_stop("compare", is_lively=False, has_settings=False)
            alpha = gr.Slider(0, 1, 1, step=0.05, label=word("strength"), elem_id="compare-strength")
            side = gr.Slider(SMALLEST, LARGEST, SIDE, step=64, label=word("working_size"), elem_id="compare-side")
            note = gr.Markdown(word("compare_hint"), elem_classes="note", elem_id="compare-note")
            download = gr.Button(word("all_download"), size="sm", interactive=False, elem_id="compare-download")
    lens("compare-lens", "#compare-result .compared, #compare-content")
    cells = {}
    with gr.Row(elem_id="compare-result", elem_classes="compared-row"):
        for name in NAMES:
            with gr.Column(min_width=120):
                cells[name] = _cell(name)
                if name == SLOW:
                    slow = gr.Button(word("paint_gatys"), size="sm", elem_id="compare-slow")
    shown = (buttons, side, alpha, note, download, cells, slow, gr.Timer(LOOK_EVERY, active=False))
    return Widgets(content, style, *shown, gr.State(), gr.File(visible=False), _called())


def _cell(name: str) -> Cell:
    picture = gr.Image(
        label=TITLES[name],
        type="filepath",
        format="png",
        interactive=False,
        buttons=[],
        elem_id=f"compare-{name}",
        elem_classes=["compared", "frame", "named-by-label"],
    )
    seconds = gr.Markdown(elem_id=f"compare-{name}-seconds", elem_classes="seconds")
    gr.Markdown(word(f"method_{name.replace('-', '_')}"), elem_classes="note")
    return Cell(picture, seconds)


def _called() -> Called:
    methods = gr.Textbox(", ".join(QUICK_ONES), label=word("methods"), visible=False)
    pictures = gr.File(file_count="multiple", visible=False)
    return Called(gr.Button(visible=False), methods, pictures, gr.File(visible=False), gr.JSON(visible=False))


@explained()
def compare(
    painter: MethodPainter,
    content: str | None,
    style: str | None,
    max_side: int = SIDE,
    alpha: float = 1.0,
    methods: str = ", ".join(QUICK_ONES),
    progress: gr.Progress = gr.Progress(),
) -> tuple[list[str], str, dict[str, float]]:
    """Paint a photograph in the style of a picture by several methods.

    Args:
        content: The photograph.
        style: The picture whose style is taken.
        max_side: Longer side of the results in pixels, 256 to 1024; at most the photograph's own.
        alpha: Strength from 0 (photograph) to 1 (style), as each method has it.
        methods: Which of them, with commas between them: sanet, gatys (which takes minutes), wct, avatar-net, adain.

    Returns:
        pictures: A PNG file of each method, in the order in which they were named.
        sheet: Photograph, style and pictures over their names and seconds, as a PNG file.
        seconds: What each method took, by its name.

    """
    chosen, request = names_in(methods), asked_for(content, style, max_side, alpha)
    for name in chosen:
        check(name, max_side, alpha)
    report, complete = Comparison(request).reports(progress), opened(request)
    painted = [
        painter.paint(name, complete, part(report, i / len(chosen), 1 / len(chosen))) for i, name in enumerate(chosen)
    ]
    seconds = {each.name: round(each.seconds, 3) for each in painted}
    return [save(each, request) for each in painted], save_sheet(request, painted), seconds


@explained()
def begin(
    content: str | None, style: str | None, side: int, alpha: float, before: Comparison | None
) -> tuple[Any, ...]:
    """A new comparison in place of the one before, which ends; of the same choice it keeps the slow picture."""
    request = asked_for(content, style, side, alpha)
    new = Comparison(request, list(QUICK_ONES))
    if before:
        before.stopped.set()
        if before.request == request and SLOW in before.done:
            new.done[SLOW] = before.done[SLOW]
            new.wanted.append(SLOW)
    return new, *_all_of(new)


@explained()
def begin_slow(
    content: str | None, style: str | None, side: int, alpha: float, before: Comparison | None
) -> tuple[Any, ...]:
    """A comparison for the slow picture: the one before, with what it has, unless it is of another choice."""
    request = asked_for(content, style, side, alpha)
    if before and before.request == request and not before.stopped.is_set():
        new = before  # whose other pictures go on
    else:
        kept = before.done if before and before.request == request else {}
        new = Comparison(request, list(kept), kept)
        if before:
            before.stopped.set()
    new.done.pop(SLOW, None)
    new.wanted[:] = [*(name for name in new.wanted if name != SLOW), SLOW]
    return new, *_all_of(new)


def _all_of(comparison: Comparison) -> list[Any]:
    """What `Widgets.shown` shows."""
    values: list[Any] = [comparison.note()]
    for name in NAMES:
        values += [comparison.file(name), comparison.seconds(name)]
    return values


class OneMethod(NamedTuple):
    """A method in the chain of those that are painted."""

    painter: MethodPainter
    name: str


@explained()
def paint_one(
    one: OneMethod, comparison: Comparison, progress: gr.Progress = gr.Progress()
) -> tuple[str | None, str, str]:
    """The picture of a method, its seconds, and how far all have come."""
    one.painter.paint_into(one.name, comparison, progress)
    return comparison.file(one.name), comparison.seconds(one.name), comparison.note()


def glimpse(comparison: Comparison | None) -> Any:
    """How far the slow picture is, if it is further than it was and not there yet."""
    if comparison is None or SLOW in comparison.done or not comparison.coming:
        return gr.skip()
    path = new_folder() / "coming.jpg"
    save_picture(on_white(comparison.coming.pop()), path)
    return str(path)


def watched() -> gr.Timer:
    """For the time in which the slow method paints."""
    return gr.Timer(active=True)


def unwatched() -> gr.Timer:
    """For the time after it."""
    return gr.Timer(active=False)


def end(comparison: Comparison | None) -> Any:
    """Stop a comparison; what is said of it then."""
    if comparison:
        comparison.stopped.set()
    return tell(comparison)


def tell(comparison: Comparison | None) -> Any:
    """How far a comparison has come."""
    return comparison.note() if comparison else gr.skip()


@explained()
def estimated(painter: MethodPainter, content: str | None, style: str | None, side: int) -> str:
    """What the button of the slow method says: how long it will take, if that is known."""
    try:
        seconds = painter.seconds_of_slow(content, style, side) if content and style else None
    except (ValueError, FileNotFoundError):  # said by the upload, or when it is to be painted
        seconds = None
    return said("paint_gatys_slow") if seconds is None else said("paint_gatys_about", time=duration(seconds))


@explained()
def write_sheet(comparison: Comparison | None) -> str:
    """A file of what is painted so far."""
    if not (comparison and comparison.done):
        raise RefusedError("Make a picture first, then download it.")
    return save_sheet(comparison.request, painted_by(comparison))


def downloadable(comparison: Comparison | None) -> dict[str, Any]:
    """The button, once there is something to download."""
    return gr.update(interactive=bool(comparison and comparison.done))


def connect(w: Widgets, methods: Methods, limits: Limits) -> None:
    """Let the tab paint. The slow method may take as long as a clip."""
    painter = MethodPainter(methods, limits.film_seconds)
    connect_examples(w.content)
    connect_examples(w.style)
    # Not in the model's queue: a bad photograph is refused at once.
    begun = w.buttons.run.click(begin, [*w.choice, w.comparison], [w.comparison, *w.shown], **NOTICED)
    begun.success(None, js="() => showResult('compare')")
    runs = [begun]
    # Each method waits in the queue by itself, so that other visitors come in between.
    for name in QUICK_ONES:
        runs.append(_painted(w, runs[-1], OneMethod(painter, name)))
    slow = w.slow.click(begin_slow, [*w.choice, w.comparison], [w.comparison, *w.shown], **NOTICED)
    slow.success(watched, None, w.timer, **QUICK)
    runs += [slow, _painted(w, slow, OneMethod(painter, SLOW))]
    w.timer.tick(glimpse, w.comparison, w.cells[SLOW].picture, **QUICK)
    for ended in (runs[-1].success, runs[-1].failure, w.buttons.stop.click):
        ended(unwatched, None, w.timer, **QUICK)
    # Also marks the comparison: between two methods there is nothing to cancel.
    w.buttons.stop.click(end, w.comparison, w.note, cancels=runs, **QUICK)
    w.note.change(downloadable, w.comparison, w.download, **QUICK)
    written = w.download.click(write_sheet, w.comparison, w.written, **NOTICED)
    written.success(None, w.written, None, js="(file) => file && saveFile(file.url, file.orig_name)")
    priced = w.choice[:3]
    at_changes(bound(estimated, painter), priced, w.slow)
    runs[-1].success(bound(estimated, painter), priced, w.slow, **QUICK)
    w.called.button.click(
        bound(compare, painter),
        [*w.choice, w.called.methods],
        [w.called.pictures, w.called.sheet, w.called.seconds],
        api_name="compare",
        **MODEL_QUEUE,
    )


def _painted(w: Widgets, after: Any, one: OneMethod) -> Any:
    """The event that paints a method after another event."""
    cell = w.cells[one.name]
    painted = after.success(
        bound(paint_one, one),
        w.comparison,
        [*cell, w.note],
        trigger_mode="multiple",
        show_progress_on=cell.picture,
        api_visibility="private",
        **MODEL_QUEUE,
    )
    # A picture may come to the page after Stop's answer; what follows it is refused, which has the last word.
    painted.failure(tell, w.comparison, w.note, trigger_mode="multiple", **QUICK)
    return painted
