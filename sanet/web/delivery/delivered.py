"""What loads the page: written once by Gradio, and handed out from then on for as long as the server runs."""

import asyncio
import json
import logging
import re

import httpx
from cachetools import LRUCache
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sanet.web.delivery.document import ROOT, cut
from sanet.web.delivery.kept_files import ADDRESS, FOR_GOOD, KeptFiles, answer_with, compress, encoding_for
from sanet.web.serving.addresses import address_of, below, path_of

PAGE, CONFIG, CONFIG_OF_PAGE = "/", "/config", "/config?page="
NAMED_BY_HASH = re.compile(r"/assets/.+-[\w-]{8,}\.\w+|/theme\.css")
logger = logging.getLogger(__name__)
ADDRESSES = 32  # by which the page is asked for in turn


class Delivered:
    """ASGI middleware, to stand right before Gradio."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._files = KeptFiles()
        self._texts: dict[str, str] = {}
        self._writing = asyncio.Lock()
        self._answers: LRUCache[tuple[str, str, str | None], bytes] = LRUCache(ADDRESSES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        path, headers = path_of(scope), Headers(scope=scope)
        if path.startswith(f"/{ADDRESS}"):
            await self._files.answer(path.removeprefix(f"/{ADDRESS}"), headers)(scope, receive, send)
        elif path.rstrip("/") in ("", CONFIG):
            await (await self._answer(_name(scope), scope, headers))(scope, receive, send)
        else:
            await self._app(scope, receive, _kept_for_good(send) if NAMED_BY_HASH.fullmatch(path) else send)

    async def _answer(self, name: str, scope: Scope, headers: Headers) -> Response:
        """The document or the config, for the address by which it is asked for."""
        text, root, encoding = await self._text(name, scope), address_of(scope), encoding_for(headers)
        body = self._answers.get((name, root, encoding))
        if body is None:
            said = text.replace(ROOT, json.dumps(root)[1:-1]).encode()
            body = await run_in_threadpool(compress, said, encoding)
            self._answers[name, root, encoding] = body
        kind = "text/html" if name == PAGE else "application/json"
        return answer_with(body, kind, encoding, "no-cache")

    async def _text(self, name: str, scope: Scope) -> str:
        """With `ROOT` for the address."""
        async with self._writing:
            if name not in self._texts:
                text = await self._written(name, scope)
                self._texts[name] = await run_in_threadpool(self._cut, text) if name == PAGE else text
            return self._texts[name]

    def _cut(self, text: str) -> str:
        try:
            return cut(text, self._files)
        except (LookupError, OSError, StopIteration, ValueError) as error:
            logger.warning("The page is sent as Gradio writes it, and opens slowly: %s", error)
            return text

    async def _written(self, name: str, scope: Scope) -> str:
        """As Gradio writes it."""

        async def ask(asked: Scope, receive: Receive, send: Send) -> None:
            given = {key: scope[key] for key in ("app", "root_path") if key in scope}
            await self._app({**asked, **given}, receive, send)

        async with httpx.AsyncClient(transport=httpx.ASGITransport(ask), base_url=ROOT) as client:
            text = (await client.get(name)).raise_for_status().text
        return text.replace(f"{ROOT}{below(scope)}".rstrip("/"), ROOT)


def _name(scope: Scope) -> str:
    if not path_of(scope).startswith(CONFIG):
        return PAGE
    return CONFIG_OF_PAGE if "page" in QueryParams(scope["query_string"]) else CONFIG


def _kept_for_good(send: Send) -> Send:
    async def send_kept(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message)["Cache-Control"] = FOR_GOOD
        await send(message)

    return send_kept
