"""What whoever hands out visitors asks: whether this server can paint."""

import asyncio
import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sanet.engine.protocol import Engine
from sanet.errors import one_line

REMEMBERED = 1.0  # seconds, so that who asks often keeps nobody busy


def ready_route(engine: Engine) -> Route:
    """`/readyz`: "ok", or 503 and one sentence while `engine` cannot paint."""
    problem, until, asking = "", 0.0, asyncio.Lock()

    async def ready(request: Request) -> PlainTextResponse:
        nonlocal problem, until
        async with asking:
            if time.monotonic() > until:
                problem = await run_in_threadpool(_problem, engine)
                until = time.monotonic() + REMEMBERED
        return PlainTextResponse(problem or "ok", 503 if problem else 200)

    return Route("/readyz", ready)


def _problem(engine: Engine) -> str:
    try:
        engine.check_ready()
    except ValueError as error:
        return one_line(error)
    return ""
