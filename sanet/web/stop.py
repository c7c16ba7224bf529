"""Stopping what runs: a switch for each visitor that the engine's progress reports look at, and the Stop button."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import gradio as gr
from gradio.events import Dependency

from sanet.web.i18n import said, translated, word
from sanet.web.result import QUICK


class StopSwitch:
    """Knows who is running something; `stop` ends it at the engine's next step."""

    def __init__(self) -> None:
        self._running: dict[str, threading.Event] = {}

    @contextmanager
    def reports(self, request: gr.Request | None, progress: gr.Progress) -> Iterator[Callable[[float, str], None]]:
        """Gives the engine a progress callback that raises `gr.Error`, without a notice, once the visitor stops."""
        pressed = threading.Event()

        def report(done: float, stage: str) -> None:
            if pressed.is_set():
                raise gr.Error(said("stopped"), visible=False, print_exception=False)
            progress(done, desc=translated(stage))

        visitor = str(request.session_hash) if request else ""
        self._running[visitor] = pressed
        try:
            yield report
        finally:
            self._running.pop(visitor, None)

    def stop(self, request: gr.Request) -> None:
        """What the Stop button does, beside taking the visitor out of the queue."""
        pressed = self._running.get(str(request.session_hash))
        if pressed:
            pressed.set()


def run_and_stop(name: str) -> tuple[gr.Button, gr.Button]:
    """The buttons Stylize and Stop; pressing Stop while nothing runs is harmless."""
    with gr.Row():
        run = gr.Button(word("stylize"), variant="primary", min_width=120, elem_id=f"{name}-run", elem_classes="run")
        stop = gr.Button(word("stop"), scale=0, min_width=110, elem_id=f"{name}-stop")
    return run, stop


def connect_stop(stop: gr.Button, switch: StopSwitch, runs: Sequence[Dependency], note: gr.Markdown) -> None:
    """Let `stop` end the visitor's `runs`, waiting or running."""
    stop.click(switch.stop, None, None, **QUICK)
    stop.click(lambda: said("stopped"), None, note, cancels=list(runs), **QUICK)
