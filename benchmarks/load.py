"""Many visitors at once on the loopback: throughput, latency, fairness of the queue, and the server's memory.

    python -m benchmarks.load --each 24 --memory 50 500
    python -m benchmarks.load --hostile --minutes 30
    python -m benchmarks.load --replicas 1 2 --visitors 1 4 16
    python -m benchmarks.load --kill --minutes 2

The app runs in a process of its own; visitors are Python clients that ask for mixed pictures, one after another.
Run by `make bench-load`.
"""

import argparse
import itertools
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from gradio_client import Client, handle_file

from benchmarks import hostile, replicas
from benchmarks.report import table
from sanet.web.examples import CONTENTS, STYLES
from tests.support.browser import app_process

VISITORS = (1, 4, 16)
SIZES = (256, 384, 512)
REST = 5.0  # seconds before memory is read; the server gives free memory back in a pause
LATE = 0.5  # seconds by which one request must have come before another to count as overtaken


class Answer(NamedTuple):
    """One request's times in seconds, and whose it was."""

    visitor: int
    asked: float
    answered: float


def requests(seed: int) -> Iterator[tuple[str, list[Any]]]:
    """Endless mixed calls of the page's three functions, the same for the same seed."""
    choose = random.Random(seed)
    while True:
        content = handle_file(choose.choice(CONTENTS).path)
        styles = [handle_file(style.path) for style in choose.sample(STYLES, 4)]
        common = [choose.choice((1.0, 0.6)), choose.choice(SIZES), choose.random() < 0.2]
        calls: list[tuple[str, list[Any]]] = [
            ("/stylize", [content, styles[0], *common]),
            ("/interpolate", [content, *styles, choose.random(), choose.random(), *common]),
            ("/spatial", [content, *styles[:2], None, None, "Left / right", None, None, 0.2, *common]),
        ]
        yield choose.choices(calls, (3, 1, 1))[0]


def visitor_of(url: str) -> Client:
    """A visitor who is patient with a busy server."""
    return Client(url, verbose=False, download_files=False, httpx_kwargs={"timeout": 300})


def visit(client: Client, visitor: int, count: int) -> list[Answer]:
    """Ask `count` times, one after another."""
    answers = []
    for api, arguments in itertools.islice(requests(visitor), count):
        asked = time.perf_counter()
        client.predict(*arguments, api_name=api)
        answers.append(Answer(visitor, asked, time.perf_counter()))
    return answers


def crowd(url: str, visitors: int, count: int) -> dict[str, float]:
    """`count` requests, or three a visitor if that is more, from so many visitors at the same time."""
    each = max(3, count // visitors)  # with fewer nobody can be served unfairly
    clients = [visitor_of(url) for _ in range(visitors)]
    with ThreadPoolExecutor(visitors) as pool:
        done = list(pool.map(visit, clients, range(visitors), [each] * visitors))
    answers = [answer for one in done for answer in one]
    latencies = sorted(a.answered - a.asked for a in answers)
    elapsed = max(a.answered for a in answers) - min(a.asked for a in answers)
    first_done = min(one[-1].answered for one in done)
    served = [sum(a.answered <= first_done for a in one) for one in done]
    return {
        "a second": len(answers) / elapsed,
        "p50": statistics.median(latencies),
        "p95": latencies[min(len(latencies) - 1, int(0.95 * len(latencies)))],
        "most served": max(served),
        "least served": min(served),
        "overtaken": overtaken(answers),
    }


def overtaken(answers: list[Answer]) -> int:
    """Requests that came clearly before another and were answered after it."""
    return sum(any(b.asked - a.asked > LATE and b.answered < a.answered for b in answers) for a in answers)


def resident(pid: int) -> float:
    """The process's resident memory in GB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024 / 1e9


def memory(url: str, pid: int, counts: list[int]) -> dict[str, float]:
    """Memory at the start and after so many mixed requests and a pause, in GB."""
    found, done = {"0": resident(pid)}, 0
    for count in counts:
        visit(visitor_of(url), 1000 + done, count - done)
        time.sleep(REST)
        found[str(count)], done = resident(pid), count
    return found


def report(crowds: dict[str, Any], growth: dict[str, float]) -> str:
    """The figures as tables, with ratios to the single visitor's."""
    alone = crowds[min(crowds, key=int)]
    rows = [
        (
            visitors,
            f"{c['a second']:.2f} ({c['a second'] / alone['a second']:.2f})",
            f"{c['p50']:.2f} ({c['p50'] / alone['p50']:.1f})",
            f"{c['p95']:.2f} ({c['p95'] / alone['p95']:.1f})",
            f"{c['most served']:.0f} / {c['least served']:.0f}",
            f"{c['overtaken']:.0f}",
        )
        for visitors, c in crowds.items()
    ]
    head = ("visitors", "pictures a second", "p50 in seconds", "p95 in seconds", "most / least served", "overtaken")
    base = list(growth.values())[1] if len(growth) > 1 else 1.0
    memories = [(count, f"{gb:.3f}", f"{gb / base:.3f}") for count, gb in growth.items()]
    return "\n\n".join(
        [
            "# Many visitors",
            "In brackets: times the single visitor's.",
            table(head, rows),
            table(("requests", "memory of the server in GB", "of the second row"), memories),
        ]
    )


def main() -> None:
    """Measure and print; write benchmarks/results/load.json and load.md unless it is with hostile visitors."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=__doc__)
    parser.add_argument("--each", type=int, default=48, help="requests for each number of visitors")
    parser.add_argument("--memory", type=int, nargs="*", default=[50, 500], help="requests after which memory is read")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results"))
    parser.add_argument("--hostile", action="store_true", help="honest visitors among hostile ones instead")
    parser.add_argument("--replicas", type=int, nargs="*", help="with so many replicas of Ray Serve, in turn, instead")
    parser.add_argument("--visitors", type=int, nargs="*", default=VISITORS, help="at the same time, with --replicas")
    parser.add_argument("--kill", action="store_true", help="kill a replica every ten seconds instead")
    parser.add_argument("--minutes", type=float, default=30, help="how long, with --hostile and --kill")
    args = parser.parse_args()
    if args.kill:
        print(replicas.kill_in_turn(args.minutes))
        return
    if args.replicas:
        print(replicas.crowds(args.replicas, args.visitors, args.each, crowd))
        return
    if args.hostile:
        print(hostile.measure(args.minutes))
        return
    with tempfile.TemporaryDirectory() as folder, app_process(Path(folder)) as (url, process):
        growth = memory(url, process.pid, args.memory)
        crowds = {str(visitors): crowd(url, visitors, args.each) for visitors in VISITORS} if args.each else {}
    text = report(crowds, growth) if crowds else json.dumps(growth)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "load.json").write_text(json.dumps({"visitors": crowds, "memory": growth}, indent=1) + "\n")
    (args.out / "load.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
