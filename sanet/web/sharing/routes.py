"""The addresses beside the page: a shared picture with its link preview, and the page that deletes it.

They lie under Gradio's own prefix, which every proxy in front of the page already lets through. All addresses in the
pages are relative, so that they hold behind any proxy; only the preview's picture is absolute, as chats require.
"""

import html

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sanet.paths import EXAMPLES
from sanet.web.i18n import WORDS, locale_of
from sanet.web.serving.addresses import address_of
from sanet.web.sharing.clip import CLIP, PREVIEW
from sanet.web.sharing.store import Shared, ShareStore

PREFIX = "gradio_api/shared"
CARD = f"{PREFIX}/studio/picture.jpg"  # what chats show of the studio itself
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
PAGE = """<!doctype html>
<html lang="{locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SANet Studio</title>
{head}
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 ui-sans-serif, system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }}
img, video {{ max-width: 100%; max-height: 70vh; border-radius: 12px; }}
a, button {{ display: inline-block; min-height: 44px; padding: 10px 18px; box-sizing: border-box; border: 0;
  border-radius: 8px; background: #9a3412; color: #fff; font: inherit; text-decoration: none; cursor: pointer; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""
# The card that chats show of a link: a title, a sentence and a picture with its full address.
CARD_TAGS = """<meta property="og:title" content="{said_preview_title}">
<meta property="og:description" content="{said_preview_about}">
<meta property="og:type" content="website">
<meta property="og:image" content="{image}">
<meta property="og:image:type" content="image/jpeg">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:title" content="{said_preview_title}">
<meta name="twitter:image" content="{image}">"""
# Chats read the tags and never follow the refresh; people land on the page itself.
PREVIEW_HEAD = f"""<meta http-equiv="refresh" content="0; url=../../?r={{link}}">
{CARD_TAGS}"""
PREVIEW_BODY = """<p><img src="{link}/picture.jpg" alt="{said_preview_picture}"></p>
<p><a href="../../?r={link}">{said_preview_open}</a></p>"""
# A clip plays on its own page: a tab paints it anew, from a clip that is not shared.
CLIP_HEAD = f"""{CARD_TAGS.replace("preview_title", "clip_title")}
<meta property="og:video" content="{{film}}">
<meta property="og:video:type" content="video/mp4">"""
CLIP_BODY = """<p><video controls loop playsinline preload="metadata" poster="{link}/picture.jpg" src="{link}/clip.mp4">
</video></p>
<p><a href="../../?tab=video">{said_clip_open}</a></p>"""
DELETE_BODY = """<h1>{said_delete_ask}</h1>
<p>{said_delete_means}</p>
<form method="post"><button>{said_delete}</button></form>"""
DELETED_BODY = "<h1>{said_deleted}</h1><p>{said_deleted_means}</p>"
GONE_BODY = "<h1>{said_gone}</h1><p>{said_gone_means}</p>"


def card_route() -> Route:
    """The picture of the studio's own link."""

    async def card(request: Request) -> Response:
        return FileResponse(EXAMPLES / "card.jpg", headers=HEADERS)

    return Route(f"/{CARD}", card)


def share_routes(store: ShareStore) -> list[BaseRoute]:
    """Routes to serve beside the page."""

    async def found(request: Request) -> Shared | None:
        return await run_in_threadpool(store.get, request.path_params["link"])

    async def preview(request: Request) -> Response:
        shared = await found(request)
        if shared is None:
            return _page(request, GONE_BODY, status=404)
        link = request.path_params["link"]
        here = html.escape(f"{address_of(request.scope)}/{PREFIX}/{link}")
        body, head = (CLIP_BODY, CLIP_HEAD) if CLIP in shared.files else (PREVIEW_BODY, PREVIEW_HEAD)
        return _page(request, body, head, link=link, image=f"{here}/picture.jpg", film=f"{here}/clip.mp4")

    async def file(request: Request, name: str, kind: str) -> Response:
        shared = await found(request)
        path = shared.files.get(name) if shared else None
        if path is None:
            return _page(request, GONE_BODY, status=404)
        return FileResponse(path, media_type=kind, headers=HEADERS | {"Cache-Control": "no-cache"})

    async def picture(request: Request) -> Response:
        return await file(request, PREVIEW, "image/jpeg")

    async def clip(request: Request) -> Response:
        return await file(request, CLIP, "video/mp4")

    async def ask(request: Request) -> Response:
        return _page(request, GONE_BODY, status=404) if await found(request) is None else _page(request, DELETE_BODY)

    async def delete(request: Request) -> Response:
        done = await run_in_threadpool(store.delete, request.path_params["link"], request.path_params["secret"])
        return _page(request, DELETED_BODY) if done else _page(request, GONE_BODY, status=404)

    link = f"/{PREFIX}/{{link}}"
    return [
        Route(link, preview),
        Route(f"{link}/picture.jpg", picture),
        Route(f"{link}/clip.mp4", clip),
        # A link preview or a virus scanner opens every address it sees: only the button's POST deletes.
        Route(f"{link}/delete/{{secret}}", ask, methods=["GET"]),
        Route(f"{link}/delete/{{secret}}", delete, methods=["POST"]),
    ]


def _page(request: Request, body: str, head: str = "", status: int = 200, **values: str) -> Response:
    locale = locale_of(request.headers)
    filled = WORDS[locale] | values
    page = PAGE.format(locale=locale, head=head.format(**filled), body=body.format(**filled))
    return HTMLResponse(page, status, HEADERS)
