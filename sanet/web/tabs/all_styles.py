"""Tab "All styles": a contact sheet of one photograph in every example style; a click goes on with one."""

import threading
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from PIL import Image, ImageOps

from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import fit, on_white, open_picture, save_picture
from sanet.web.examples import STYLES, Example
from sanet.web.i18n import said, word
from sanet.web.result import MODEL_QUEUE, NOTICED, QUICK, explained, file_name, new_folder, read
from sanet.web.stop import run_and_stop
from sanet.web.widgets.controls import TabWidgets, photograph_with_examples

SIDE = 320  # pixels
RUN_ONE = """() => {
  document.getElementById("one-run").click();
  document.getElementById("one-result").scrollIntoView({block: "nearest"});
}"""


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


def all_styles_tab(engine: Stylizer, tabs: gr.Tabs, one: TabWidgets) -> None:
    """Build the tab inside the current `gr.Blocks`; a click on a picture goes on in the tab `one` among `tabs`."""
    with gr.Row():
        with gr.Column(scale=3, min_width=260):
            content, _ = photograph_with_examples("all-content")
            run, stop = run_and_stop("all")
            note = gr.Markdown(word("all_hint"), elem_classes="note", elem_id="all-note")
        with gr.Column(scale=8, min_width=320):
            gallery = gr.Gallery(
                [(_grey(style), style.label) for style in STYLES],
                label=word("all_sheet"),
                show_label=False,
                format="jpeg",
                columns=4,
                height="auto",
                object_fit="cover",
                allow_preview=False,
                interactive=False,
                buttons=[],
                elem_id="all-sheet",
                elem_classes="sheet",
            )
    sheet = gr.State()
    shown = [gallery, note]

    def begin(content: str | None, sheet: Sheet | None) -> tuple[Sheet, list, str]:
        end(sheet)  # or its last picture would come back over the new sheet
        with explained():
            photograph = fit(read(content, "a photograph"), SIDE)
        path = new_folder() / "photograph.png"
        save_picture(photograph, path)
        new = Sheet(str(content), str(path))
        return new, new.cells(), new.note()

    def paint_next(sheet: Sheet) -> tuple[list, str]:
        sheet.check()
        done = len(sheet.painted)
        if done < len(STYLES):  # else a second click has already painted all
            style = STYLES[done].path
            with explained():
                styles = [fit(open_picture(style), SIDE)]
                picture = engine.stylize(open_picture(sheet.small), styles, Controls(), SIDE, sheet.check)
            path = new_folder() / f"{file_name(sheet.content, str(style), 1.0)}.jpg"
            save_picture(on_white(picture), path)
            sheet.check()
            sheet.painted.append(str(path))
        return sheet.cells(), sheet.note()

    def end(sheet: Sheet | None) -> Any:
        if sheet:
            sheet.stopped.set()
        return tell(sheet)

    def tell(sheet: Sheet | None) -> Any:
        return sheet.note() if sheet else gr.skip()

    def go_on(sheet: Sheet | None, content: str | None, event: gr.SelectData) -> tuple[gr.Tabs, str | None, str]:
        return gr.Tabs(selected="one"), sheet.content if sheet else content, str(STYLES[event.index].path)

    # Not in the model's queue: a bad photograph is refused at once.
    runs = [run.click(begin, [content, sheet], [sheet, *shown], show_progress_on=gallery, **NOTICED)]
    painting = NOTICED | MODEL_QUEUE | {"show_progress_on": gallery, "trigger_mode": "multiple"}
    # Each style waits in the queue by itself, so that other visitors come in between.
    for _ in STYLES:
        runs.append(runs[-1].success(paint_next, sheet, shown, **painting))
        # A picture may come to the page after Stop's answer; the style after it is refused, which has the last word.
        runs[-1].failure(tell, sheet, note, trigger_mode="multiple", **QUICK)
    # Also marks the sheet: between two styles there is nothing to cancel.
    stop.click(end, sheet, note, cancels=runs, **QUICK)
    chosen = gallery.select(go_on, [sheet, content], [tabs, one.content, *one.styles], **QUICK)
    chosen.then(None, js=RUN_ONE)


def _grey(style: Example) -> Image.Image:
    """Stands in the place of a picture that is not painted yet."""
    grey = ImageOps.grayscale(style.thumbnail())
    return Image.blend(grey, Image.new("L", grey.size, 128), 0.7)
