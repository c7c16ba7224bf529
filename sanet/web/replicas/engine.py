"""An `Engine` whose pictures are painted by replicas. Knows one checkpoint, and of the cluster only the handle."""

import hashlib
import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

from PIL import Image

import sanet
from sanet.checkpoints.catalog import Entry
from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate
from sanet.engine.protocol import Engine, FrameEngine
from sanet.engine.request import Request
from sanet.engine.tally import add_to_tally
from sanet.errors import RefusedError
from sanet.image.size import Size, fitted_size
from sanet.progress import Progress, Report, unreported
from sanet.web.replicas.cluster import AWAY, Cluster
from sanet.web.replicas.replica import Done, Refused, State, Step
from sanet.web.serving.runs import NEXT, is_waiting

LOOK_EVERY = 0.1  # seconds between looks whether anybody still waits
ATTEMPTS = 4  # to paint a request; not without end, for it may be the reason why replicas go
ASKING = 1.0  # seconds to wait for an estimate, and for replicas to say how they are
CONNECTING, LOADING = 60.0, 600.0  # seconds
LOST = "The machines that painted this have gone, one after the other; try again in a moment."
NONE_READY = "No replica is ready; try again in a moment."
logger = logging.getLogger(__name__)


class LostError(Exception):
    """A replica has gone with a request."""


class RayEngine:
    """An `Engine` with one checkpoint and many replicas."""

    has_previews = True

    def __init__(self, cluster: Cluster, checkpoint: str) -> None:
        """`checkpoint`: an address as of `sanet.load`, which must mean the same on all machines."""
        self._cluster, self._checkpoint = cluster, checkpoint
        self._local: Engine | None = None
        self._lock = threading.Lock()

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        """As `Engine.paint`. Raises `RefusedError` if the replicas cannot be reached, too."""
        return cast(Image.Image, self._ask("paint", request, progress))

    def sequence(
        self, request: Request[Image.Image], steps: Sequence[Controls], progress: Progress = unreported
    ) -> list[Image.Image]:
        """As `Engine.sequence`, errors as in `paint`."""
        return cast(list[Image.Image], self._ask("sequence", request, progress, steps))

    def regions(self, request: Request[Image.Image]) -> list[tuple[Image.Image, Image.Image]]:
        """As `Engine.regions`, errors as in `paint`."""
        return cast(list[tuple[Image.Image, Image.Image]], self._ask("regions", request, unreported))

    def for_frames(self) -> FrameEngine:
        """An engine in this process: frames share what lasts from one to the next."""
        with self._lock:
            self._local = self._local or sanet.load(self._checkpoint)
        return self._local.for_frames()

    def estimate(
        self,
        content: Size,
        styles: Sequence[Size],
        max_side: int = 512,
        polish: int = 0,
        stroke_size: float = 1.0,
        enlarge: bool = False,
    ) -> Estimate:
        """As `Engine.estimate`, by what one replica knows; the size alone if none answers soon."""
        sizes = content, styles, max_side, polish, stroke_size, enlarge
        try:
            answer = self._cluster.handle().estimate.remote("", self._checkpoint, *sizes).result(timeout_s=ASKING)
        except Exception:  # of which Ray has many
            return Estimate(fitted_size(content, max_side, enlarge), None, memory=0, free=None, elsewhere=True)
        return Estimate(**(vars(_result(answer)) | {"elsewhere": True}))

    def load(self) -> None:
        """Let all replicas have the checkpoint. Raises `RefusedError`, as one of them says why not."""
        self._cluster.wait(CONNECTING)
        handle = self._cluster.handle()
        with _reachable():
            loading = handle.broadcast("load", self._checkpoint)
            answers = loading.results(timeout_s=LOADING, return_exceptions=True)
        for answer in answers:
            if not isinstance(answer, Exception):  # else the replica has gone, and the next one loads by itself
                _result(answer)

    def check_ready(self) -> None:
        """Raises `RefusedError` while nothing can be painted."""
        if not self.states():
            raise RefusedError(NONE_READY)

    def states(self) -> list[State]:
        """Of the replicas that answer. Raises `RefusedError` while there is no connection."""
        handle = self._cluster.handle()
        with _reachable():
            answers = handle.broadcast("state").results(timeout_s=ASKING, return_exceptions=True)
        return [answer for answer in answers if isinstance(answer, State)]

    def _ask(self, method: str, request: Request[Image.Image], progress: Progress, *rest: Any) -> Any:
        """The result of a call, begun anew if the replica goes. Who only waited there is not to blame for it."""
        begun, is_painted = 0, False

        def watched(done: float, stage: str) -> None:
            nonlocal is_painted
            is_painted = is_painted or not is_waiting(stage)
            progress(done, stage)

        while begun < ATTEMPTS:
            is_painted = False
            try:
                return self._ask_once(method, request, watched, *rest)
            except LostError as error:
                begun += is_painted
                logger.warning("A replica has gone; a request is begun anew: %s", str(error).partition("\n")[0])
        raise RefusedError(LOST)

    def _ask_once(self, method: str, request: Request[Image.Image], progress: Progress, *rest: Any) -> Any:
        """What `progress` raises, at a step or while nothing comes, ends the work in the replica."""
        handle = self._cluster.handle()
        ask = getattr(handle.options(stream=True), method).remote
        with _reachable():
            stream = ask(key_of(request), self._checkpoint, request, *rest)
        events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(stream, events), daemon=True).start()
        step, has_ended = Step(0.0, NEXT), False
        try:
            while True:
                try:
                    event = events.get(timeout=LOOK_EVERY)
                except queue.Empty:
                    self._cluster.check(handle)
                    event = step
                if not isinstance(event, Step):
                    has_ended = True
                    return _result(event)
                step = event
                progress(*step)
        finally:
            if not has_ended:
                with suppress(Exception):  # where the connection is lost, there is nothing to end
                    stream.cancel()


def engine_for(cluster: Cluster, entry: Entry, progress: Report) -> Engine:
    """An engine for an entry of the catalog, once all replicas have it. Raises ValueError."""
    engine = RayEngine(cluster, entry.address)
    engine.load()
    return engine


def key_of(request: Request[Image.Image]) -> str:
    """The same for requests of equal content and styles."""
    digest = hashlib.blake2b(digest_size=16)
    for picture in (request.content, *request.styles):
        digest.update(repr((picture.mode, picture.size)).encode())
        digest.update(picture.tobytes())
    return digest.hexdigest()


def _listen(stream: Any, events: queue.SimpleQueue[Any]) -> None:
    """Hand on what comes: a stream can only be waited for without an end."""
    try:
        for event in stream:
            events.put(event)
    except Exception as error:
        events.put(error)


def _result(event: Any) -> Any:
    """What a call has come to. Raises `RefusedError`, `LostError` if the replica has gone, and what the work raised."""
    from ray.exceptions import RayActorError, RayTaskError

    if isinstance(event, Done):
        add_to_tally(event.tally)
        return event.result
    if isinstance(event, Refused):
        raise event.error
    if isinstance(event, RayActorError):
        raise LostError(event) from event
    if isinstance(event, RayTaskError):
        raise event
    raise RefusedError(AWAY) from event  # Ray has no kind of error for a lost connection


@contextmanager
def _reachable() -> Iterator[None]:
    """Raises `RefusedError` for whatever goes wrong within, where nothing but Ray is at work."""
    try:
        yield
    except Exception as error:
        raise RefusedError(AWAY) from error
