"""The checkpoint: which one paints, a choice of those in the catalog, and a banner while the wanted one is missing."""

import html
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import gradio as gr

from sanet.checkpoints.catalog import Entry
from sanet.web.errors import explained
from sanet.web.events import NOTICED, QUICK
from sanet.web.i18n import said, translated, word
from sanet.web.serving.hot_swap import HotSwapEngine, Status

LOOK_EVERY = 2.0  # seconds, only while something is on its way


def checkpoint_banner() -> gr.Markdown:
    """The place of the banner; hidden while the wanted checkpoint paints."""
    return gr.Markdown(visible=False, elem_id="banner")


class CheckpointPicker(NamedTuple):
    """The banner, the choice, what is said of it, and a clock while something is on its way."""

    banner: gr.Markdown
    picker: gr.Dropdown
    note: gr.Markdown
    timer: gr.Timer


def checkpoint_picker(entries: Sequence[Entry], banner: gr.Markdown) -> CheckpointPicker:
    """Build the choice among `entries`, if there is one; the `banner` is already there."""
    with gr.Accordion(word("checkpoint"), open=False, visible=len(entries) > 1, elem_id="checkpoint"):
        picker = gr.Dropdown([entry.id for entry in entries], label=word("checkpoint_choice"), elem_id="checkpoint-id")
        note = gr.Markdown(elem_classes="note", elem_id="checkpoint-note")
    return CheckpointPicker(banner, picker, note, gr.Timer(LOOK_EVERY, active=False))


def connect_picker(widgets: CheckpointPicker, page: gr.Blocks, engine: HotSwapEngine) -> None:
    """Let the visitor choose what `engine` paints with, and see what it does."""
    shown = list(widgets)
    page.load(partial(look, engine), None, shown, **QUICK)
    widgets.timer.tick(partial(look, engine), None, shown, **QUICK)
    widgets.picker.input(partial(choose, engine), widgets.picker, shown, **NOTICED)


def look(engine: HotSwapEngine) -> list[Any]:
    """Values of banner, picker, note and timer."""
    status = engine.status
    banner = gr.update(value=_banner(status), visible=status.coming is not None)
    chosen = status.coming or status.current
    return [banner, chosen.id, _note(status), gr.Timer(active=status.coming is not None)]


@explained()
def choose(engine: HotSwapEngine, entry_id: str) -> list[Any]:
    """The same after another checkpoint was chosen."""
    engine.switch(entry_id)
    return look(engine)


def _banner(status: Status) -> str:
    """What is on its way, or why it is not, and what paints meanwhile; nothing if all is as wanted."""
    if status.coming is None:
        return ""
    painting, coming = (f"**{html.escape(entry.id)}**" for entry in (status.current, status.coming))
    if status.problem:
        return said("until", problem=html.escape(translated(status.problem)), coming=coming, painting=painting)
    share = f" ({status.share:.0%})" if status.share else ""
    return said("fetched", coming=coming, share=share, painting=painting)


def _note(status: Status) -> str:
    """About the checkpoint that paints, after the reason why another one does not."""
    entry, problem = status.current, "" if status.coming else status.problem
    source = said("source", source=entry.shown)
    licence = said("licence", licence=entry.licence) if entry.licence else ""
    return html.escape(" ".join(filter(None, (translated(problem), translated(entry.description), source, licence))))
