"""Whose turn at the engine it is: one paints, and gives way between two layers to who would be done sooner.

Everyone is due when their picture would be done had they been alone since they came, and who is due first goes first.
So a small picture need not wait for a large one, and a large one is passed only by what is done before it is due
itself: others who come later cost it at most its own time again. Knows no engine.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sanet.engine.cost import Estimate
from sanet.engine.interrupts import paused

LOOK_EVERY = 0.05  # seconds
Wait = Callable[[float | None], None]  # is told how many seconds are left to wait, as far as that is known


@dataclass(eq=False)
class Place:
    """Somebody's place in the line, and the share of their picture that is done."""

    estimate: Estimate | None = None
    arrived: float = field(default_factory=time.monotonic)
    done: float = 0.0
    begun: bool = False

    @property
    def seconds(self) -> float | None:
        """What the whole picture takes."""
        return self.estimate.seconds if self.estimate else None

    @property
    def seconds_left(self) -> float | None:
        """What is still to be painted takes."""
        return None if self.seconds is None else self.seconds * (1 - self.done)

    @property
    def due(self) -> float:
        """When the picture would be done, had nobody else been there."""
        return self.arrived + (self.seconds or 0.0)


class Turns:
    """The line of those who paint or wait for it. Thread-safe."""

    def __init__(self) -> None:
        self._line: list[Place] = []
        self._painting: Place | None = None
        self._changed = threading.Condition()

    def is_idle(self) -> bool:
        """Whether nobody paints or waits."""
        return not self._line

    @contextmanager
    def taken(self, place: Place, wait: Wait) -> Iterator[None]:
        """The turn; until it comes, `wait` is called again and again and may raise to step out of the line."""
        with self._changed:
            self._line.append(place)
        try:
            self._await(place, wait)
            yield
        finally:
            with self._changed:
                self._line.remove(place)
                self._release(place)

    def give_way(self, place: Place, wait: Wait) -> None:
        """To be called again and again by who has the turn: returns when it is theirs again."""
        with self._changed:
            if self._first() is place:
                return
            self._release(place)
        self._await(place, wait)

    def _await(self, place: Place, wait: Wait) -> None:
        with paused():
            while not self._take(place):
                wait(self._seconds_before(place))

    def _take(self, place: Place) -> bool:
        """Whether the turn came within a moment."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._painting is None and self._first() is place, LOOK_EVERY):
                return False
            self._painting, place.begun = place, True
            return True

    def _release(self, place: Place) -> None:
        if self._painting is place:
            self._painting = None
            self._changed.notify_all()

    def _first(self) -> Place:
        return min(filter(self._may_go_on, self._line), key=lambda place: place.due)

    def _may_go_on(self, place: Place) -> bool:
        """A picture is begun beside others only if they are known to fit into the memory together."""
        begun = [other for other in self._line if other.begun]
        return place.begun or not begun or _fit_together([place, *begun])

    def _seconds_before(self, place: Place) -> float | None:
        """Until all who go before `place` are done; None if that is not known of each."""
        with self._changed:
            others = [other for other in self._line if other is not place]
            before = [other.seconds_left for other in others if other is self._painting or other.due < place.due]
        known = [seconds for seconds in before if seconds is not None]
        return sum(known) if len(known) == len(before) else None


def _fit_together(places: list[Place]) -> bool:
    """By the least that was ever seen free: what the others hold already was missing from it, and counts twice."""
    known = [place.estimate for place in places if place.estimate and place.estimate.seconds is not None]
    free = [estimate.free for estimate in known if estimate.free is not None]
    return len(free) == len(places) and sum(estimate.memory for estimate in known) <= min(free)
