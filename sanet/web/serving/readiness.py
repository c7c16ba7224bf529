"""What whoever hands out visitors asks: whether this server can paint."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sanet.engine.protocol import Engine
from sanet.errors import one_line


def ready_route(engine: Engine) -> Route:
    """`/readyz`: "ok", or 503 and one sentence while `engine` cannot paint."""

    async def ready(request: Request) -> PlainTextResponse:
        try:
            await run_in_threadpool(engine.check_ready)
        except ValueError as error:
            return PlainTextResponse(one_line(error), 503)
        return PlainTextResponse("ok")

    return Route("/readyz", ready)
