"""Results that come back: a strip of the last ones, kept by the browser alone, and files that hold a recipe.

The browser keeps the files themselves. Clicking one hands it over like a file that is opened by hand, so that what was
kept outlives the server and its sessions.
"""

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import Dependency

from sanet.image.decode import MAX_BYTES
from sanet.web.i18n import said, translated, word
from sanet.web.result import NOTICED, QUICK, Made
from sanet.web.sharing.opening import restored
from sanet.web.sharing.recipe import MARK
from sanet.web.sharing.result_files import open_result, write_result
from sanet.web.widgets.controls import TabWidgets

HERE = Path(__file__).parent
REMEMBER = """(files) => {
  if (files?.length) document.dispatchEvent(new CustomEvent("new-result", { detail: files }));
}"""
# Upload buttons that scripts hand files to, as if they had been chosen.
OPEN_FILES = """const open_files = (id, files) => {
  const input = document.getElementById(id).previousElementSibling;
  const carried = new DataTransfer();
  files.forEach((file) => carried.items.add(file));
  input.files = carried.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
};
"""
TO_RESULT = """() => setTimeout(() => {
  const result = [...document.querySelectorAll(".result")].find((found) => found.offsetParent);
  result?.scrollIntoView({ block: "nearest" });
}, 300)"""


def results_that_come_back(tabs: gr.Tabs, parts: Sequence[TabWidgets]) -> None:
    """Build the strip, the button that opens a file, and the page's ear for pictures dropped or pasted."""
    gr.HTML(
        html_template=(HERE / "recent_results.html").read_text(),
        css_template=(HERE / "recent_results.css").read_text(),
        js_on_load=OPEN_FILES + (HERE / "recent_results.js").read_text(),
        apply_default_css=False,
        elem_id="recent-results",
    )
    with gr.Row():
        ear = gr.HTML(
            html_template='<p data-word="own_arrivals"></p>',
            js_on_load=f"const MARK = {json.dumps(MARK)};\n{OPEN_FILES}{(HERE / 'arrivals.js').read_text()}",
            elem_classes="note",
            min_width=260,
        )
        by_hand = gr.UploadButton(
            word("open_result"), file_types=["image"], scale=0, min_width=160, elem_id="open-result"
        )
    from_strip = gr.UploadButton("", file_count="multiple", visible="hidden", elem_id="open-recent")
    files = gr.File(visible=False, file_count="multiple")

    outputs = [tabs, *(widget for part in parts for widget in part.all)]
    for button in (by_hand, from_strip):
        _open_with(button, tabs, parts, outputs)
    for part in parts:
        made = part.result.made
        made.change(_to_keep, made, files, **QUICK).success(None, files, None, js=REMEMBER)
    ear.refused(lambda: gr.Warning(said("refused")), None, None, **NOTICED)
    ear.unreadable(lambda: gr.Warning(said("unreadable")), None, None, **NOTICED)


def _open_with(button: gr.UploadButton, tabs: gr.Tabs, parts: Sequence[TabWidgets], outputs: Sequence[Any]) -> None:
    places = [picture for part in parts for picture in (part.content, *part.styles)]

    def open_files(paths: str | list[str] | None, *pictures: str | None) -> dict[Any, Any]:
        try:
            made = open_result([paths] if isinstance(paths, str) else paths or [])
            now = dict(zip(places, pictures, strict=True))
            part = next(part for part in parts if part.name == made.recipe.tab)
            recipe = made.recipe.completed(now[part.content], [now[style] for style in part.styles])
            return restored(tabs, parts, recipe, made, said("opened" if made.recipe.whole else "opened_without"))
        except ValueError as error:
            sentence = translated(str(error))
        except (OSError, IndexError):  # what the system says names paths of the server
            sentence = said("not_arrived")
        gr.Warning(html.escape(sentence), title=said("unopened"))
        return {tabs: gr.skip()}

    opened: Dependency = button.upload(open_files, [button, *places], outputs, trigger_mode="always_last", **NOTICED)
    opened.then(None, js=TO_RESULT)
    for part in parts:
        part.when_opened(opened)


def _to_keep(made: Made | None) -> list[str] | None:
    """The files that the browser keeps of a new result; none of one opened again, or too large to come back."""
    if made is None or not made.made_here:
        return None
    kept = write_result(made, "PNG", 100, True)
    return [kept, made.before] if Path(kept).stat().st_size <= MAX_BYTES else None
