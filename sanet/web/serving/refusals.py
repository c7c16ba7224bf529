"""Refusing a request before Gradio sees it, with one sentence in the visitor's language."""

import asyncio

import gradio as gr
from gradio.context import LocalContext
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sanet.web.i18n import translated

PAUSE = 0.5  # seconds before the answer to who asks too often, who would ask again at once


class RequestRefusedError(Exception):
    """A request that is answered with `status` and the sentence of `reason`."""

    def __init__(self, status: int, reason: ValueError) -> None:
        super().__init__(str(reason))
        self.status, self.reason = status, reason


async def answer_refusal(refused: RequestRefusedError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer so that pages and programs find the sentence where each looks for it; of uploads pages show all."""
    if refused.status in (429, 503):
        await asyncio.sleep(PAUSE)
    request = Request(scope)
    LocalContext.request.set(gr.Request(request))
    sentence = translated(refused.reason)
    if request.headers.get("content-type", "").startswith("multipart/"):
        answer: Response = PlainTextResponse(sentence, refused.status)
    else:
        answer = JSONResponse({"detail": sentence, "error": sentence}, refused.status)
    await answer(scope, receive, send)
