"""The Download button and its options: format, quality, and the recipe inside the file. Words and widgets only."""

from typing import Any, NamedTuple

import gradio as gr

from sanet.errors import RefusedError
from sanet.web.errors import explained
from sanet.web.events import NOTICED, QUICK, hide, show
from sanet.web.i18n import word
from sanet.web.result import Made
from sanet.web.sharing.result_files import SUFFIXES, write_result


class DownloadPanel(NamedTuple):
    """The options, and what is written for the browser to save."""

    panel: gr.Column
    kind: gr.Radio
    quality: gr.Slider
    with_recipe: gr.Checkbox
    close: gr.Button
    written: gr.File


def download_panel(name: str) -> DownloadPanel:
    """The options, hidden at first."""
    with gr.Column(visible=False, elem_id=f"{name}-format-panel", elem_classes="panel") as panel:
        with gr.Row():
            kind = gr.Radio(list(SUFFIXES), value="PNG", label=word("format"), min_width=220)
            quality = gr.Slider(1, 100, 90, step=1, label=word("quality"), visible=False, min_width=220)
        with_recipe = gr.Checkbox(label=word("keep_recipe"), info=word("keep_recipe_info"))
        close = gr.Button(word("close"), size="sm")
    return DownloadPanel(panel, kind, quality, with_recipe, close, gr.File(visible=False))


@explained()
def write_download(made: Made | None, kind: str, quality: float, with_recipe: bool) -> str:
    """The file to save."""
    if made is None:
        raise RefusedError("Make a picture first, then download it.")
    return write_result(made, kind, round(quality), with_recipe)


def quality_for(kind: str) -> dict[str, Any]:
    """The slider is there for the lossy formats."""
    return gr.update(visible=kind != "PNG")


def connect_download(widgets: DownloadPanel, name: str, made: gr.State, save: gr.Button, options: gr.Button) -> None:
    """Let `save` save the result in `made`, and `options` open the panel of the tab `name`."""
    opened = options.click(show, None, widgets.panel, **QUICK)
    opened.then(None, js=f"() => showPanel('{name}-format-panel')")
    widgets.close.click(hide, None, widgets.panel, **QUICK)
    widgets.kind.change(quality_for, widgets.kind, widgets.quality, **QUICK)
    written = save.click(
        write_download, [made, widgets.kind, widgets.quality, widgets.with_recipe], widgets.written, **NOTICED
    )
    written.success(None, widgets.written, None, js="(file) => file && saveFile(file.url, file.orig_name)")
