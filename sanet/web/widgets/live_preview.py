"""Small pictures that follow a moving hand: the engine's fast half, at a size that this machine draws fluently.

A visitor's pictures are named by a ticket, so that the browser sends a point and never a path. Knows no widget.
"""

import secrets
import threading
import time
from dataclasses import replace
from typing import Any

from cachetools import LRUCache
from PIL import Image

from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.image.decode import open_picture
from sanet.image.size import fit
from sanet.image.transparency import on_white
from sanet.web.widgets.thumbnails import data_address

SIDES = (512, 256, 192, 128)  # the first is about as large as a result is shown
FIRST = 1  # of these, until it is known how fast the machine is
# A picture should take at most this long: five a second with time to travel. One of 512 pixels takes four times as long
# as one of 256.
SLOW, FAST = 0.15, 0.0375  # seconds
PATIENCE = 0.5  # seconds
TICKETS = 256
PICTURES = 24
# Run in the browser when the full picture has come.
FULL_PICTURE = "() => document.dispatchEvent(new Event('full-picture'))"


class LivePreview:
    """Draws previews one at a time; steps to a smaller picture where the machine is slow or busy."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tickets: LRUCache[str, Request[str]] = LRUCache(TICKETS)
        self._pictures: LRUCache[tuple[tuple[str, ...], int], list[Image.Image]] = LRUCache(PICTURES)
        self._size = FIRST
        self._naming, self._drawing = threading.Lock(), threading.Lock()

    def ticket(self, request: Request[str | None]) -> str:
        """A name for these pictures and settings; "" while a picture is missing, or if the engine has no previews."""
        content, styles = request.content, tuple(filter(None, request.styles))
        if not self._engine.has_previews or not content or len(styles) < len(request.styles):
            return ""
        name = secrets.token_urlsafe(16)
        with self._naming:
            self._tickets[name] = Request(
                content,
                styles,
                request.controls,
                request.max_side,
                stroke_size=request.stroke_size,
                match_regions=request.match_regions,
            )
        return name

    def draw(self, name: str, **moved: Any) -> str:
        """The picture, with controls `moved`, as a data address.

        "" for an unknown ticket, for pictures that cannot be used, or in a crowd.
        """
        with self._naming:
            ticket = self._tickets.get(name)
        # Who waits holds one of the server's threads: under a crowd previews are left out.
        if ticket is None or not self._drawing.acquire(timeout=PATIENCE):
            return ""
        try:
            side = min(SIDES[self._size], ticket.max_side)
            paths = (ticket.content, *ticket.styles)
            is_known = (paths, side) in self._pictures
            content, *styles = self._fitted(paths, side)
            controls = replace(ticket.controls, **moved)
            more: dict[str, Any] = {"stroke_size": ticket.stroke_size, "match_regions": ticket.match_regions}
            request = Request(content, tuple(styles), controls, side, **more)
            start = time.perf_counter()
            picture = self._engine.paint(request)
            if is_known:  # what is encoded once says nothing of the next picture
                self._fit(time.perf_counter() - start)
        except (ValueError, FileNotFoundError):  # of a picture that the server has cleared away since
            return ""
        finally:
            self._drawing.release()
        return data_address(on_white(picture))

    def _fitted(self, paths: tuple[str, ...], side: int) -> list[Image.Image]:
        """The pictures at a preview's size, so that a moving point decodes no file; the engine keeps the rest."""
        found = self._pictures.get((paths, side))
        if found is None:
            found = self._pictures[paths, side] = [fit(open_picture(path), side) for path in paths]
        return found

    def _fit(self, seconds: float) -> None:
        if seconds > SLOW:
            self._size = min(self._size + 1, len(SIDES) - 1)
        elif seconds < FAST:
            self._size = max(self._size - 1, 0)
