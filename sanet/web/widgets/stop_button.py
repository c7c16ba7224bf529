"""The buttons Stylize and Stop, and on phones Settings."""

from collections.abc import Sequence
from typing import NamedTuple

import gradio as gr
from gradio.events import Dependency

from sanet.web.events import QUICK
from sanet.web.i18n import said, word
from sanet.web.stop import StopSwitch


class RunButtons(NamedTuple):
    """Pressing Stop while nothing runs is harmless."""

    run: gr.Button
    stop: gr.Button


def run_and_stop(name: str, is_lively: bool = True, has_settings: bool = True) -> RunButtons:
    """The two side by side; on a lively tab another picture is painted by itself.

    `has_settings`: beside them, phones have a button that opens the settings of the tab (settings_sheet.js).
    """
    classes = ["run", *(["lively"] if is_lively else [])]
    with gr.Row():
        run = gr.Button(word("stylize"), variant="primary", min_width=120, elem_id=f"{name}-run", elem_classes=classes)
        stop = gr.Button(word("stop"), scale=0, min_width=110, elem_id=f"{name}-stop")
        if has_settings:
            settings = gr.Button(word("settings"), scale=0, elem_id=f"{name}-settings", elem_classes="open-settings")
            settings.click(None, js="openSettings")
    return RunButtons(run, stop)


def stopped() -> str:
    """The note of a tab whose work was stopped."""
    return said("stopped")


def connect_stop(stop: gr.Button, switch: StopSwitch, runs: Sequence[Dependency], note: gr.Markdown) -> None:
    """Let `stop` end the visitor's `runs`, waiting or running."""
    stop.click(switch.stop, None, None, **QUICK)
    stop.click(stopped, None, note, cancels=list(runs), **QUICK)
