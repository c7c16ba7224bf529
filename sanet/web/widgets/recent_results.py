"""Results that come back: a strip of the last ones, kept by the browser alone, and files that hold a recipe.

The browser keeps the files themselves. Clicking one hands it over like a file that is opened by hand, so that what was
kept outlives the server and its sessions.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from sanet.image.decode import MAX_BYTES
from sanet.web.errors import sentence_of
from sanet.web.events import NOTICED, QUICK, bound
from sanet.web.i18n import said, word
from sanet.web.result import Made
from sanet.web.sharing.recipe import MARK
from sanet.web.sharing.result_files import open_result, write_result
from sanet.web.tabs.tab import Tab, opened_on, tab_of
from sanet.web.widgets.own_widget import own_widget


class RecentResults(NamedTuple):
    """The strip is our own widget; it and `ear` hand files to the two buttons, as if they had been chosen there."""

    ear: gr.HTML
    by_hand: gr.UploadButton
    from_strip: gr.UploadButton
    files: gr.File


def recent_results() -> RecentResults:
    """The strip, the button that opens a file, and the page's ear for pictures dropped or pasted."""
    own_widget("recent_results", elem_id="recent-results")
    with gr.Row():
        ear = own_widget("arrivals", constants={"MARK": MARK}, elem_classes="note", min_width=260)
        by_hand = gr.UploadButton(
            word("open_result"), file_types=["image"], scale=0, min_width=260, elem_id="open-result"
        )
    from_strip = gr.UploadButton("", file_count="multiple", visible="hidden", elem_id="open-recent")
    return RecentResults(ear, by_hand, from_strip, gr.File(visible=False, file_count="multiple"))


class FileTargets(NamedTuple):
    """The widgets that a file may change, and those that hold the visitor's pictures."""

    choices: gr.Tabs
    tabs: Sequence[Tab]
    places: Sequence[Any]


def connect_results(widgets: RecentResults, choices: gr.Tabs, tabs: Sequence[Tab]) -> None:
    """Let results be kept and opened again."""
    places = [picture for tab in tabs for picture in tab.pictures]
    open_it = bound(open_files, FileTargets(choices, tabs, places))
    outputs = [choices, *(widget for tab in tabs for widget in tab.all)]
    for button in (widgets.by_hand, widgets.from_strip):
        opened = button.upload(open_it, [button, *places], outputs, trigger_mode="always_last", **NOTICED)
        opened.then(None, js="showOpened")
        for tab in tabs:
            tab.when_opened(opened)
    remember = "(files) => files?.length && document.dispatchEvent(new CustomEvent('new-result', { detail: files }))"
    for tab in tabs:
        made = tab.outputs.made
        made.change(to_keep, made, widgets.files, **QUICK).success(None, widgets.files, None, js=remember)
    widgets.ear.refused(warn_refused, None, None, **NOTICED)
    widgets.ear.unreadable(warn_unreadable, None, None, **NOTICED)


def open_files(targets: FileTargets, paths: str | list[str] | None, *pictures: str | None) -> dict[Any, Any]:
    """Values that show the result in a file, or a notice; `pictures` are those in the places of `targets`."""
    try:
        return result_opened(targets, open_result([paths] if isinstance(paths, str) else paths or []), pictures)
    except ValueError as error:
        sentence = sentence_of(error)
    except (OSError, IndexError):  # what the system says names paths of the server
        sentence = said("not_arrived")
    gr.Warning(sentence, title=said("unopened"))
    return {targets.choices: gr.skip()}


def result_opened(targets: FileTargets, made: Made, pictures: Sequence[str | None]) -> dict[Any, Any]:
    """Values that show a result; the visitor's own `pictures` stand in for those that its file left out."""
    tab, now = tab_of(targets.tabs, made.choice), dict(zip(targets.places, pictures, strict=True))
    choice = made.choice.completed(now[tab.content], [now[style] for style in tab.styles])
    note = said("opened" if made.choice.whole else "opened_without")
    return opened_on(targets.choices, targets.tabs, choice) | tab.outputs.values(made, note)


def to_keep(made: Made | None) -> list[str] | None:
    """The files that the browser keeps of a new result; none of one opened again, or too large to come back."""
    if made is None or not made.made_here:
        return None
    kept = write_result(made, "PNG", 100, True)
    return [kept, made.before] if Path(kept).stat().st_size <= MAX_BYTES else None


def warn_refused() -> None:
    """Of a picture on another page."""
    gr.Warning(said("refused"))


def warn_unreadable() -> None:
    """Of a file that is no picture."""
    gr.Warning(said("unreadable"))
