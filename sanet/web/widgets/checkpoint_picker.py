"""The checkpoint: which one paints, a choice of those in the catalog, and a banner while the wanted one is missing."""

import html
from typing import Any

import gradio as gr

from sanet.web.i18n import said, translated, word
from sanet.web.result import NOTICED, QUICK, explained
from sanet.web.serving.hot_swap import CurrentEngine, Status

LOOK_EVERY = 2.0  # seconds, only while something is on its way


def checkpoint_banner() -> gr.Markdown:
    """The place of the banner; hidden while the wanted checkpoint paints."""
    return gr.Markdown(visible=False, elem_id="banner")


def checkpoint_picker(current: CurrentEngine, page: gr.Blocks, banner: gr.Markdown) -> None:
    """Build the picker inside `page`."""
    ids = [entry.id for entry in current.entries]
    with gr.Accordion(word("checkpoint"), open=False, elem_id="checkpoint"):
        picker = gr.Dropdown(ids, label=word("checkpoint_choice"), elem_id="checkpoint-id")
        note = gr.Markdown(elem_classes="note", elem_id="checkpoint-note")
    timer = gr.Timer(LOOK_EVERY, active=False)
    shown = [banner, picker, note, timer]

    def look() -> list[Any]:
        return _shown(current.status)

    def choose(chosen: str) -> list[Any]:
        with explained():
            current.switch(chosen)
        return look()

    page.load(look, None, shown, **QUICK)
    timer.tick(look, None, shown, **QUICK)
    picker.input(choose, picker, shown, **NOTICED)


def _shown(status: Status) -> list[Any]:
    """Values of banner, picker, note and timer."""
    banner = gr.update(value=_banner(status), visible=status.coming is not None)
    chosen = status.coming or status.current
    return [banner, chosen.id, _note(status), gr.Timer(active=status.coming is not None)]


def _banner(status: Status) -> str:
    """What is on its way, or why it is not, and what paints meanwhile; nothing if all is as wanted."""
    if status.coming is None:
        return ""
    painting, coming = (f"**{html.escape(entry.id)}**" for entry in (status.current, status.coming))
    if status.problem:
        return said("until", problem=html.escape(status.problem), coming=coming, painting=painting)
    share = f" ({status.share:.0%})" if status.share else ""
    return said("fetched", coming=coming, share=share, painting=painting)


def _note(status: Status) -> str:
    """About the checkpoint that paints, after the reason why another one does not."""
    entry, problem = status.current, "" if status.coming else status.problem
    source = said("source", source=entry.shown)
    licence = said("licence", licence=entry.licence) if entry.licence else ""
    return html.escape(" ".join(filter(None, (problem, translated(entry.description), source, licence))))
