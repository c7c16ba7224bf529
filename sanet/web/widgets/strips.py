"""Strips of example pictures, and uploads over one."""

from collections.abc import Sequence
from typing import NamedTuple

import gradio as gr
from gradio.events import Dependency

from sanet.web.events import QUICK, bound
from sanet.web.examples import CONTENTS, Example
from sanet.web.i18n import word
from sanet.web.widgets.picture_input import PictureInput, Source, picture_input


def example_strip(examples: Sequence[Example], label: str, elem_id: str) -> gr.Gallery:
    """Thumbnails to click, in two rows that scroll (style.css)."""
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


class PictureWithExamples(NamedTuple):
    """An upload, and the strip of examples under it."""

    picture: PictureInput
    strip: gr.Gallery
    examples: Sequence[Example]


def photograph_with_examples(elem_id: str) -> PictureWithExamples:
    """The photograph: an upload or a snapshot over a strip of examples."""
    return picture_with_examples(CONTENTS, "photograph", elem_id, ("upload", "webcam"))


def picture_with_examples(
    examples: Sequence[Example], key: str, elem_id: str, sources: Sequence[Source] = ("upload",)
) -> PictureWithExamples:
    """An upload over a strip of examples, both with the words of `key`."""
    with gr.Column(min_width=200):
        picture = picture_input(examples[0].path, word(key), 180, elem_id, sources)
        choose = gr.Button(word(f"choose_{key}"), size="sm", elem_id=f"{elem_id}-choose")
        choose.click(None, js=f"() => choosePicture('{elem_id}')")
        strip = example_strip(examples, word(f"examples_{key}"), f"{elem_id}-examples")
    return PictureWithExamples(picture, strip, examples)


def pick(examples: Sequence[Example], event: gr.SelectData) -> str:
    """The path of the example that was clicked."""
    return str(examples[event.index].path)


def connect_examples(widgets: PictureWithExamples) -> Dependency:
    """Let a click on an example put it in; returns the event after which it is there."""
    return widgets.strip.select(bound(pick, widgets.examples), None, widgets.picture, **QUICK)
