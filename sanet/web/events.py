"""Handlers of changes that come quicker than the answers: one call at a time, and the last for the latest values."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.web.result import QUICK


def at_changes(
    fn: Callable[..., Any],
    inputs: Sequence[Component],
    outputs: Component | Sequence[Component],
    triggers: Sequence[Any] | None = None,
) -> Dependency:
    """Call `fn` at the events `triggers`; without them at every change of its inputs, and when the page is opened."""
    # After a call that had to wait, Gradio 6.31 repeats its event with all the handlers of that event, and two that
    # wait for each other go on without end. What follows an event with `then` is repeated alone.
    changed = gr.on(triggers, None, inputs, js="() => []")
    return changed.then(fn, inputs, outputs, trigger_mode="always_last", **QUICK)
