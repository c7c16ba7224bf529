"""Small pictures that follow a moving point: the engine's fast half, at a size that this machine draws fluently.

A visitor's pictures are named by a ticket, so that the browser sends a point and never a path. Knows no widget.
"""

import secrets
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from cachetools import LRUCache
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import fit, on_white, open_picture
from sanet.web.widgets.thumbnails import data_address

SIDES = (256, 192, 128)
# A picture should take at most this long: five a second with time to travel.
SLOW, FAST = 0.15, 0.05  # seconds
PATIENCE = 0.5  # seconds
TICKETS = 256
PICTURES = 24


class Ticket(NamedTuple):
    """What a point is moved between."""

    paths: tuple[str, ...]  # the content first
    alpha: float
    keep_color: bool


class LivePreview:
    """Draws previews one at a time; steps to a smaller picture where the machine is slow or busy."""

    def __init__(self, engine: Stylizer) -> None:
        self._engine = engine
        self._tickets: LRUCache[str, Ticket] = LRUCache(TICKETS)
        self._pictures: LRUCache[tuple[tuple[str, ...], int], list[Image.Image]] = LRUCache(PICTURES)
        self._size = 0
        self._naming, self._drawing = threading.Lock(), threading.Lock()

    def ticket(self, content: str | None, styles: Sequence[str | None], alpha: float, keep_color: bool) -> str:
        """A name for these pictures and settings; "" while one of the pictures is missing."""
        paths = tuple(path for path in (content, *styles) if path)
        if len(paths) <= len(styles):
            return ""
        name = secrets.token_urlsafe(16)
        with self._naming:
            self._tickets[name] = Ticket(paths, alpha, keep_color)
        return name

    def draw(self, name: str, mix: tuple[float, ...]) -> str:
        """The picture as a data address; "" for an unknown ticket, for pictures that cannot be used, or in a crowd."""
        with self._naming:
            ticket = self._tickets.get(name)
        # Who waits holds one of the server's threads: under a crowd previews are left out.
        if ticket is None or not self._drawing.acquire(timeout=PATIENCE):
            return ""
        try:
            side = SIDES[self._size]
            content, *styles = self._fitted(ticket.paths, side)
            controls = Controls(alpha=ticket.alpha, mix=mix, keep_color=ticket.keep_color)
            start = time.perf_counter()
            picture = self._engine.stylize(content, styles, controls, side, _unreported)
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


def _unreported(fraction: float, stage: str) -> None:
    """A preview is too quick to report on."""
