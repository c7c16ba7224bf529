"""How events run: in which queue, seen by whom, and what becomes of changes that come quicker than the answers."""

from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

# Every event that runs the model shares this queue. While one paints, the next one reads its pictures.
MODEL_QUEUE: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 2}
# Events that show no progress, not part of the public interface. Nor is it told to any widget: Gradio 6.31 does so at
# each step of an event, looking for each of all the widgets that were ever told, which takes longer than to paint.
SILENT: dict[str, Any] = {"show_progress": "hidden", "show_progress_on": [], "api_visibility": "private"}
# Events that only move pictures about the page: answered at once.
QUICK: dict[str, Any] = {"queue": False, **SILENT}
# The same in a queue, because only queued events can show a notice; not in the model's, so that they need not wait.
NOTICED: dict[str, Any] = {"concurrency_limit": 4, **SILENT}


def at_changes(
    fn: Callable[..., Any],
    inputs: Sequence[Component],
    outputs: Component | Sequence[Component],
    triggers: Sequence[Any] | None = None,
) -> Dependency:
    """Call `fn` at the events `triggers`; without them at every change of its inputs, and when the page is opened.

    One call at a time, and the last for the latest values.
    """
    # After a call that had to wait, Gradio 6.31 repeats its event with all the handlers of that event, and two that
    # wait for each other go on without end. What follows an event with `then` is repeated alone.
    changed = gr.on(triggers, None, inputs, js="() => []")
    return changed.then(fn, inputs, outputs, trigger_mode="always_last", **QUICK)


def bound(handler: Callable[..., Any], first: Any) -> Callable[..., Any]:
    """`handler` with its first argument given. Of a `partial`, Gradio 6.31 reads neither types nor docstring."""
    return MethodType(handler, first)


def show() -> dict[str, Any]:
    """For events that open a panel."""
    return gr.update(visible=True)


def hide() -> dict[str, Any]:
    """For events that close one."""
    return gr.update(visible=False)
