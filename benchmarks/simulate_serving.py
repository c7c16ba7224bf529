"""How many replicas so many visitors need: a simulation of the queue, fed with service times that were measured.

    python -m benchmarks.simulate_serving --measure 60 --plot docs/replicas-needed.png
    python -m benchmarks.simulate_serving --seconds 0.3 0.5 0.9 --visitors 50

Each visitor asks for a picture, waits for it, looks at it for a while and asks again. Requests wait in one line, first
come, first served, for whichever replica is free. Left out: the network, the page's own work, and replicas that go.
"""

import argparse
import math
import random
import statistics
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import NamedTuple

import simpy
import torch

import sanet
from benchmarks.report import table
from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.image.decode import open_picture
from sanet.image.size import fit
from sanet.web.examples import CONTENTS, STYLES

VISITORS = (1, 10, 100, 1_000, 10_000)
LOOKING = 20.0  # seconds at a picture on average, exponentially distributed
BOUND = 2.0  # times the median service that 95 % of the requests may take, waiting included
SECONDS = 300.0  # that are simulated, after as long again for the line to settle, at most
MOST_REQUESTS = 40_000  # of one simulation, after which it ends earlier


class Outcome(NamedTuple):
    """Of one simulation."""

    latencies: list[float]  # seconds from asking to the picture
    rate: float  # pictures a second


def measure(count: int) -> list[float]:
    """Seconds that one core works for each of `count` mixed pictures; other processes take nothing of them."""
    torch.set_num_threads(1)
    engine, choose, services = sanet.load("embedded", device="cpu"), random.Random(0), []
    for _ in range(count + 1):
        content, style = (open_picture(choose.choice(pictures).path) for pictures in (CONTENTS, STYLES))
        side, alpha = choose.choice((256, 384, 512)), choose.choice((1.0, 0.6))
        start = time.thread_time()
        engine.paint(Request(fit(content, side), (fit(style, 1024),), Controls(alpha), side))
        services.append(time.thread_time() - start)
    return services[1:]  # what is done for the first time takes longer


def simulate(
    visitors: int,
    replicas: int,
    services: Sequence[float],
    looking: float = LOOKING,
    seconds: float = SECONDS,
    seed: int = 0,
) -> Outcome:
    """`services`: seconds of painting, of which each request draws one. The first `seconds` settle and do not count."""
    chance = random.Random(seed)
    world = simpy.Environment()
    free = simpy.Resource(world, replicas)
    latencies: list[float] = []

    def visitor() -> Generator[simpy.Event, object, None]:
        yield world.timeout(chance.uniform(0, looking))  # not all at once
        while True:
            asked = world.now
            with free.request() as turn:
                yield turn
                yield world.timeout(chance.choice(services))
            if world.now > seconds:
                latencies.append(world.now - asked)
            if looking:
                yield world.timeout(chance.expovariate(1 / looking))

    for _ in range(visitors):
        world.process(visitor())
    world.run(2 * seconds)
    return Outcome(latencies, len(latencies) / seconds)


def replicas_needed(visitors: int, services: Sequence[float], looking: float = LOOKING) -> tuple[int, Outcome]:
    """The fewest with which 95 % of the requests take at most `BOUND` times a median service, or the longest one."""
    most = max(BOUND * statistics.median(services), percentile_95(services))
    busy = visitors * statistics.mean(services) / (looking + statistics.mean(services))  # at the least
    seconds = min(SECONDS, max(4 * looking, MOST_REQUESTS * (looking + most) / visitors))
    few, many = math.ceil(busy) - 1, math.ceil(busy)
    outcome = simulate(visitors, many, services, looking, seconds)
    while percentile_95(outcome.latencies) > most:
        few, many = many, many + max(1, many // 10)
        outcome = simulate(visitors, many, services, looking, seconds)
    while many - few > 1:
        middle = (few + many) // 2
        tried = simulate(visitors, middle, services, looking, seconds)
        if percentile_95(tried.latencies) > most:
            few = middle
        else:
            many, outcome = middle, tried
    return many, outcome


def percentile_95(values: Sequence[float]) -> float:
    """The 95th percentile; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else 0.0


def plot(found: dict[int, int], path: Path) -> None:
    """Replicas against visitors, both in powers of ten."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 3.2), layout="constrained")
    axes.loglog(list(found), list(found.values()), marker="o", color="#0072b2")
    for visitors, replicas in found.items():
        axes.annotate(str(replicas), (visitors, replicas), xytext=(-4, 6), textcoords="offset points", ha="right")
    axes.set_xlabel("visitors")
    axes.set_ylabel("replicas")
    axes.grid(True, alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    """Print the replicas for each number of visitors, and plot them."""
    parser = argparse.ArgumentParser(prog="benchmarks.simulate_serving", description=__doc__)
    times = parser.add_mutually_exclusive_group(required=True)
    times.add_argument("--seconds", type=float, nargs="+", help="of painting, as measured")
    times.add_argument("--measure", type=int, metavar="COUNT", help="paint so many pictures for these times first")
    parser.add_argument("--looking", type=float, default=LOOKING, help="seconds at a picture on average")
    parser.add_argument("--visitors", type=int, nargs="+", default=VISITORS)
    parser.add_argument("--plot", type=Path, help="a PNG file")
    args = parser.parse_args()
    services, rows, found = args.seconds or measure(args.measure), [], {}
    print(f"Painting: mean {statistics.mean(services):.2f}, p95 {percentile_95(services):.2f} s of {len(services)}.\n")
    for visitors in args.visitors:
        found[visitors], outcome = replicas_needed(visitors, services, args.looking)
        p50, p95 = statistics.median(outcome.latencies), percentile_95(outcome.latencies)
        rows.append((f"{visitors:,}", found[visitors], f"{outcome.rate:.2f}", f"{p50:.2f}", f"{p95:.2f}"))
    print(table(("visitors", "replicas", "pictures a second", "p50 in seconds", "p95 in seconds"), rows))
    if args.plot:
        plot(found, args.plot)


if __name__ == "__main__":
    main()
