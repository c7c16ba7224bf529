"""`python -m benchmarks.regression BEFORE` compares the checkout in the folder BEFORE with this one.

Both paint in turns with a direct, unoptimised implementation of the paper's network, in a process each, so that what
else the machine does slows all alike. Processor time of one thread; only ratios within one run mean anything.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch

import sanet
from benchmarks.literal import LiteralSANet
from benchmarks.measure import fresh, machine, pictures, random_network
from benchmarks.report import table
from sanet.image.tensor import to_tensor
from sanet.paths import ROOT

DIRECT = "direct"
STEPS = ("nothing cached", "style cached", "change of strength")


class Painter:
    """A process that paints with the code of one checkout, when it is asked to."""

    def __init__(self, folder: Path, side: int) -> None:
        environment = {**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-P", __file__, str(folder), "--side", str(side), "--paint"]  # this file in both
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def seconds(self, step: str) -> float:
        """Processor time of one of `STEPS`, or of the direct implementation."""
        assert self._process.stdin
        assert self._process.stdout
        print(step, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def compare(before: Path, side: int, rounds: int) -> str:
    """A table: how many times faster than the direct implementation each step is, in medians."""
    painters = {"before": Painter(before, side), "after": Painter(ROOT, side)}
    asked = [(name, step) for step in STEPS for name in painters]
    times: dict[tuple[str, str], list[float]] = {pair: [] for pair in (("after", DIRECT), *asked)}
    for turn in range(1 + rounds):
        for name, step in times:
            seconds = painters[name].seconds(step)
            if turn:  # the first warms up
                times[name, step].append(seconds)
    for painter in painters.values():
        painter.close()
    direct, *medians = (statistics.median(found) for found in times.values())
    faster = dict(zip(asked, (direct / median for median in medians), strict=True))
    rows = [(step, *(f"{faster[name, step]:.2f}" for name in painters), _change(faster, step)) for step in STEPS]
    return table((f"{machine()['processor']}, {side} px", "times faster before", "after", "after / before"), rows)


def _change(faster: dict[tuple[str, str], float], step: str) -> str:
    return f"{faster['after', step] / faster['before', step]:.2f}"


def paint(side: int) -> None:
    """Do the steps named on the input, and print what each took."""
    content, style = pictures(side)
    engine, literal = sanet.load("embedded", "cpu"), LiteralSANet(random_network("vgg19"))
    prepared, tensors = engine.prepare(content, [style], side), (to_tensor(content), to_tensor(style))
    engine.render(prepared, sanet.Controls(alpha=0.5))
    steps = {
        DIRECT: lambda: literal(*tensors),
        STEPS[0]: lambda: engine.stylize(fresh(content), [fresh(style)], max_side=side),
        STEPS[1]: lambda: engine.stylize(fresh(content), [style], max_side=side),
        STEPS[2]: lambda: engine.render(prepared, sanet.Controls(alpha=0.7)),
    }
    with torch.inference_mode():
        for line in sys.stdin:
            start = time.process_time()
            steps[line.strip()]()
            print(time.process_time() - start, flush=True)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.regression", description=__doc__)
    parser.add_argument("before", type=Path, metavar="BEFORE", help="a checkout, such as `git worktree add` makes")
    parser.add_argument("--side", type=int, default=512, help="pixels of both pictures (default: 512)")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--paint", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.paint:
        paint(args.side)
    else:
        print(compare(args.before.resolve(), args.side, args.rounds))


if __name__ == "__main__":
    main()
