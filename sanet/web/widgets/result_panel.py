"""Where a tab's result is shown: before and after, a note, the download and the share."""

from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from sanet.web.events import QUICK
from sanet.web.i18n import word
from sanet.web.result import Made
from sanet.web.sharing.panel import SharePanel, connect_share, share_panel
from sanet.web.sharing.store import ShareStore
from sanet.web.widgets.before_after import before_after, connect_words, side_by_side
from sanet.web.widgets.download_area import DownloadPanel, connect_download, download_panel


class Outputs(NamedTuple):
    """Of every tab's function, in order; the first is for callers from other programs."""

    download: gr.DownloadButton
    comparison: gr.ImageSlider
    note: gr.Markdown
    made: gr.State

    def values(self, made: Made, note: str) -> dict[Component, Any]:
        """What they show of a result."""
        return dict(zip(self, (made.after, (made.before, made.after), note, made), strict=True))


class ResultPanel(NamedTuple):
    """The outputs, and what opens around them."""

    outputs: Outputs
    words: gr.JSON
    share: gr.Button
    options: gr.Button
    save: gr.Button
    polish: gr.Button
    download: DownloadPanel
    sharing: SharePanel


def result_panel(name: str, opening: Made | None = None) -> ResultPanel:
    """Build the panel of the tab `name`, which begins with the result `opening`."""
    usable: dict[str, Any] = {"scale": 0, "interactive": opening is not None}
    with gr.Column(elem_classes="result-panel"):
        pictures = before_after(name, opening)
        with gr.Row(equal_height=True, elem_classes="result-bar"):
            note = gr.Markdown(
                word("opening_result" if opening else "no_result"), elem_classes="note", elem_id=f"{name}-note"
            )
            side_by_side(name)
            share = gr.Button(word("share"), elem_id=f"{name}-share", min_width=90, **usable)
            options = gr.Button(word("format"), elem_id=f"{name}-format", min_width=90, **usable)
            save = gr.Button(word("download"), elem_id=f"{name}-download", min_width=120, **usable)
        polish = gr.Button(
            word("polish"),
            size="sm",
            interactive=opening is not None,
            elem_id=f"{name}-polish",
            elem_classes="setting",
        )
        words, download, sharing = gr.JSON(visible=False), download_panel(name), share_panel(name)
    outputs = Outputs(gr.DownloadButton(visible=False), pictures, note, gr.State(opening))
    return ResultPanel(outputs, words, share, options, save, polish, download, sharing)


def connect_result_panel(widgets: ResultPanel, name: str, store: ShareStore | None) -> None:
    """Let a result be described, saved and shared."""
    made = widgets.outputs.made
    connect_words(name, made, widgets.words)
    buttons = [widgets.share, widgets.options, widgets.save]
    made.change(usable_with, made, buttons, **QUICK)
    connect_download(widgets.download, name, made, widgets.save, widgets.options)
    connect_share(widgets.sharing, name, made, widgets.share, store)


def usable_with(made: Made | None) -> list[dict[str, Any]]:
    """The buttons that go with a result, which is there or not."""
    return [gr.update(interactive=made is not None)] * 3
