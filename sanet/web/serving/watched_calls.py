"""Calls and connections on their way to Gradio: refused if they cannot be served, or noted as those of a visitor."""

import re
import time
from urllib.parse import parse_qs

import gradio as gr
from gradio.server_messages import UnexpectedErrorMessage
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sanet.errors import RefusedError
from sanet.web.serving.addresses import API, path_of
from sanet.web.serving.bodies import JSON
from sanet.web.serving.calls import NO_EVENT, check_call, is_session
from sanet.web.serving.refusals import RequestRefusedError, answer_refusal
from sanet.web.serving.visitors import Presence, Visitors, order_fairly

ASKS = re.compile(f"{API}/(queue/join|call(/v2)?/[^/]+)/?")
HEARTBEAT = re.compile(f"{API}/heartbeat/([^/]+)")
RESULTS = re.compile(f"{API}/queue/data/?")
RESULT = re.compile(rf"{API}/call(?:/v2)?/[^/]+/([^/]+)")


class WatchedCalls:
    """ASGI middleware, to stand behind `BoundedBodies`."""

    def __init__(self, app: ASGIApp, visitors: Visitors) -> None:
        self._app, self._visitors = app, visitors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._pass_on(scope, receive, send)
        except RequestRefusedError as refused:
            await answer_refusal(refused, scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        page, path = scope["app"].get_blocks(), path_of(scope)
        if JSON in scope:
            check_call(page, path, scope[JSON])
            if ASKS.fullmatch(path):
                session, client = scope[JSON].get("session_hash"), scope.get("client")
                self._visitors.check_room(page, session, client[0] if client else "")
                await self._app(scope, receive, send)
                order_fairly(page)
                return
        if scope["method"] != "GET":
            await self._app(scope, receive, send)
        elif found := HEARTBEAT.fullmatch(path):
            await self._follow(found[1], False, scope, receive, send)
        elif RESULTS.fullmatch(path):
            await self._read_results(page, scope, receive, send)
        elif found := RESULT.fullmatch(path):
            await self._follow(_session_of(page, found[1]), True, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _read_results(self, page: gr.Blocks, scope: Scope, receive: Receive, send: Send) -> None:
        (session, *_) = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])
        if session in page._queue.pending_messages_per_session:
            await self._follow(session, True, scope, receive, send)
            return
        message = UnexpectedErrorMessage(message="Session not found.", session_not_found=True)
        body = f"data: {message.model_dump_json()}\n\n"
        await Response(body, media_type="text/event-stream")(scope, receive, send)

    async def _follow(self, session: str, reads: bool, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_session(session):
            raise RequestRefusedError(404, RefusedError(NO_EVENT))
        with self._visitors.connected(session, reads) as presence:
            await self._app(scope, *_noting(receive, send, presence))


def _noting(receive: Receive, send: Send, presence: Presence) -> tuple[Receive, Send]:
    """The same two, which also note if the client goes before the answer has come to its end."""
    ended = False

    async def send_and_note(message: Message) -> None:
        nonlocal ended
        ended = message["type"] == "http.response.body" and not message.get("more_body", False)
        await send(message)

    async def receive_and_note() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect" and not ended:
            presence.broke_off = time.monotonic()
        return message

    return receive_and_note, send_and_note


def _session_of(page: gr.Blocks, event_id: str) -> str:
    """The session of an event whose result has not been read; "" if there is none."""
    queue = page._queue
    event = queue.event_ids_to_events.get(event_id)
    if event:
        return str(event.session_hash)
    return next((session for session, ids in queue.pending_event_ids_session.items() if event_id in ids), "")
