"""Time of a call, for every benchmark."""

import statistics
import time
from collections.abc import Callable

ROUNDS = 7


def seconds(run: Callable[[], object]) -> tuple[float, float]:
    """Median and half the spread between quartiles of several calls, after one to warm up."""
    run()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    low, middle, high = statistics.quantiles(times, n=4)
    return middle, (high - low) / 2
