"""Photograph, styles and settings that outlive a reload: the visitor's browser keeps them, and nobody else."""

import zlib
from collections.abc import Sequence

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.web.tabs.tab import Tab
from sanet.web.widgets.picture_input import PictureInput


def connect_kept(page: gr.Blocks, tabs: Sequence[Tab]) -> tuple[Dependency, gr.Checkbox]:
    """Keep what is set on the tabs, and set it again when the page is opened.

    Returns the event after which it is there, and a hidden switch that says whether anything was set then: a link comes
    first.
    """
    was_kept = gr.Checkbox(visible=False)
    kept = [widget for tab in tabs for widget in tab.all if is_kept(widget)]
    version = version_of(kept)
    changes = [widget.change for widget in kept]
    gr.on(changes, None, kept, None, js=f"(...values) => keepSettings({version}, values)")
    restored = page.load(None, None, [was_kept, *kept], js=f"() => keptSettings({version}, {len(kept)})")
    return restored, was_kept


def is_kept(widget: Component) -> bool:
    """Whether a widget holds what the visitor sets."""
    return isinstance(widget, PictureInput | gr.Slider | gr.Radio | gr.Checkbox | gr.Number)


def version_of(kept: Sequence[Component]) -> int:
    """Another one if these are other widgets, so that no value comes back in another's place."""
    return zlib.crc32(" ".join(f"{type(widget).__name__} {widget.label}" for widget in kept).encode())
