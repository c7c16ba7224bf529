"""Widgets that all tabs share: strips of examples, the common controls, the result panel."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.web.examples import CONTENTS, Example
from sanet.web.i18n import word
from sanet.web.result import MODEL_QUEUE, QUICK
from sanet.web.sharing.panel import share_panel
from sanet.web.sharing.recipe import Recipe
from sanet.web.sharing.store import ShareStore
from sanet.web.widgets.before_after import comparison, describe, side_by_side
from sanet.web.widgets.download_area import download_area
from sanet.web.widgets.picture_input import PictureInput, Source, picture_input
from sanet.web.widgets.working_size import size_slider


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


def photograph_with_examples(elem_id: str) -> tuple[PictureInput, Dependency]:
    """The photograph: an upload or a snapshot over a strip of examples, and the event of an example put in."""
    return picture_with_examples(CONTENTS, "photograph", elem_id, ("upload", "webcam"))


def picture_with_examples(
    examples: Sequence[Example], key: str, elem_id: str, sources: Sequence[Source] = ("upload",)
) -> tuple[PictureInput, Dependency]:
    """An upload over a strip of examples, both with the words of `key`, and the event of an example put in."""
    with gr.Column(min_width=200):
        picture = picture_input(examples[0].path, word(key), 180, elem_id, sources)
        strip = example_strip(examples, word(f"examples_{key}"), f"{elem_id}-examples")

    def pick(event: gr.SelectData) -> str:
        return str(examples[event.index].path)

    return picture, strip.select(pick, None, picture, **QUICK)


def style_slots(
    examples: Sequence[Example], labels: Sequence[str], filled: int, elem_id: str
) -> tuple[list[PictureInput], Dependency]:
    """Small uploads in a row, the first `filled` with examples in them; a click on an example fills the chosen slot."""
    with gr.Row(elem_classes="slots"):
        slots = [
            picture_input(examples[i].path if i < filled else None, label, 96, f"{elem_id}-{i + 1}")
            for i, label in enumerate(labels)
        ]
    target = gr.Radio(list(labels), value=labels[min(filled, len(labels) - 1)], label=word("fills"))
    strip = example_strip(examples, word("examples_styles"), f"{elem_id}-examples")

    def pick(label: str, event: gr.SelectData) -> list[Any]:
        chosen = labels.index(label)
        following = labels[(chosen + 1) % len(labels)]
        paths = [str(examples[event.index].path) if i == chosen else gr.skip() for i in range(len(labels))]
        return [following, *paths]

    return slots, strip.select(pick, target, [target, *slots], **QUICK)


class CommonControls(NamedTuple):
    """Strength, working size and colours; the inputs that every function with a result has."""

    alpha: gr.Slider
    max_side: gr.Slider
    keep_color: gr.Checkbox


def common_controls() -> CommonControls:
    """The controls beside a result."""
    alpha = gr.Slider(0, 1, 1, step=0.05, label=word("strength"))
    with gr.Row():
        max_side = size_slider()
        keep_color = gr.Checkbox(label=word("keep_color"), min_width=200)
    return CommonControls(alpha, max_side, keep_color)


def to_result(name: str) -> str:
    """A script that shows the place of a result: on a phone it lies below the fold.

    Not before the second tap of a double tap, which would meet what has come to lie under the finger.
    """
    show = f"document.getElementById('{name}-result')?.scrollIntoView({{block: 'nearest'}})"
    return f"() => {{ setTimeout(() => {show}, 400); }}"


class ResultPanel(NamedTuple):
    """The outputs of every tab's function, in order; the first is for callers from other programs."""

    download: gr.DownloadButton
    comparison: gr.ImageSlider
    note: gr.Markdown
    made: gr.State


class TabWidgets(NamedTuple):
    """What a link restores on a tab; settings by the names that recipes use."""

    name: str
    content: PictureInput
    styles: list[PictureInput]
    settings: dict[str, Component]
    result: ResultPanel
    more: tuple[Component, ...] = ()
    restore_more: Callable[[Recipe], dict[Component, Any]] = lambda recipe: {}
    when_opened: Callable[[Dependency], Any] = lambda opened: None  # connects what follows the opening of the page

    @property
    def all(self) -> list[Component]:
        """Every widget."""
        return [self.content, *self.styles, *self.settings.values(), *self.result, *self.more]


def result_panel(name: str, store: ShareStore | None) -> ResultPanel:
    """The picture before and after, a note, the download and the share."""
    with gr.Column(elem_classes="result-panel"):
        pictures = comparison(name)
        with gr.Row(equal_height=True, elem_classes="result-bar"):
            note = gr.Markdown(word("no_result"), elem_classes="note", elem_id=f"{name}-note")
            side_by_side(name)
            share = gr.Button(word("share"), elem_id=f"{name}-share", min_width=90, scale=0)
            options = gr.Button(word("format"), elem_id=f"{name}-format", min_width=90, scale=0)
            save = gr.Button(word("download"), elem_id=f"{name}-download", min_width=120, scale=0)
        made = gr.State()
        describe(name, made)
        download_area(name, made, save, options)
        share_panel(name, made, share, store)
    return ResultPanel(gr.DownloadButton(visible=False), pictures, note, made)


def run_live(
    fn: Callable[..., Any],
    inputs: Sequence[Component],
    result: ResultPanel,
    triggers: Sequence[Any],
    picked: Sequence[Dependency],
) -> list[Dependency]:
    """Run `fn` when a control is moved (the latest position wins) and after an example was put in."""
    shared: dict[str, Any] = {"outputs": list(result), "show_progress_on": result.comparison, **MODEL_QUEUE}
    shared["api_visibility"] = "private"
    moved = gr.on(list(triggers), fn, inputs, trigger_mode="always_last", show_progress="minimal", **shared)
    return [moved, *(event.then(fn, inputs, trigger_mode="always_last", **shared) for event in picked)]
