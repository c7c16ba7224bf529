"""Widgets that all tabs share: picture inputs with strips of examples, the common controls, the result panel."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.data_classes import ImageData
from gradio.events import Dependency

from sanet.image import open_picture
from sanet.web.examples import Example
from sanet.web.results import MODEL_QUEUE, explained

# Events that only move pictures about the page: answered at once, not part of the public interface.
QUICK: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}

class PictureInput(gr.Image):
    """An upload that hands over the file as it came: `gr.Image` would drop orientation, profile and transparency."""

    is_template = True  # the page draws it as the class above it

    def preprocess(self, payload: ImageData | None) -> str | None:
        return payload.path if payload else None
    from typing import Callable, Literal, Sequence, Any, TYPE_CHECKING
    from gradio.blocks import Block
    if TYPE_CHECKING:
        from gradio.components import Timer
        from gradio.components.base import Component

def _checked(path: str | None) -> Any:
    """Refuse a bad upload at once, and show formats that browsers cannot, such as HEIC, as PNG."""
    with explained():
        picture = open_picture(path) if path else None
    if picture is None or path is None or path.lower().endswith((".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")):
        return gr.skip()
    return picture

def example_strip(examples: Sequence[Example], label: str, elem_id: str) -> gr.Gallery:
    """Thumbnails to click, in one row that scrolls."""
    return gr.Gallery(
        [(example.thumbnail(), example.label) for example in examples],
        label=label,
        show_label=False,
        elem_id=elem_id,
        elem_classes="strip",
        format="jpeg",
        columns=len(examples),
        rows=1,
        height="auto",
        object_fit="cover",
        allow_preview=False,
        interactive=False,
        buttons=[],
    )

def picture_with_examples(examples: Sequence[Example], label: str, elem_id: str) -> tuple[PictureInput, Dependency]:
    """An upload over a strip of examples, and the event of an example having been put in."""
    with gr.Column(min_width=200):
        picture = PictureInput(str(examples[0].path), label=label, height=220, elem_id=elem_id)
        strip = example_strip(examples, f"Examples: {label.lower()}", f"{elem_id}-examples")

    def pick(event: gr.SelectData) -> str:
        return str(examples[event.index].path)

    return picture, strip.select(pick, None, picture, **QUICK)

def style_slots(
    examples: Sequence[Example], labels: Sequence[str], filled: int, elem_id: str
) -> tuple[list[PictureInput], Dependency]:
    """Small uploads in a row, the first `filled` with examples in them; a click on an example fills the chosen slot."""
    with gr.Row(elem_classes="slots"):
        slots = [
            PictureInput(
                str(examples[i].path) if i < filled else None,
                label=label,
                height=120,
                min_width=110,
                elem_id=f"{elem_id}-{i + 1}",
            )
            for i, label in enumerate(labels)
        ]
    target = gr.Radio(list(labels), value=labels[min(filled, len(labels) - 1)], label="A click on an example fills")
    strip = example_strip(examples, "Examples: styles", f"{elem_id}-examples")

    def pick(label: str, event: gr.SelectData) -> list[Any]:
        chosen = labels.index(label)
        following = labels[(chosen + 1) % len(labels)]
        paths = [str(examples[event.index].path) if i == chosen else gr.skip() for i in range(len(labels))]
        return [following, *paths]

    return slots, strip.select(pick, target, [target, *slots], **QUICK)

class CommonControls(NamedTuple):
    """Strength, working size and colours; the last three inputs of every tab's function."""

    alpha: gr.Slider
    max_side: gr.Slider
    keep_color: gr.Checkbox

def common_controls() -> CommonControls:
    """The controls that every tab has."""
    alpha = gr.Slider(0, 1, 1, step=0.05, label="Strength", info="0 keeps the photograph, 1 is all style")
    with gr.Row():
        max_side = gr.Slider(256, 1024, 512, step=64, label="Working size", info="Longer side in pixels", min_width=180)
        keep_color = gr.Checkbox(label="Keep colours", info="Paint with the photograph's own colours", min_width=140)
    return CommonControls(alpha, max_side, keep_color)

class ResultPanel(NamedTuple):
    """The outputs of every tab's function, in order."""

    download: gr.DownloadButton
    comparison: gr.ImageSlider
    note: gr.Markdown

def result_panel(name: str) -> ResultPanel:
    """The picture with its before/after handle, a note and the download."""
    comparison = gr.ImageSlider(
        label="Before | after",
        type="filepath",
        format="png",
        image_mode=None,
        interactive=False,
        max_height=560,
        buttons=["fullscreen"],
        elem_id=f"{name}-result",
        elem_classes="result",
    )
    with gr.Row(equal_height=True):
        note = gr.Markdown("The picture appears here.", elem_classes="note", elem_id=f"{name}-note")
        download = gr.DownloadButton("Download", elem_id=f"{name}-download", min_width=140, scale=0)
    return ResultPanel(download, comparison, note)

def run_live(
    fn: Callable[..., Any],
    inputs: Sequence[Component],
    result: ResultPanel,
    triggers: Sequence[Any],
    picked: Sequence[Dependency],
) -> None:
    """Run `fn` when a control is moved (the latest position wins) and after an example was put in."""
    shared: dict[str, Any] = {"outputs": list(result), "api_visibility": "private", **MODEL_QUEUE}
    gr.on(list(triggers), fn, inputs, trigger_mode="always_last", show_progress="minimal", **shared)
    for event in picked:
        event.then(fn, inputs, **shared)
