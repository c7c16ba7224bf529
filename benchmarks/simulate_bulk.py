"""Bulk work by more machines than there are, simulated: where storage or the command that hands out rows is full.

    python -m benchmarks.simulate_bulk docs/scale-bulk.png

A worker fetches pictures ahead, paints and encodes them on one core, and has two tasks at a time, as those of
`sanet batch --ray`. Storage passes one file on after another, as fast as its network is; so does the command with what
comes back.
"""

import argparse
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import simpy

from benchmarks.report import table
from sanet.cli.batch.painter import AHEAD
from sanet.cli.batch.ray_pool import AT_A_TIME

TASKS = 2  # that a worker has at a time
EACH = 8  # tasks of each worker in a run
WORKERS = (1, 4, 16, 64, 128, 256, 512, 1000)
Steps = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Site:
    """Seconds of one picture: `work` of a worker's core, `command` of the command. Bytes fetched and kept of it.

    `bandwidth` of storage in bytes a second, and its `latency` in seconds; `kept_by_workers` or by the command.
    """

    work: float
    command: float
    fetched: int
    kept: int
    bandwidth: float
    latency: float
    kept_by_workers: bool = True


# As `python -m benchmarks.bulk` measured them at 256 px, see docs/scale.md.
MEASURED = Site(work=0.167, command=0.0006, fetched=51_000, kept=103_000, bandwidth=1.25e9, latency=0.03)
SITES = {
    "object store, 10 Gbit/s": MEASURED,
    "file server, 1 Gbit/s": replace(MEASURED, bandwidth=1.25e8, latency=0.001),
    "object store, results through the command": replace(MEASURED, command=0.0011, kept_by_workers=False),
}


@dataclass(frozen=True)
class Run:
    """What a simulation found: seconds, pictures a second once all work, and the busy shares of storage and command."""

    seconds: float
    rate: float
    storage: float
    command: float


class Simulation:
    """Workers of one site until all tasks are done."""

    def __init__(self, site: Site, workers: int, tasks: int = EACH, pictures: int = AT_A_TIME) -> None:
        self.site, self.tasks, self.pictures = site, tasks, pictures
        self.env = simpy.Environment()
        self.storage, self.command = simpy.Resource(self.env), simpy.Resource(self.env)
        self.busy = {self.storage: 0.0, self.command: 0.0}
        self.painted: list[float] = []  # when, of each picture
        for number in range(workers):
            self.env.process(self.work(pictures * site.work * number / workers))

    def run(self) -> Run:
        """The rate is that of the pictures between the first 45 % and the last 15 %."""
        self.env.run()
        count = len(self.painted)
        steady = self.painted[count * 45 // 100 : count * 85 // 100]
        rate = (len(steady) - 1) / (steady[-1] - steady[0])
        return Run(self.env.now, rate, *(busy / self.env.now for busy in self.busy.values()))

    def work(self, start: float) -> Steps:
        """The life of a worker, which begins at `start`, so that not all finish their tasks at one time."""
        yield self.env.timeout(start)
        in_hand = simpy.Container(self.env, TASKS, init=TASKS)
        for _ in range(self.tasks):
            yield in_hand.get(1)
            yield from self.paint()
            self.env.process(self.collect(in_hand))

    def paint(self) -> Steps:
        """One task: pictures are fetched a few ahead of the one that is painted."""
        coming = [self.env.process(self.transfer(self.site.fetched)) for _ in range(min(AHEAD, self.pictures))]
        for number in range(self.pictures):
            yield coming[number]
            if len(coming) < self.pictures:
                coming.append(self.env.process(self.transfer(self.site.fetched)))
            yield self.env.timeout(self.site.work)
            if self.site.kept_by_workers:
                yield from self.transfer(self.site.kept)
            self.painted.append(self.env.now)

    def collect(self, in_hand: simpy.Container) -> Steps:
        """The command takes note of a finished task, keeps what came back, and hands out another."""
        yield from self.use(self.command, self.pictures * self.site.command)
        if not self.site.kept_by_workers:
            yield from self.transfer(self.pictures * self.site.kept)
        yield in_hand.put(1)

    def transfer(self, count: int) -> Steps:
        """Of so many bytes, from or to storage."""
        yield self.env.timeout(self.site.latency)
        yield from self.use(self.storage, count / self.site.bandwidth)

    def use(self, resource: simpy.Resource, seconds: float) -> Steps:
        """For so long, once it is free."""
        with resource.request() as turn:
            yield turn
            yield self.env.timeout(seconds)
            self.busy[resource] += seconds


def report(runs: dict[str, dict[int, Run]]) -> str:
    """A table for each site."""
    head = ("workers", "pictures a second", "of one worker's", "storage busy", "command busy")
    parts = []
    for name, found in runs.items():
        alone = found[min(found)].rate
        rows = [
            (count, f"{run.rate:.1f}", f"{run.rate / alone:.1f}", f"{run.storage:.0%}", f"{run.command:.0%}")
            for count, run in found.items()
        ]
        parts += [f"### {name}", table(head, rows)]
    return "\n\n".join(parts)


def plot(runs: dict[str, dict[int, Run]], path: Path) -> None:
    """Rates against workers, with the line of workers that do not wait for one another."""
    from benchmarks.plots import COLORS, plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for color, (name, found) in zip(COLORS[1:], runs.items(), strict=False):
        axes.plot(list(found), [run.rate for run in found.values()], marker="o", color=color, label=name)
    first = next(iter(runs.values()))
    line = [count * first[1].rate for count in first]
    axes.plot(list(first), line, color=COLORS[0], linestyle=":", label="no waiting")
    axes.set(xscale="log", yscale="log", xlabel="workers, one core each", ylabel="pictures a second at 256 px")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=100)


def main() -> None:
    """Simulate, print tables, write a plot."""
    parser = argparse.ArgumentParser(prog="benchmarks.simulate_bulk", description=__doc__)
    parser.add_argument("out", type=Path, help="the plot, .png")
    args = parser.parse_args()
    runs = {name: {count: Simulation(site, count).run() for count in WORKERS} for name, site in SITES.items()}
    print(report(runs))
    plot(runs, args.out)


if __name__ == "__main__":
    main()
