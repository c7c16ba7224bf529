"""What every answer tells the browser: guess no type of a file, load nothing from elsewhere, be shown where it may be.

Gradio draws the page with scripts and styles in the document and with functions made from text, so that those stay
allowed; scripts, styles, frames and pictures of other sites do not. A picture that is dragged here from another page is
fetched by a script, which needs any address to connect to.
"""

import os

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sanet.web.serving.addresses import API, path_of
from sanet.web.serving.limits import Limits

SPACE_ANCESTORS = "'self' https://huggingface.co https://*.huggingface.co https://*.hf.space"
PAGE = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "* data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
FILE = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; sandbox"
KEEP = "private, max-age=86400, immutable"


class SafeHeaders:
    """ASGI middleware that adds the headers to every answer that does not bring its own."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        ancestors = limits.frame_ancestors or (SPACE_ANCESTORS if "SPACE_ID" in os.environ else "'self'")
        directives = PAGE | {"frame-ancestors": ancestors}
        self._app = app
        self._page = "; ".join(f"{name} {value}" for name, value in directives.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Referrer-Policy", "same-origin")
                if path_of(scope).startswith(f"{API}/file="):
                    headers["Content-Security-Policy"] = FILE
                    if message["status"] == 200:  # each lies under a hash or a name of its own
                        headers.setdefault("Cache-Control", KEEP)
                elif headers.get("Content-Type", "").startswith("text/html"):
                    headers.setdefault("Content-Security-Policy", self._page)
                elif headers.get("Content-Type", "").startswith("text/event-stream"):
                    headers["X-Accel-Buffering"] = "no"  # or nginx holds events back
            await send(message)

        await self._app(scope, receive, send_safe)
