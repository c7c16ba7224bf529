"""What the server has done, in the text format of Prometheus: counts and seconds, and nothing of any visitor.

`prometheus_client` is imported only where `SANET_METRICS` is set.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr
from PIL import Image
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate
from sanet.engine.protocol import Engine, FrameEngine
from sanet.engine.request import Request
from sanet.engine.tally import Tally, tallied
from sanet.errors import RefusedError
from sanet.image.size import Size
from sanet.progress import Progress, unreported
from sanet.web.replicas.settings import require
from sanet.web.serving.addresses import NOTHING
from sanet.web.serving.runs import LeftError

SECONDS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120)  # bounds of the histogram
NO_SWITCH = "SANET_METRICS must be 1 or 0, got {given!r}."


class Metrics:
    """Of one page, in a registry of its own. Thread-safe."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = CollectorRegistry()
        kept: Any = {"registry": self._registry}
        self._seconds = Histogram(
            "sanet_picture_seconds", "From the call of the engine to the picture.", buckets=SECONDS, **kept
        )
        self._pictures = Counter("sanet_pictures", "Pictures that were painted, frames of animations too.", **kept)
        self._errors = Counter("sanet_errors", "Requests without a picture.", ["reason"], **kept)
        self._stages = Counter("sanet_stage_seconds", "Seconds of work by stage.", ["stage"], **kept)
        self._cache = Counter("sanet_cache_requests", "Features and maps asked of the cache.", ["result"], **kept)
        self._queue = Gauge("sanet_queue_length", "Requests that wait in the queue.", **kept)

    @contextmanager
    def painting(self, pictures: int = 1) -> Iterator[None]:
        """Count what is done within."""
        start = time.perf_counter()
        with tallied() as tally:
            try:
                yield
            except Exception as error:
                self._errors.labels(reason_of(error)).inc()
                raise
            finally:
                self._note(tally)
        self._pictures.inc(pictures)
        self._seconds.observe(time.perf_counter() - start)

    def _note(self, tally: Tally) -> None:
        for stage, seconds in tally.seconds.items():
            self._stages.labels(stage).inc(seconds)
        self._cache.labels("hit").inc(tally.hits)
        self._cache.labels("miss").inc(tally.misses)

    def route(self, queue_length: Callable[[], int]) -> Route:
        """`/metrics`, for who asks the page itself: whatever came through a proxy finds nothing there."""
        self._queue.set_function(queue_length)

        async def read(request: HttpRequest) -> Response:
            from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

            if any(name in request.headers for name in ("x-forwarded-for", "x-forwarded-host", "forwarded")):
                return PlainTextResponse(NOTHING, 404)
            return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

        return Route("/metrics", read)


def metrics_from(environment: Mapping[str, str]) -> Metrics | None:
    """What `SANET_METRICS` asks for. Raises `RefusedError`."""
    given = environment.get("SANET_METRICS", "").strip()
    if given in ("", "0"):
        return None
    if given != "1":
        raise RefusedError(NO_SWITCH, given=given)
    require("prometheus_client", "SANET_METRICS=1")
    return Metrics()


def reason_of(error: Exception) -> str:
    """One of three words, so that nothing of a request becomes a label."""
    if isinstance(error, LeftError | gr.Error):  # which the page's Stop raises
        return "stopped"
    return "refused" if isinstance(error, ValueError) else "failed"


class MeteredEngine:
    """An `Engine` that counts what another one paints."""

    def __init__(self, engine: Engine, metrics: Metrics) -> None:
        self._engine, self._metrics = engine, metrics

    @property
    def has_previews(self) -> bool:
        """As `Engine.has_previews`."""
        return self._engine.has_previews

    def check_ready(self) -> None:
        """As `Engine.check_ready`."""
        self._engine.check_ready()

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        """As `Engine.paint`."""
        with self._metrics.painting():
            return self._engine.paint(request, progress)

    def sequence(
        self, request: Request[Image.Image], steps: Sequence[Controls], progress: Progress = unreported
    ) -> list[Image.Image]:
        """As `Engine.sequence`."""
        with self._metrics.painting(len(steps)):
            return self._engine.sequence(request, steps, progress)

    def for_frames(self) -> FrameEngine:
        """As `Engine.for_frames`; films are not counted."""
        return self._engine.for_frames()

    def estimate(
        self,
        content: Size,
        styles: Sequence[Size],
        max_side: int = 512,
        polish: int = 0,
        stroke_size: float = 1.0,
        enlarge: bool = False,
    ) -> Estimate:
        """As `Engine.estimate`."""
        return self._engine.estimate(content, styles, max_side, polish, stroke_size, enlarge)

    def regions(self, request: Request[Image.Image]) -> list[tuple[Image.Image, Image.Image]]:
        """As `Engine.regions`."""
        return self._engine.regions(request)
