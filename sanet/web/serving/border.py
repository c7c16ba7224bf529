"""Everything that stands between the network and Gradio, in the order in which a request passes it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from anyio import to_thread
from gradio.routes import App
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route

from sanet.web.delivery.delivered import Delivered
from sanet.web.serving.addresses import KnownAddresses
from sanet.web.serving.bodies import BoundedBodies
from sanet.web.serving.clearing import UploadFolder
from sanet.web.serving.headers import SafeHeaders
from sanet.web.serving.limits import Limits
from sanet.web.serving.sessions import keep_sessions_light
from sanet.web.serving.uploads import upload_route
from sanet.web.serving.visitors import Visitors
from sanet.web.serving.watched_calls import WatchedCalls

THREADS = 14  # for files and what else blocks, beside those that paint; each keeps some memory


def guarded(limits: Limits, routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """`launch(app_kwargs=...)` of a page that serves `routes`, too."""
    visitors = Visitors(limits)
    folder = UploadFolder(Path(get_upload_folder()), limits.upload_folder_bytes)

    @asynccontextmanager
    async def life(app: App) -> AsyncIterator[None]:
        page = app.get_blocks()
        to_thread.current_default_thread_limiter().total_tokens = THREADS + page.let_in
        keep_sessions_light(app, page)
        tasks = [asyncio.create_task(work) for work in (visitors.watch(page), folder.keep_clear(page))]
        yield
        for task in tasks:
            task.cancel()

    return {
        "lifespan": life,
        "middleware": [
            Middleware(SafeHeaders, limits),
            Middleware(KnownAddresses, limits),
            Middleware(BoundedBodies, limits),
            Middleware(WatchedCalls, visitors),
            Middleware(Delivered),
        ],
        "routes": [Route("/healthz", _healthy), upload_route(limits, folder), *routes],
    }


async def _healthy(request: Request) -> PlainTextResponse:
    """For whatever looks after the server."""
    return PlainTextResponse("ok")
