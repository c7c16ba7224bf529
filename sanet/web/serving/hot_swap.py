"""The engine that a server paints with, and its exchange for another while visitors are painting.

One engine at a time: a request keeps the one that it began with, the next takes the new one, and the old one is freed
when its last request ends. Only what the catalog lists can be chosen. Knows no widget.
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

import sanet
from sanet.checkpoints.catalog import Entry, entry_for
from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate
from sanet.engine.protocol import Engine, FrameEngine
from sanet.engine.request import Request
from sanet.engine.spare_memory import SpareMemory
from sanet.errors import Message, RefusedError, message_of
from sanet.image.size import Size
from sanet.progress import Progress, Report, unreported

PATIENCE = 2.5  # seconds for the operator's checkpoint, before the page opens with the embedded one
FIRST_RETRY, LAST_RETRY = 30.0, 600.0  # seconds
Load = Callable[[Entry, Report], Engine]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Status:
    """What is painted with now, what is on its way and how far, and the last problem, if any."""

    current: Entry
    coming: Entry | None = None
    share: float = 0.0  # of the file that is being fetched
    problem: str = ""


def load_entry(entry: Entry, progress: Report) -> Engine:
    """An engine for an entry of the catalog. Raises ValueError."""
    return sanet.load(entry.address, progress=progress)


def load_embedded() -> Engine:
    """The engine to begin with where another takes long."""
    return sanet.load("embedded")


def retries(first: float = FIRST_RETRY) -> Iterator[float]:
    """Seconds between attempts, without end."""
    while True:
        yield first
        first = min(2 * first, LAST_RETRY)


def _without_paths(problem: object, entry: Entry) -> str:
    """For visitors, who may not see where a folder lies."""
    if isinstance(problem, Message):
        values = {name: _without_paths(value, entry) for name, value in problem.values.items()}
        return Message(problem.template, **values)
    return str(problem).replace(entry.address, entry.shown)


class HotSwapEngine:
    """An `Engine` that can be exchanged for another. Safe to use from several threads."""

    has_previews = True

    def __init__(
        self,
        wanted: Entry,
        entries: tuple[Entry, ...],
        patience: float = PATIENCE,
        load: Load = load_entry,
        waits: Iterable[float] | None = None,
        stand_in: Callable[[], Engine] = load_embedded,
    ) -> None:
        """Begin with `wanted`, or with the embedded checkpoint if that takes longer than `patience` seconds.

        Does not raise if `wanted` cannot be had: it is tried again after each of `waits` seconds, by default for ever
        and ever more rarely. `stand_in` makes the engine with the embedded checkpoint.
        """
        embedded = entry_for("embedded", entries)
        self.entries = tuple(dict.fromkeys((*entries, wanted, embedded)))
        self._load = load
        self._lock = threading.Lock()  # for the four below
        self._engine: Engine | None = None
        self._target = wanted
        self._status = Status(wanted, coming=wanted)
        self._loading: set[Entry] = set()
        self._settled = threading.Event()
        self._spare = SpareMemory()
        self._bring_in_background(wanted, retries() if waits is None else waits)
        self._settled.wait(patience)
        with self._lock:
            if self._engine is None:
                self._engine = stand_in()
                self._status = replace(self._status, current=embedded)

    @property
    def status(self) -> Status:
        """As of now."""
        return self._status

    def check_ready(self) -> None:
        """As `Engine.check_ready`, of the engine that is current."""
        self._now.check_ready()

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        """As `Engine.paint`, by the engine that is current when it begins."""
        try:
            return self._now.paint(request, progress)
        finally:
            self._spare.touch()

    def sequence(
        self, request: Request[Image.Image], steps: Sequence[Controls], progress: Progress = unreported
    ) -> list[Image.Image]:
        """As `Engine.sequence`, by the engine that is current when it begins."""
        try:
            return self._now.sequence(request, steps, progress)
        finally:
            self._spare.touch()

    def for_frames(self) -> FrameEngine:
        """The engine that is current when a film begins paints it to its end."""
        return self._now.for_frames()

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
        return self._now.estimate(content, styles, max_side, polish, stroke_size, enlarge)

    def regions(self, request: Request[Image.Image]) -> list[tuple[Image.Image, Image.Image]]:
        """As `Engine.regions`."""
        return self._now.regions(request)

    @property
    def _now(self) -> Engine:
        engine = self._engine
        assert engine is not None
        return engine

    def switch(self, entry_id: str) -> None:
        """Load an entry of the catalog in the background and paint with it once it is ready.

        The last one chosen wins. Raises ValueError for what the catalog does not list.
        """
        found = [entry for entry in self.entries if entry.id == entry_id]
        if not found:
            raise RefusedError("There is no checkpoint {name}; choose one of the list.", name=repr(entry_id))
        with self._lock:
            if self._status.coming == found[0]:
                return  # and goes on being tried
            self._target = found[0]
            is_current = self._status.current == found[0]
            self._status = Status(self._status.current, coming=None if is_current else found[0])
        if not is_current:
            self._bring_in_background(found[0], waits=())

    def _bring_in_background(self, entry: Entry, waits: Iterable[float]) -> None:
        threading.Thread(target=self._bring, args=(entry, waits), daemon=True, name=f"load {entry.id}").start()

    def _bring(self, entry: Entry, waits: Iterable[float]) -> None:
        """Try to load until it works, `waits` end, or something else is wanted."""
        for wait in itertools.chain([0.0], waits):
            time.sleep(wait)
            done = self._try(entry)
            self._settled.set()
            if done:
                return
        with self._lock:
            if self._target == entry:
                self._target, self._status = self._status.current, replace(self._status, coming=None)

    def _try(self, entry: Entry) -> bool:
        """Load `entry` and put it in place if it is wanted then; whether no further attempt is needed.

        An entry is loaded by one thread at a time, so that impatient visitors do not fill the memory.
        """
        with self._lock:
            is_current = self._engine is not None and self._status.current == entry
            if is_current or self._target != entry or entry in self._loading:
                return True
            self._loading.add(entry)
        engine = self._attempt(entry)
        with self._lock:
            self._loading.discard(entry)
            if engine is not None and self._target == entry:
                self._engine, self._status = engine, Status(entry)
            return engine is not None or self._target != entry

    def _attempt(self, entry: Entry) -> Engine | None:
        """An engine, or None with the reason in the status."""
        try:
            return self._load(entry, lambda share: self._note(entry, share=share))
        except ValueError as error:
            problem = _without_paths(message_of(error), entry)
            if problem != self._status.problem:  # not at each of the retries
                logger.warning("%s", error)
        except Exception:
            logger.exception("Loading %s failed.", entry.address)
            problem = Message("{name} could not be loaded; the server's log says why.", name=entry.shown)
        self._note(entry, share=0.0, problem=problem)
        return None

    def _note(self, entry: Entry, **changes: Any) -> None:
        with self._lock:
            if self._target == entry:
                self._status = replace(self._status, **changes)
