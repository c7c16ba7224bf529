"""Which addresses the page answers to, and under which names. What Gradio serves besides, and nobody needs, is gone.

Gradio 6.31 also has routes that keep copies of pages and recordings for ever, fetch other sites' files, or edit code.
"""

import re
from functools import lru_cache

import httpx
from gradio.route_utils import get_root_url
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sanet.errors import RefusedError
from sanet.web.serving.limits import Limits
from sanet.web.serving.refusals import RequestRefusedError, answer_refusal

API = "/gradio_api"
READ = re.compile(
    "/|/(config|favicon.ico|robots.txt|manifest.json|theme.css|healthz|readyz|metrics)/?"
    "|/(assets|kept|static|svelte)/.+"
    f"|{API}/(info|openapi.json|theme.css|app_id|startup-events|upload_progress|queue/(data|status))/?"
    rf"|{API}/(heartbeat/[^/]+|call(/v2)?/[^/]+/[^/]+|shared/.+)"
    rf"|{API}/file=(?!\W*https?:).+",
    re.IGNORECASE | re.DOTALL,
)
WRITE = re.compile(
    f"{API}/(queue/join|(run|call|call/v2)/[^/]+|cancel|reset|component_server|upload|shared/[^/]+/delete/[^/]+)/?"
)
# What the machine itself asks, by its own name: whatever looks after the server, and Gradio when it starts.
OWN = re.compile(f"/(healthz|readyz|metrics)|{API}/startup-events")
# What Gradio builds its own address from.
NAMES = ("host", "x-forwarded-host", "x-gradio-server")
HOST = re.compile(r"[\w.:-]+")
NOTHING = "There is nothing at this address."
NO_NAME = "The address in the header {header} cannot be read."
OTHER_NAME = "This page does not answer to the name {name}."
OTHER_SITE = "This page takes no requests from other sites."


class KnownAddresses:
    """ASGI middleware: 404 for what is not served, 400 for addresses in headers that are none, 403 for other sites."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._hosts, self._origins = map(_listed, (limits.hosts, limits.origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except RequestRefusedError as refused:
            await answer_refusal(refused, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        known, path = {"GET": READ, "HEAD": READ, "POST": WRITE}.get(scope["method"]), path_of(scope)
        if not known or not known.fullmatch(path):
            raise RequestRefusedError(404, RefusedError(NOTHING))
        for name in NAMES:
            _read_name(name, headers)
        host = _name(headers.get("x-forwarded-host") or headers.get("host", ""))
        if self._hosts and host not in self._hosts and not OWN.fullmatch(path):
            raise RequestRefusedError(403, RefusedError(OTHER_NAME, name=host[:80]))
        if self._origins and scope["method"] == "POST" and self._is_foreign(headers, host):
            raise RequestRefusedError(403, RefusedError(OTHER_SITE))

    def _is_foreign(self, headers: Headers, host: str) -> bool:
        """Whether another site's script asks; programs name no origin."""
        origin = headers.get("origin", "")
        return bool(origin) and _name(origin) not in (host, *self._origins)


def path_of(scope: Scope) -> str:
    """The path below the page's own address."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def address_of(scope: Scope) -> str:
    """The page's own address as the visitor's browser knows it, without a slash at the end."""
    return get_root_url(Request(scope), path_of(scope), below(scope))


def below(scope: Scope) -> str:
    """The path that a proxy shows the page at, or the whole address; "" where it is shown at the top."""
    app = scope["app"]
    return str(app.root_path or scope.get("root_path") or app.get_blocks().custom_mount_path or "")


def _read_name(name: str, headers: Headers) -> None:
    """Raise if Gradio could not build an address from a header."""
    given = headers.get(name, "").split(",")[0].strip()
    if given and not _is_sound(given):
        raise RequestRefusedError(400, RefusedError(NO_NAME, header=name))


@lru_cache(256)
def _is_sound(given: str) -> bool:
    try:
        address = httpx.URL(given if "://" in given else f"http://{given}")
        return bool(address.scheme in ("http", "https") and HOST.fullmatch(address.host) and not address.userinfo)
    except (httpx.InvalidURL, ValueError):
        return False


@lru_cache(256)
def _name(address: str) -> str:
    """The name of a host, without scheme and port."""
    first = address.split(",")[0].strip()
    try:
        return httpx.URL(first if "://" in first else f"http://{first}").host
    except httpx.InvalidURL:
        return ""


def _listed(names: str) -> frozenset[str]:
    return frozenset(_name(name) for name in names.split(",") if name.strip())
