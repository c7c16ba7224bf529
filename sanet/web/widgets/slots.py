"""Places for several styles in a row, over a strip of examples that fill the chosen one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr
from gradio.events import Dependency

from sanet.web.events import QUICK, bound
from sanet.web.examples import STYLES
from sanet.web.i18n import word
from sanet.web.widgets.picture_input import PictureInput, picture_input
from sanet.web.widgets.strips import example_strip


class StyleSlots(NamedTuple):
    """Small uploads in a row, which of them the next example fills, and the strip."""

    slots: list[PictureInput]
    target: gr.Radio
    strip: gr.Gallery
    labels: Sequence[str]


def style_slots(labels: Sequence[str], filled: int, elem_id: str) -> StyleSlots:
    """Build them, the first `filled` with examples in them."""
    with gr.Row(elem_classes="slots"):
        slots = [
            picture_input(STYLES[i].path if i < filled else None, label, 96, f"{elem_id}-{i + 1}")
            for i, label in enumerate(labels)
        ]
    first = labels[min(filled, len(labels) - 1)]
    target = gr.Radio(list(labels), value=first, label=word("fills"), elem_classes="fills")
    strip = example_strip(STYLES, word("examples_styles"), f"{elem_id}-examples")
    return StyleSlots(slots, target, strip, labels)


def fill_slot(labels: Sequence[str], label: str, event: gr.SelectData) -> list[Any]:
    """The slot that the next example fills, and all slots with the clicked example in the one called `label`."""
    chosen = labels.index(label)
    following = labels[(chosen + 1) % len(labels)]
    return [following, *(str(STYLES[event.index].path) if i == chosen else gr.skip() for i in range(len(labels)))]


def connect_slots(widgets: StyleSlots) -> Dependency:
    """Let a click on an example fill the chosen slot; returns the event after which it is there."""
    fill = bound(fill_slot, widgets.labels)
    return widgets.strip.select(fill, widgets.target, [widgets.target, *widgets.slots], **QUICK)
