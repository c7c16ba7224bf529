"""The camera, painted while it runs: frames come in, painted frames go out, one at a time for each visitor.

What is set is named by a ticket, so that the browser sends pictures and no path. Knows no tab.
"""

import base64
import binascii
import secrets
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import gradio as gr
from cachetools import LRUCache
from gradio.components import Component
from PIL import Image

from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.image.decode import open_picture
from sanet.image.size import fit
from sanet.image.transparency import on_white
from sanet.video.film import Shot
from sanet.video.follow import Follower
from sanet.web.events import at_changes, bound
from sanet.web.widgets.own_widget import own_widget
from sanet.web.widgets.thumbnails import data_address

SIDE = 256  # pixels of the longer side, unless it is said otherwise
LARGEST = 640
MOST_LETTERS = 1_000_000  # of a frame
STEADY = 0.7  # how firmly the paint follows what moves, 0 to 1
PATIENCE = 0.5  # seconds that a frame waits for those of others
TICKETS, TAKES = 256, 64
BUSY = "busy"  # the answer while pictures are painted, which come first
START = "data:image/jpeg;base64,"


class Take(NamedTuple):
    """What a camera's frames leave to the next ones, as long as nothing is set anew."""

    shot: Shot
    follow: Follower


class LiveCamera:
    """Paints the frames of visitors' cameras, steady as the frames of a film."""

    def __init__(self, engine: Engine, is_idle: Callable[[], bool]) -> None:
        """`is_idle`: whether nobody waits for a picture."""
        self._engine, self._is_idle = engine, is_idle
        self._tickets: LRUCache[str, Request[Any]] = LRUCache(TICKETS)
        self._takes: LRUCache[tuple[str, str], Take] = LRUCache(TAKES)  # by camera and ticket
        self._naming, self._drawing = threading.Lock(), threading.Lock()

    @property
    def is_usable(self) -> bool:
        """Whether the engine paints small pictures so soon that a camera can be followed."""
        return self._engine.has_previews

    def ticket(self, request: Request[str | None]) -> str:
        """A name for these styles and settings; "" while there is no style, or one that cannot be used."""
        if not any(request.styles):
            return ""
        try:
            styles = tuple(_fitted(style, request.max_side) for style in request.styles if style)
        except (ValueError, FileNotFoundError):  # too narrow, or cleared away since
            return ""
        name = secrets.token_urlsafe(16)
        with self._naming:
            self._tickets[name] = Request(None, styles, request.controls, request.max_side)
        return name

    def draw(self, name: str, camera: str, picture: str) -> str:
        """A frame, painted, both as data addresses; "" for an unknown ticket, for what is no frame, or in a crowd."""
        if not self._is_idle():
            return BUSY
        with self._naming:
            look = self._tickets.get(name)
            if look is None:
                return ""
            take = self._takes.setdefault((camera, name), Take(Shot(STEADY), Follower()))
        frame = read_frame(picture)
        if frame is None or not self._drawing.acquire(timeout=PATIENCE):
            return ""
        try:
            frame = fit(frame, look.max_side)
            painted = take.shot.paint(self._engine.for_frames(), look, frame, take.follow(frame))
        except ValueError:  # too narrow, or no memory
            return ""
        finally:
            self._drawing.release()
        return data_address(Image.fromarray(painted))


@lru_cache(16)
def _fitted(path: str, side: int) -> Image.Image:
    return fit(open_picture(path), side)


def read_frame(address: str) -> Image.Image | None:
    """The picture of a data address, mode "RGB"; None for what is none, or too large to be a frame."""
    if not address.startswith(START) or len(address) > MOST_LETTERS:
        return None
    try:
        frame = on_white(open_picture(base64.b64decode(address.removeprefix(START), validate=True)))
    except (ValueError, binascii.Error):
        return None
    return frame if max(frame.size) <= 2 * LARGEST else None


def live_camera(elem_id: str, live: LiveCamera) -> gr.HTML:
    """The widget. Its value is {"picture": data address, "number": how many so far} after a snapshot, at "input"."""

    def draw(asked: dict[str, Any]) -> str:  # as the script calls it
        return painted_frame(live, asked)

    return own_widget(
        "live_camera", None, {"BUSY": BUSY}, ticket="", side=SIDE, server_functions=[draw], elem_id=elem_id
    )


def painted_frame(live: LiveCamera, asked: dict[str, Any]) -> str:
    """A painted frame as a data address; "" for what this widget does not ask."""
    try:
        return live.draw(str(asked["ticket"]), str(asked["camera"])[:64], str(asked["picture"]))
    except (KeyError, TypeError):
        return ""


def connect_camera(
    widget: gr.HTML, live: LiveCamera, request_of: Callable[..., Request[str | None]], watched: Sequence[Component]
) -> None:
    """Let the camera be painted by the request that `request_of` makes of the values of `watched`."""

    def ticket(request_of: Callable[..., Request[str | None]], *values: Any) -> gr.HTML:
        request = request_of(*values)
        return gr.HTML(ticket=live.ticket(request), side=request.max_side)

    at_changes(bound(ticket, request_of), watched, widget)
