"""What goes with the visitor from tab to tab: the photograph, and the style of the first tab. Runs in the browser."""

from collections.abc import Sequence

import gradio as gr
from gradio.events import Dependency

from sanet.web.widgets.picture_input import PictureInput


def connect_photographs(contents: Sequence[PictureInput], tabs: Sequence[gr.Tab]) -> None:
    """Let the photograph of the open tab be that of all, in the order of `tabs`."""
    for content, tab in zip(contents, tabs, strict=True):
        others = [other for other in contents if other is not content]
        hand_on = f"(photograph) => %s('{content.elem_id}', photograph, {len(others)})"
        content.change(None, content, others, js=hand_on % "handPhotograph")
        # A link or a file may have put one in before its tab was open.
        tab.select(None, content, others, js=hand_on % "handOpened")


def connect_style(style: PictureInput, places: Sequence[PictureInput], restored: Dependency) -> None:
    """Let `style` go into `places` as long as these hold what it was before, once the settings are `restored`."""
    restored.then(None, style, None, js="knowStyle")
    style.change(None, [style, *places], list(places), js="handStyle")
