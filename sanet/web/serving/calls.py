"""Which calls reach Gradio: those of events that exist, by whoever may name them. Gradio 6.31 fails on the others.

Programs call the public events by name. The page calls all of its events by number, for a session of its own.
"""

import re
from typing import Any

import gradio as gr

from sanet.errors import RefusedError
from sanet.web.serving.addresses import API
from sanet.web.serving.interface import check_names, public_events
from sanet.web.serving.refusals import RequestRefusedError
from sanet.web.serving.values import NO_VALUES

SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
BY_NUMBER = re.compile(f"{API}/(queue/join|run/[^/]+)/?")
BY_NAME = re.compile(rf"{API}/call(/v2)?/([^/]+)/?")
NO_EVENT = "There is no such function here; see the description of the interface."
STALE = "This page is older than its server; load it again."
NO_SESSION = "The request names no session of this page; load the page again."
NO_CALL = "The request is no call of a function; see the description of the interface."


def is_session(name: Any) -> bool:
    """Whether a name is one as Gradio's clients make them."""
    return isinstance(name, str) and SESSION.fullmatch(name) is not None


def check_call(page: gr.Blocks, path: str, call: Any) -> None:
    """Raises `RequestRefusedError` for a call of what is not there, or in a form that Gradio does not expect."""
    if not isinstance(call, dict) or call.get("batched"):
        raise RequestRefusedError(400, RefusedError(NO_CALL))
    named = BY_NAME.fullmatch(path)
    if named:
        _check_name(page, named[2])
        if named[1]:
            _check_values_named(page, named[2], call)
        if call.get("session_hash") is None:
            return
    if not is_session(call.get("session_hash")):
        raise RequestRefusedError(400, RefusedError(NO_SESSION))
    if BY_NUMBER.fullmatch(path):
        _check_number(page, call)
    if path.startswith(f"{API}/component_server"):
        _check_widget(page, call)


def _check_name(page: gr.Blocks, name: str) -> None:
    if name not in public_events(page):
        raise RequestRefusedError(404, RefusedError(NO_EVENT))


def _check_values_named(page: gr.Blocks, name: str, values: dict[str, Any]) -> None:
    if not check_names(public_events(page)[name].fn, list(values)):
        raise RequestRefusedError(400, RefusedError(NO_VALUES))


def _check_number(page: gr.Blocks, call: dict[str, Any]) -> None:
    number = call.get("fn_index")
    event = page.fns.get(number) if isinstance(number, int) else None
    if event is None or event.fn is None:
        raise RequestRefusedError(404, RefusedError(STALE))


def _check_widget(page: gr.Blocks, call: dict[str, Any]) -> None:
    number, name = call.get("component_id"), call.get("fn_name")
    widget = page.blocks.get(number) if isinstance(number, int) else None
    if widget is None or not isinstance(name, str) or "data" not in call:
        raise RequestRefusedError(404, RefusedError(NO_EVENT))
