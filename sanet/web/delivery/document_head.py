"""What the document says before anything is drawn: its title, its language, and the card that chats show of its link.

Gradio 6.31 writes a card of its own, with an address "{url}", and adds the page's scripts only after it has looked for
the browser's language.
"""

import html
import json
import re
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sanet.web.i18n import ENGLISH, WORDS
from sanet.web.serving.addresses import address_of, path_of
from sanet.web.sharing.routes import CARD, CARD_TAGS

OF_GRADIO = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
SCRIPT = f"const LOCALES = {json.dumps(list(WORDS))};\n" + Path(__file__).with_suffix(".js").read_text()
HEAD = f"""<head>
<title>{{said_preview_title}}</title>
<meta name="description" content="{{said_preview_about}}">
<meta property="og:url" content="{{root}}/">
{CARD_TAGS}
<script>{{script}}</script>"""


class DocumentHead:
    """ASGI middleware, to stand right before Gradio."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or path_of(scope) not in ("", "/"):
            await self._app(scope, receive, send)
            return
        start: Message = {}
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                body = b"".join(parts)
                if _is_page(start):
                    body = headed(body.decode(), address_of(scope)).encode()
                kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
                length = (b"content-length", str(len(body)).encode())
                await send({**start, "headers": [*kept, length]})
                await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, collect)


def _is_page(start: Message) -> bool:
    return dict(start["headers"]).get(b"content-type", b"").startswith(b"text/html")


def headed(document: str, root: str) -> str:
    """Gradio's document with our head in it; `root` is the page's own address."""
    values = {
        "said_preview_title": "SANet Studio",
        "said_preview_about": ENGLISH["said_preview_about"],
        "root": root,
        "image": f"{root}/{CARD}",
    }
    head = HEAD.format(**{name: html.escape(value) for name, value in values.items()}, script=SCRIPT)
    return OF_GRADIO.sub("", document).replace("<head>", head, 1)
