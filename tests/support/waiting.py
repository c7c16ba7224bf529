"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable


def eventually(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until `true()`; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
