"""Stopping between two layers: a tile of a large picture takes seconds, for which nobody should have to wait.

Work may also be paused where it reports its progress; the clock here stands still then. Knows no engine and no picture.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from torch import nn

_CHECK: ContextVar[Callable[[], None] | None] = ContextVar("_CHECK", default=None)
_PAUSED: ContextVar[float] = ContextVar("_PAUSED", default=0.0)  # seconds


@contextmanager
def interrupted_by(check: Callable[[], None]) -> Iterator[None]:
    """Within, `check` is called before each layer of a network that heeds it; what it raises ends the work."""
    before = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(before)


@contextmanager
def paused() -> Iterator[None]:
    """Within, the work that runs here waits for another."""
    start = time.perf_counter()
    try:
        yield
    finally:
        _PAUSED.set(_PAUSED.get() + time.perf_counter() - start)


def seconds_worked() -> float:
    """A clock that stands still in pauses; only differences mean anything."""
    return time.perf_counter() - _PAUSED.get()


def heed_interrupts(net: nn.Module) -> None:
    """Let `interrupted_by` reach the layers of `net`."""
    for layer in net.modules():
        layer.register_forward_pre_hook(_look)


def _look(layer: nn.Module, inputs: object) -> None:
    check = _CHECK.get()
    if check:
        check()
