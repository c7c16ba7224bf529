"""Counting what one piece of work took: seconds of each stage, and what the cache knew. Knows no engine."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Seconds by kind of work, and how often the cache was asked."""

    seconds: Counter[str] = field(default_factory=Counter)
    hits: int = 0
    misses: int = 0

    def add(self, other: "Tally") -> None:
        """What was counted elsewhere for the same work."""
        self.seconds.update(other.seconds)
        self.hits += other.hits
        self.misses += other.misses


_TALLY: ContextVar[Tally | None] = ContextVar("_TALLY", default=None)


@contextmanager
def tallied() -> Iterator[Tally]:
    """What is done within is counted."""
    tally = Tally()
    before = _TALLY.set(tally)
    try:
        yield tally
    finally:
        _TALLY.reset(before)


def add_to_tally(tally: Tally) -> None:
    """Count work that was done within `tallied`; elsewhere nothing is counted."""
    current = _TALLY.get()
    if current is not None:
        current.add(tally)
