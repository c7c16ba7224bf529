"""What the server runs for visitors: one picture at a time, whatever the queue lets in, and until its visitor is gone.

A handler reads its pictures first and takes its turn then, so that nobody waits for another one's uploads. Knows no
widget and no engine.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sanet.engine.cost import Estimate
from sanet.engine.interrupts import interrupted_by, seconds_worked
from sanet.errors import Message, RefusedError
from sanet.progress import Progress
from sanet.web.serving.turns import Place, Turns

PATIENCE = 2  # times the seconds that a picture may take by estimate
NEXT = "Next in line"
NEXT_IN = "Next in line; yours begins in about {seconds} s"
PASSED = "A smaller picture goes first; yours goes on in about {seconds} s"
TOO_LONG = (
    "A picture of {width} x {height} pixels takes about {needed} s here, and {most} s are allowed; "
    "choose a smaller size or fewer styles."
)
GIVEN_UP = "This was given up after {seconds} s; choose a smaller size or fewer styles."


class LeftError(Exception):
    """The visitor has gone or has stopped, and nobody waits for the picture any longer."""


class Run:
    """An event that the server runs for a visitor."""

    def __init__(self, turns: Turns, most_seconds: float) -> None:
        self._turns, self._most_seconds = turns, most_seconds
        self._left = threading.Event()

    def leave(self) -> None:
        """Nobody waits for it any longer: it ends at its next step."""
        self._left.set()

    def check(self) -> None:
        """Raises `LeftError` once nobody waits for it."""
        if self._left.is_set():
            raise LeftError

    def refuse_too_long(self, estimate: Estimate, most_seconds: float | None = None) -> None:
        """As `refuse_too_long`, below."""
        most = most_seconds or self._most_seconds
        if estimate.seconds and estimate.seconds > most:
            width, height = estimate.size
            raise RefusedError(TOO_LONG, width=width, height=height, needed=round(estimate.seconds), most=round(most))

    def _checked(self, report: Progress) -> Progress:
        def checked(done: float, stage: str) -> None:
            self.check()
            report(done, stage)

        return checked

    @contextmanager
    def turn(
        self, report: Progress, estimate: Estimate | None, most_seconds: float | None = None
    ) -> Iterator[Progress]:
        """As `turn`, below."""
        if estimate is not None and estimate.elsewhere:
            yield self._checked(report)
            return
        place, most = Place(estimate), PATIENCE * (most_seconds or self._most_seconds)

        def wait(seconds: float | None) -> None:
            self.check()
            report(place.done, while_waiting(place, seconds))

        def give_way() -> None:
            self.check()
            self._turns.give_way(place, wait)

        with self._turns.taken(place, wait):
            self.check()
            end = seconds_worked() + most

            def watched(done: float, stage: str) -> None:
                if seconds_worked() > end:
                    raise RefusedError(GIVEN_UP, seconds=round(most))
                place.done = done
                give_way()
                report(done, stage)

            with interrupted_by(give_way):
                yield watched


def while_waiting(place: Place, seconds: float | None) -> str:
    """What is said to who waits; the queue lets in two, so that there is nobody between them and the turn."""
    if seconds is None:
        return NEXT
    return Message(PASSED if place.begun else NEXT_IN, seconds=math.ceil(seconds))


def is_waiting(stage: str) -> bool:
    """Whether this is said to somebody whose picture has not been begun."""
    return (stage.template if isinstance(stage, Message) else stage) in (NEXT, NEXT_IN)


RUN: ContextVar[Run | None] = ContextVar("RUN", default=None)  # of the event whose handler is called


def stop_if_left() -> None:
    """Raises `LeftError` once nobody waits for the event that runs."""
    run = RUN.get()
    if run:
        run.check()


def refuse_too_long(estimate: Estimate, most_seconds: float | None = None) -> None:
    """Raises `RefusedError` if the work would take longer than `most_seconds`, by default those of a picture."""
    run = RUN.get()
    if run:
        run.refuse_too_long(estimate, most_seconds)


@contextmanager
def turn(report: Progress, estimate: Estimate | None = None, most_seconds: float | None = None) -> Iterator[Progress]:
    """The engine's turn for the event that runs; gives the progress callback for the engine.

    Whoever waits, at first or because somebody else is done sooner by `estimate`, is told so by `report`. The callback
    raises `RefusedError` if the work takes twice as long as `most_seconds`, by default those of a picture, and
    `LeftError` once the visitor is gone. What another process paints waits and is timed there. Outside of a server
    there is nobody to wait for.
    """
    run = RUN.get()
    if run is None:
        yield report
        return
    with run.turn(report, estimate, most_seconds) as watched:
        yield watched
