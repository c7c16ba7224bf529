"""The Download button and its options: format, quality, and the recipe inside the file. Words and widgets only."""

import gradio as gr

from sanet.web.i18n import word
from sanet.web.result import NOTICED, QUICK, Made, explained
from sanet.web.sharing.result_files import SUFFIXES, write_result

NOTHING_YET = "Make a picture first, then download it."
# The browser saves the file that has just been written.
SAVE = """(file) => {
  if (!file) return;
  const link = document.createElement("a");
  link.href = file.url;
  link.download = file.orig_name;
  link.click();
}"""


def download_area(name: str, made: gr.State, button: gr.Button, options: gr.Button) -> None:
    """Let `button` save the result in `made`, and build the panel that `options` opens."""
    with gr.Column(visible=False, elem_id=f"{name}-format-panel", elem_classes="panel") as panel:
        with gr.Row():
            kind = gr.Radio(list(SUFFIXES), value="PNG", label=word("format"), min_width=220)
            quality = gr.Slider(1, 100, 90, step=1, label=word("quality"), visible=False, min_width=220)
        with_recipe = gr.Checkbox(label=word("keep_recipe"), info=word("keep_recipe_info"))
        close = gr.Button(word("close"), size="sm")
    written = gr.File(visible=False)

    def write(made: Made | None, kind: str, quality: float, with_recipe: bool) -> str:
        with explained():
            if made is None:
                raise ValueError(NOTHING_YET)
            return write_result(made, kind, round(quality), with_recipe)

    options.click(lambda: gr.update(visible=True), None, panel, **QUICK)
    close.click(lambda: gr.update(visible=False), None, panel, **QUICK)
    kind.change(lambda kind: gr.update(visible=kind != "PNG"), kind, quality, **QUICK)
    chosen = [made, kind, quality, with_recipe]
    button.click(write, chosen, written, **NOTICED).success(None, written, None, js=SAVE)
