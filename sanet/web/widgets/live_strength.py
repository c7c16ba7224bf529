"""Previews while the strength is dragged. Nothing is seen of the widget itself."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from sanet.engine.request import Request
from sanet.web.events import at_changes, bound
from sanet.web.widgets.live_preview import LivePreview
from sanet.web.widgets.own_widget import own_widget


def live_strength(name: str, live: LivePreview) -> gr.HTML:
    """The widget of the tab `name`, which lays previews over its result while its slider moves."""

    def draw(asked: dict[str, Any]) -> str:  # as the script calls it
        return preview_at(live, asked)

    constants = {"TARGET": f"{name}-result", "SLIDER": f"{name}-strength"}
    return own_widget("live_strength", None, constants, ticket="", server_functions=[draw], elem_classes="unseen")


def preview_at(live: LivePreview, asked: dict[str, Any]) -> str:
    """A preview with a strength, as a data address; "" for what this widget does not ask."""
    try:
        return live.draw(str(asked["ticket"]), alpha=float(asked["alpha"]))
    except (ValueError, KeyError, TypeError, OverflowError):
        return ""


def connect_live_strength(
    widget: gr.HTML, live: LivePreview, request_of: Callable[..., Request[str | None]], watched: Sequence[Component]
) -> None:
    """Let previews be of the request that `request_of` makes of the values of `watched`."""

    def ticket(request_of: Callable[..., Request[str | None]], *values: Any) -> gr.HTML:
        return gr.HTML(ticket=live.ticket(request_of(*values)))

    at_changes(bound(ticket, request_of), watched, widget)
