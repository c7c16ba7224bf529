"""Tab "All styles": a contact sheet of one photograph in every example style; a click goes on with one."""

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency
from PIL import Image, ImageOps

from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.errors import RefusedError
from sanet.image.contact_sheet import captioned
from sanet.image.decode import open_picture
from sanet.image.save import save_picture
from sanet.image.size import fit
from sanet.image.transparency import on_white
from sanet.web.errors import explained
from sanet.web.events import MODEL_QUEUE, NOTICED, QUICK
from sanet.web.examples import STYLES, Example
from sanet.web.files import file_name, new_folder
from sanet.web.i18n import said, word
from sanet.web.result import estimate_of, opened
from sanet.web.serving.runs import turn
from sanet.web.widgets.stop_button import RunButtons, run_and_stop
from sanet.web.widgets.strips import PictureWithExamples, connect_examples, photograph_with_examples

SIDE = 320  # pixels
COLUMNS = 4


@dataclass(frozen=True)
class Sheet:
    """A photograph and how far its contact sheet has come."""

    content: str
    small: str  # the photograph at the size of the sheet
    # Files, in the order of the styles. They grow in place: the last picture of a sheet must not bring it back.
    painted: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def cells(self) -> list[tuple[Any, str]]:
        """Pictures and captions; in place of those to come, the styles in grey."""
        done = len(self.painted)
        made = [(path, style.label) for path, style in zip(self.painted, STYLES, strict=False)]
        return [*made, *((_grey(style), said("to_come", style=style.label)) for style in STYLES[done:])]

    def check(self, *progress: Any) -> None:
        """Raise `gr.Error`, without a notice, once the visitor has stopped; what the engine reports is not shown."""
        if self.stopped.is_set():
            raise gr.Error(said("stopped"), visible=False, print_exception=False)

    def note(self) -> str:
        """How far it has come, in words."""
        done = len(self.painted)
        if done == len(STYLES):
            return said("sheet_done", done=done, count=len(STYLES))
        if self.stopped.is_set():
            return said("stopped")
        return said("sheet_doing", done=done, count=len(STYLES), style=STYLES[done].label)


class Widgets(NamedTuple):
    content: PictureWithExamples
    buttons: RunButtons
    note: gr.Markdown
    download: gr.Button
    gallery: gr.Gallery
    sheet: gr.State
    written: gr.File  # never seen


def layout() -> Widgets:
    """Build the tab inside the current `gr.Blocks`."""
    with gr.Row():
        with gr.Column(scale=3, min_width=260):
            content = photograph_with_examples("all-content")
            buttons = run_and_stop("all", is_lively=False, has_settings=False)
            note = gr.Markdown(word("all_hint"), elem_classes="note", elem_id="all-note")
            download = gr.Button(word("all_download"), size="sm", interactive=False, elem_id="all-download")
        with gr.Column(scale=8, min_width=320):
            gallery = gr.Gallery(
                [(_grey(style), style.label) for style in STYLES],
                label=word("all_sheet"),
                show_label=False,
                format="jpeg",
                columns=COLUMNS,
                height="auto",
                object_fit="cover",
                allow_preview=False,
                interactive=False,
                buttons=[],
                elem_id="all-sheet",
                elem_classes="sheet",
            )
    return Widgets(content, buttons, note, download, gallery, gr.State(), gr.File(visible=False))


def _grey(style: Example) -> Image.Image:
    """Stands in the place of a picture that is not painted yet."""
    grey = ImageOps.grayscale(style.thumbnail())
    return Image.blend(grey, Image.new("L", grey.size, 128), 0.7)


@explained()
def write_sheet(sheet: Sheet | None) -> str:
    """A file of what is painted so far, each picture over the name of its style."""
    if not (sheet and sheet.painted):
        raise RefusedError("Make a picture first, then download it.")
    pictures = [open_picture(path) for path in sheet.painted]
    names = [style.label for style in STYLES[: len(pictures)]]
    path = new_folder() / f"{file_name(sheet.content, 'all-styles', 1.0)}.jpg"
    save_picture(captioned(pictures, names, COLUMNS), path)
    return str(path)


def downloadable(sheet: Sheet | None) -> dict[str, Any]:
    """The button, once there is something to download."""
    return gr.update(interactive=bool(sheet and sheet.painted))


@explained()
def begin(content: str | None, sheet: Sheet | None) -> tuple[Sheet, list, str]:
    """A new sheet, its cells and its note; `sheet` is the one before."""
    end(sheet)  # or its last picture would come back over the new one
    if not content:
        raise RefusedError("Choose a photograph first: upload one or click an example.")
    path = new_folder() / "photograph.png"
    save_picture(fit(open_picture(content), SIDE), path)
    new = Sheet(content, str(path))
    return new, new.cells(), new.note()


def paint_next(engine: Engine, sheet: Sheet) -> tuple[list, str]:
    """The cells and the note with one more style."""
    sheet.check()
    done = len(sheet.painted)
    if done < len(STYLES):  # else a second click has already painted all
        style = str(STYLES[done].path)
        with explained():
            request = opened(Request(sheet.small, (style,), max_side=SIDE))
            with turn(sheet.check, estimate_of(engine, request)) as watched:
                picture = engine.paint(request, watched)
        path = new_folder() / f"{file_name(sheet.content, style, 1.0)}.jpg"
        save_picture(on_white(picture), path)
        sheet.check()
        sheet.painted.append(str(path))
    return sheet.cells(), sheet.note()


def end(sheet: Sheet | None) -> Any:
    """Stop a sheet; what is said of it then."""
    if sheet:
        sheet.stopped.set()
    return tell(sheet)


def tell(sheet: Sheet | None) -> Any:
    """How far a sheet has come."""
    return sheet.note() if sheet else gr.skip()


def go_on(sheet: Sheet | None, content: str | None, event: gr.SelectData) -> tuple[gr.Tabs, str | None, str]:
    """The tab "One style" with the photograph and the style that was clicked."""
    return gr.Tabs(selected="one"), sheet.content if sheet else content, str(STYLES[event.index].path)


def connect(w: Widgets, engine: Engine, choices: gr.Tabs, photograph: Component, style: Component) -> Dependency:
    """Let the sheet be painted. A click on one of its pictures puts it into the places `photograph` and `style` of the
    tab "One style", which is opened; returns the event after which it is there.
    """
    content, shown = w.content.picture, [w.gallery, w.note]
    connect_examples(w.content)
    # Not in the model's queue: a bad photograph is refused at once.
    on_gallery = NOTICED | {"show_progress_on": w.gallery}
    runs = [w.buttons.run.click(begin, [content, w.sheet], [w.sheet, *shown], **on_gallery)]
    # Each style waits in the queue by itself, so that other visitors come in between.
    for _ in STYLES:
        painted = partial(paint_next, engine)
        runs.append(runs[-1].success(painted, w.sheet, shown, trigger_mode="multiple", **on_gallery | MODEL_QUEUE))
        # A picture may come to the page after Stop's answer; the style after it is refused, which has the last word.
        runs[-1].failure(tell, w.sheet, w.note, trigger_mode="multiple", **QUICK)
    w.note.change(downloadable, w.sheet, w.download, **QUICK)
    written = w.download.click(write_sheet, w.sheet, w.written, **NOTICED)
    written.success(None, w.written, None, js="(file) => file && saveFile(file.url, file.orig_name)")
    # Also marks the sheet: between two styles there is nothing to cancel.
    w.buttons.stop.click(end, w.sheet, w.note, cancels=runs, **QUICK)
    chosen = w.gallery.select(go_on, [w.sheet, content], [choices, photograph, style], **QUICK)
    chosen.then(None, js="() => showResult('one')")
    return chosen
