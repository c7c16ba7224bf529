"""Bodies of requests: none larger, slower or more at a time than the server can hold, and JSON only with sound numbers.

The one border that every number passes on its way in, whatever event it is for and by whichever address it comes.
"""

import asyncio
import time
from collections.abc import AsyncIterator

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sanet.errors import RefusedError
from sanet.web.serving.addresses import API, path_of
from sanet.web.serving.json_bodies import parse_body
from sanet.web.serving.limits import Limits
from sanet.web.serving.refusals import RequestRefusedError, answer_refusal

JSON = "sanet.json"  # where a scope holds what its body says
SLOWEST = 4000  # bytes a second, beside the pauses that are allowed
AT_ONCE = 16  # bodies of the largest size that may be held together
TOO_LARGE = "The request is larger than the {most} MB that are accepted."
TOO_SLOW = "The request came too slowly."
NO_FORM = "Only JSON is taken here."
BUSY = "The server is busy; try again in a moment."


class BoundedBodies:
    """ASGI middleware; Gradio gets JSON that was read and checked, and uploads piece by piece."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._held = 0  # bytes of bodies that are being read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            await self._pass_on(scope, receive, send)
        except RequestRefusedError as refused:
            await answer_refusal(refused, scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, headers = path_of(scope), Headers(scope=scope)
        is_upload = path.startswith(f"{API}/upload")
        most = self._limits.upload_bytes if is_upload else self._limits.body_bytes
        pieces = Pieces(receive, most, self._limits.request_seconds, headers)
        if is_upload:
            await self._app(scope, pieces.next, send)
        elif path.startswith(f"{API}/shared/"):
            await self._app(scope, receive, send)  # a button's empty form, which nobody reads
        else:
            if not headers.get("content-type", "application/json").startswith("application/json"):
                raise RequestRefusedError(415, RefusedError(NO_FORM))
            await self._app(scope, await self._read(scope, pieces, receive), send)

    async def _read(self, scope: Scope, pieces: "Pieces", receive: Receive) -> Receive:
        """Puts what the body says into the scope, and gives what the body is read again from."""
        body = bytearray()
        try:
            async for piece in pieces:
                body += piece
                self._held += len(piece)
                if self._held > AT_ONCE * self._limits.body_bytes:
                    raise RequestRefusedError(503, RefusedError(BUSY))
        finally:
            self._held -= len(body)
        try:
            scope[JSON] = parse_body(bytes(body))
        except RefusedError as error:
            raise RequestRefusedError(400, error) from error
        return _again(bytes(body), receive)


class Pieces:
    """A body piece by piece. Raises `RequestRefusedError` once it is too large or too slow."""

    def __init__(self, receive: Receive, most: int, patience: float, headers: Headers) -> None:
        self._receive, self._most, self._patience = receive, most, patience
        self._waited, self._count = 0.0, 0
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > most:
            raise self._too_large()

    async def next(self) -> Message:
        """As an application receives it."""
        start, left = time.monotonic(), self._patience + self._count / SLOWEST - self._waited
        try:
            message = await asyncio.wait_for(self._receive(), min(left, self._patience))
        except TimeoutError as error:
            raise RequestRefusedError(408, RefusedError(TOO_SLOW)) from error
        self._waited += time.monotonic() - start
        self._count += len(message.get("body", b""))
        if self._count > self._most:
            raise self._too_large()
        return message

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self.next()
            yield message.get("body", b"")
            more = message.get("more_body", False)

    def _too_large(self) -> RequestRefusedError:
        return RequestRefusedError(413, RefusedError(TOO_LARGE, most=round(self._most / 1e6)))


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives a body that was read already, and then what the server still has to say."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message
