"""Many pictures: the rates of a plain loop, of processes and of Ray, the time of each step, and Ray's own share.

    python -m benchmarks.bulk --rows 64

All in turns in one run. A rate is that of the files as they appear, between the sixth and the sixth before the last,
so that neither the start of processes nor their end is in it. Writes benchmarks/results/bulk.json.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import sanet
from benchmarks.load import resident
from sanet.cli.batch.outputs import Folder, write_outcome
from sanet.cli.batch.painter import Outcome, Painter
from sanet.cli.batch.ray_cluster import LOCAL, connect
from sanet.cli.batch.ray_pool import RayPool, paint_by_ray
from sanet.cli.batch.rows import Row, pair
from sanet.cli.batch.workers import Place, cores, paint_in_workers
from sanet.image.decode import open_picture
from sanet.image.save import save_picture
from sanet.web.examples import CONTENTS, STYLES

ENDS = 6  # files at the start and at the end that no rate counts
SUFFIX = ".png"


@dataclass(frozen=True)
class IdlePlace(Place):
    """Of a painter that has all results ready, each of so many bytes."""

    size: int = 0

    def painter(self) -> Painter:
        return IdlePainter(bytes(self.size))


class IdlePainter(Painter):
    """Without an engine."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def paint(self, rows: Iterable[Row]) -> Generator[Outcome, None, None]:
        """The same bytes for each row."""
        yield from (Outcome(row, self.data) for row in rows)


def make_rows(folder: Path, count: int, side: int) -> list[Row]:
    """Photographs of so many pixels, all different, in one style."""
    choose = np.random.default_rng(0)
    (folder / "photos").mkdir()
    photos = [open_picture(example.path) for example in CONTENTS]
    for number in range(count):
        photo = photos[number % len(photos)]
        left, top = choose.integers(0, 60, 2)
        part = photo.crop((left, top, photo.width, photo.height))
        part.thumbnail((side, side))
        save_picture(part, folder / f"photos/{number:04}.jpg")
    style = open_picture(STYLES[0].path)
    style.thumbnail((side, side))
    save_picture(style, folder / "style.png")
    return pair(sorted((folder / "photos").iterdir()), [folder / "style.png"], "all", {"max_side": side})


def plain_loop(rows: Sequence[Row], out: Folder) -> None:
    """Open, paint with all cores, save, one after another."""
    torch.set_num_threads(cores())
    engine = sanet.load("embedded", "cpu")
    style = open_picture(str(rows[0].request.styles[0]))
    for row in rows:
        painted = engine.stylize(open_picture(str(row.request.content)), [style], max_side=row.request.max_side)
        save_picture(painted, Path(str(out.path(row.name))))


def keep(outcomes: Iterable[Outcome], out: Folder) -> None:
    """Write what the command writes."""
    for outcome in outcomes:
        assert not outcome.problem, outcome.problem
        write_outcome(out, outcome)


def drain(outcomes: Iterable[Outcome]) -> None:
    """Of actors, which write by themselves."""
    assert not any(outcome.problem for outcome in outcomes)


def rate(folder: Path) -> float:
    """Pictures a second, by the times of the files."""
    times = sorted(path.stat().st_mtime for path in folder.iterdir())[ENDS:-ENDS]
    return (len(times) - 1) / (times[-1] - times[0])


def rates(rows: Sequence[Row], rounds: int) -> dict[str, list[float]]:
    """Of each way to paint, in turns."""
    one, two = (Place("embedded", "cpu", threads, SUFFIX) for threads in (cores(), max(1, cores() // 2)))
    ways: dict[str, Callable[[Folder], None]] = {
        "plain loop": lambda out: plain_loop(rows, out),
        "1 process": lambda out: keep(one.painter().paint(rows), out),
        "2 processes": lambda out: keep(paint_in_workers(two, rows, 2), out),
        "2 actors of Ray": lambda out: drain(paint_by_ray(RayPool(LOCAL), two, rows, 2, out)),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, paint in ways.items():
            with tempfile.TemporaryDirectory() as out:
                paint(Folder(Path(out), SUFFIX))
                found[name].append(rate(Path(out)))
    return found


def steps(rows: Sequence[Row]) -> dict[str, float]:
    """Median milliseconds of a core for each step of a picture, and the bytes of a result."""
    torch.set_num_threads(1)
    painter = Painter(sanet.load("embedded", "cpu"), "embedded", SUFFIX)
    taken: dict[str, list[float]] = {"read": [], "paint": [], "encode": [], "write": [], "bytes": []}
    with tempfile.TemporaryDirectory() as folder:
        out = Folder(Path(folder), SUFFIX)
        for row in rows:
            marks = [time.process_time()]  # which other work on the machine does not change
            read = painter._read(row)
            marks.append(time.process_time())
            painted = painter._paint(read)
            marks.append(time.process_time())
            encoded = painter._encode(painted)
            marks.append(time.process_time())
            write_outcome(out, encoded)
            marks.append(time.process_time())
            for name, start, stop in zip(taken, marks, marks[1:], strict=False):
                taken[name].append(1000 * (stop - start))
            taken["bytes"].append(len(encoded.data))
    return {name: statistics.median(values) for name, values in taken.items()}


def own_share(rows: Sequence[Row], size: int) -> dict[str, float]:
    """Milliseconds for each picture when painting takes none and results of `size` bytes come back.

    "passed": on the clock, "command": of a core, by the command.
    """
    place = IdlePlace("", "cpu", 1, SUFFIX, size)
    marks = [(time.perf_counter(), time.process_time()) for _ in paint_by_ray(RayPool(LOCAL), place, rows, 2, None)]
    pairs = zip(("passed", "command"), marks[0], marks[-1], strict=True)
    return {name: 1000 * (stop - start) / (len(marks) - 1) for name, start, stop in pairs}


def memory(rows: Sequence[Row], at: Sequence[int]) -> dict[str, dict[int, float]]:
    """GB of the command and of the largest actor after so many pictures."""
    found: dict[str, dict[int, float]] = {"command": {}, "actor": {}}
    place = Place("embedded", "cpu", 1, SUFFIX)
    for count, _ in enumerate(paint_by_ray(RayPool(LOCAL), place, rows, 2, None), 1):
        if count in at:
            found["command"][count] = resident(os.getpid())
            found["actor"][count] = max(map(resident, actors()))
    return found


def actors() -> list[int]:
    """The processes of Ray that paint."""
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if path.read_text(errors="replace").startswith("ray::MapWorker")
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.bulk", description=__doc__)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results") / "bulk.json")
    args = parser.parse_args()
    args.out.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, connect(LOCAL, 2):
        folder = Path(name)
        rows = make_rows(folder, args.rows, 256)
        many = [row._replace(number=number) for number, row in enumerate(rows * 10)]
        (folder / "small").mkdir()
        small = make_rows(folder / "small", 320, 64)
        found: dict[str, object] = {}
        for what, measure in {
            "steps": lambda: steps(rows[:16]),
            "rates": lambda: rates(rows, args.rounds),
            "milliseconds of Ray by bytes": lambda: {size: own_share(many, size) for size in (0, 130_000)},
            "memory": lambda: memory(small, (100, 200, 300)),
        }.items():
            found[what] = measure()
            args.out.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
