"""Stopping what runs: a switch for each visitor that the engine's progress reports look at."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from sanet.progress import Progress
from sanet.web.i18n import said, translated


class StopSwitch:
    """Knows who is running something; `stop` ends it at the engine's next step."""

    def __init__(self) -> None:
        self._running: dict[str, threading.Event] = {}

    @contextmanager
    def reports(self, visitor: gr.Request | None, progress: gr.Progress) -> Iterator[Progress]:
        """Gives the engine a progress callback that raises `gr.Error`, without a notice, once the visitor stops.

        A program without a session cannot stop anything, nor be stopped by others without one.
        """
        pressed, last = threading.Event(), (-1.0, "")

        def report(done: float, stage: str) -> None:
            nonlocal last
            if pressed.is_set():
                raise gr.Error(said("stopped"), visible=False, print_exception=False)
            if (done, stage) != last:  # who waits repeats itself
                last = (done, stage)
                progress(done, desc=translated(stage))

        session = visitor and visitor.session_hash
        if session is None:
            yield report
            return
        self._running[session] = pressed
        try:
            yield report
        finally:
            self._running.pop(session, None)

    def stop(self, visitor: gr.Request) -> None:
        """What the Stop button does, beside taking the visitor out of the queue."""
        pressed = self._running.get(str(visitor.session_hash))
        if pressed:
            pressed.set()
