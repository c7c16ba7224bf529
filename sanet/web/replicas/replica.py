"""What runs in each replica: engines by their checkpoint, and a line of those who wait for them.

A request names its checkpoint, so a replica that has just begun paints as well as one that has long been there. What
happens is told in events; a refusal is one of them, so that its sentence arrives as it was. Knows neither Ray nor page.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

from cachetools import LRUCache
from PIL import Image

import sanet
from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate
from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.engine.tally import Tally, tallied
from sanet.errors import RefusedError, message_of
from sanet.progress import Progress
from sanet.web.serving.runs import LeftError, Run
from sanet.web.serving.turns import Turns

MOST_REQUESTS = 16  # at one replica; most of them wait for their turn
MOST_CHECKPOINTS = 2  # in memory: the one that is painted with, and one that it is exchanged for
Work = Callable[[Engine, Progress], Any]


class Step(NamedTuple):
    """How far the work has come, as `Progress` is told."""

    done: float
    stage: str


class Done(NamedTuple):
    """The work's result, and what it took."""

    result: Any
    tally: Tally


class Refused(NamedTuple):
    """What cannot be done, in one sentence."""

    error: RefusedError


class State(NamedTuple):
    """Of one replica: its process, and how many of its requests wait or are painted."""

    process: int
    requests: int


class Replica:
    """Paints for whoever calls it. All methods are to be called on one event loop."""

    def __init__(self, checkpoint: str, picture_seconds: float) -> None:
        """`checkpoint`: an address as of `sanet.load`, to begin with. `picture_seconds`: of the setting."""
        self._engines: LRUCache[str, Engine] = LRUCache(MOST_CHECKPOINTS)
        self._known, self._loading = threading.Lock(), threading.Lock()
        self._turns, self._picture_seconds, self._requests = Turns(), picture_seconds, 0
        self._threads = ThreadPoolExecutor(2 * MOST_REQUESTS)
        self._engine(checkpoint)

    async def paint(self, key: str, checkpoint: str, request: Request[Image.Image]) -> AsyncIterator[NamedTuple]:
        """As `Engine.paint`. `key` is the router's."""
        async for event in self._events(checkpoint, request, lambda engine, report: engine.paint(request, report)):
            yield event

    async def sequence(
        self, key: str, checkpoint: str, request: Request[Image.Image], steps: Sequence[Controls]
    ) -> AsyncIterator[NamedTuple]:
        """As `Engine.sequence`."""

        def work(engine: Engine, report: Progress) -> list[Image.Image]:
            return engine.sequence(request, steps, report)

        async for event in self._events(checkpoint, request, work):
            yield event

    async def regions(self, key: str, checkpoint: str, request: Request[Image.Image]) -> AsyncIterator[NamedTuple]:
        """As `Engine.regions`."""
        async for event in self._events(checkpoint, request, lambda engine, report: engine.regions(request)):
            yield event

    async def estimate(self, key: str, checkpoint: str, *sizes: Any) -> NamedTuple:
        """As `Engine.estimate`: `Done` or `Refused`."""
        return await self._answer(lambda: self._engine(checkpoint).estimate(*sizes))

    async def load(self, checkpoint: str) -> NamedTuple:
        """Fetch a checkpoint, so that the first picture need not wait for it: `Done` or `Refused`."""
        return await self._answer(lambda: self._engine(checkpoint) and None)

    async def state(self) -> State:
        """As of now."""
        return State(os.getpid(), self._requests)

    async def _answer(self, ask: Callable[[], Any]) -> NamedTuple:
        try:
            return Done(await asyncio.get_running_loop().run_in_executor(self._threads, ask), Tally())
        except ValueError as error:
            return Refused(RefusedError(message_of(error)))

    async def _events(self, checkpoint: str, request: Request[Image.Image], work: Work) -> AsyncIterator[NamedTuple]:
        """Steps, then `Done` or `Refused`. Whoever stops listening ends the work at its next layer."""
        run, loop = Run(self._turns, self._picture_seconds), asyncio.get_running_loop()
        steps: asyncio.Queue[Step | None] = asyncio.Queue()
        last: Step | None = None

        def report(done: float, stage: str) -> None:
            nonlocal last
            if (step := Step(done, stage)) != last:  # who waits repeats itself
                last = step
                loop.call_soon_threadsafe(steps.put_nowait, step)

        painting = loop.run_in_executor(self._threads, self._do, checkpoint, request, work, run, report)
        painting.add_done_callback(lambda _: steps.put_nowait(None))
        self._requests += 1
        try:
            while (step := await steps.get()) is not None:
                yield step
            yield await self._outcome(painting)
        finally:
            self._requests -= 1
            run.leave()

    def _do(self, checkpoint: str, request: Request[Image.Image], work: Work, run: Run, report: Progress) -> Done:
        engine = self._engine(checkpoint)
        with suppress(LeftError), tallied() as tally, run.turn(report, _estimate(engine, request)) as watched:
            return Done(work(engine, watched), tally)
        return Done(None, tally)  # to nobody

    async def _outcome(self, painting: asyncio.Future[Done]) -> NamedTuple:
        try:
            return await painting
        except ValueError as error:
            return Refused(RefusedError(message_of(error)))

    def _engine(self, checkpoint: str) -> Engine:
        """From memory or loaded, one at a time, for which nobody waits who has another. Raises ValueError."""
        found = self._in_memory(checkpoint)
        if found is None:
            with self._loading:
                found = self._in_memory(checkpoint) or sanet.load(checkpoint)
                with self._known:
                    self._engines[checkpoint] = found
        return found

    def _in_memory(self, checkpoint: str) -> Engine | None:
        with self._known:
            return self._engines.get(checkpoint)


def _estimate(engine: Engine, request: Request[Image.Image]) -> Estimate:
    sizes = request.content.size, [style.size for style in request.styles]
    return engine.estimate(*sizes, request.max_side, request.polish, request.stroke_size, request.enlarge)
