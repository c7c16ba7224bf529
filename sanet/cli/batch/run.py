"""The steps of a batch: what is whole is found, the rest is painted and written, and what failed is reported."""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from tqdm import tqdm

from sanet.cli.batch.outputs import Folder, Results, write_outcome, write_report
from sanet.cli.batch.painter import Outcome
from sanet.cli.batch.ray_cluster import LOCAL
from sanet.cli.batch.ray_pool import RayPool, paint_by_ray
from sanet.cli.batch.recipes import hash_request, new_digest
from sanet.cli.batch.rows import Refused, Row, by_style
from sanet.cli.batch.storage import File, Url
from sanet.cli.batch.workers import Place, cores, default_workers, paint_in_workers

SAMPLES = 3  # of a forecast


@dataclass(frozen=True)
class Batch:
    """Rows, what cannot be painted of them, and where results go; the rest as for `Place`, and `workers` or None."""

    rows: Sequence[Row]
    refused: Sequence[Refused]
    results: Results
    checkpoint: str
    device: str
    suffix: str
    workers: int | None = None
    ray: RayPool | None = None

    def run(self, out: File) -> list[Refused]:
        """Paint what is not there, and report to `out` and return what failed, in the order of the rows.

        Raises ValueError if there is no engine, UnwritableError if nothing more can be written.
        """
        pending, failed = self.pending(), list(self.refused)
        try:
            with tqdm(total=len(self.rows), initial=len(self.rows) - len(pending), unit="picture") as bar:
                for outcome in self._paint(pending):
                    if problem := outcome.problem if self._is_written_there else write_outcome(self.results, outcome):
                        failed.append(Refused(outcome.row.number, outcome.row.name, problem))
                    bar.update()
        finally:
            write_report(out, failed)
        self.results.finish()
        return sorted(failed)

    def pending(self) -> list[Row]:
        """The rows without a whole result, in the order in which they are painted."""
        digest = new_digest()

        def is_whole(row: Row) -> bool:
            try:
                return self.results.is_whole(row.name, lambda: hash_request(row.request, self.checkpoint, digest))
            except OSError:  # an input is gone, which is for the painter to say
                return False

        bar = tqdm(self.rows, desc="Looking for results", unit="row", leave=False, delay=1)
        return by_style(row for row in bar if not is_whole(row))

    def forecast(self) -> str:
        """What there is to do, and for how long, by painting a few rows that are not kept."""
        pending = self.pending()
        done = len(self.rows) - len(pending)
        said = f"{len(self.rows) + len(self.refused)} rows: {done} done, {len(self.refused)} refused"
        for refused in self.refused[:1]:
            said += f" (first: {refused.problem})"
        if not pending:
            return f"{said}, none to paint."
        place, count = self._place(pending)
        seconds = _seconds_of_one(place, pending)
        if seconds is None:
            return f"{said}, {len(pending)} to paint, of which the first few failed."
        total = _in_words(seconds * len(pending) / count)
        return f"{said}, {len(pending)} to paint by {count} process(es): about {total}, {seconds:.2g} s each."

    @property
    def _is_written_there(self) -> bool:
        """Whether the actors of Ray write results themselves, because they reach where those go."""
        if self.ray is None or not isinstance(self.results, Folder):
            return False
        return self.ray.address == LOCAL or isinstance(self.results.out, Url)

    def _place(self, pending: Sequence[Row]) -> tuple[Place, int]:
        """How processes are made, and how many; 0 for as many as a cluster has room for, each with one thread."""
        device = "cpu" if self.ray and not self.ray.gpus else self.device
        if self.ray and self.ray.address != LOCAL:
            return Place(self.checkpoint, device, 1, self.suffix), self.workers or 0
        count = self.workers or default_workers(pending, device, self.ray.gpus if self.ray else 0)
        return Place(self.checkpoint, device, max(1, cores() // count), self.suffix), count

    def _paint(self, pending: Sequence[Row]) -> Iterator[Outcome]:
        if not pending:
            return
        place, count = self._place(pending)
        if self.ray:
            results = self.results if self._is_written_there else None
            outcomes = paint_by_ray(self.ray, place, pending, count, results)
        else:
            outcomes = place.painter().paint(pending) if count == 1 else paint_in_workers(place, pending, count)
        with closing(outcomes):
            yield from outcomes


def _seconds_of_one(place: Place, pending: Sequence[Row]) -> float | None:
    """By rows from the whole list, each after the one before it, whose style it mostly has; None if they fail."""
    painter = place.painter()
    starts = sorted({round(i * (len(pending) - 2) / SAMPLES) for i in range(SAMPLES)} if len(pending) > 2 else {0})
    taken = []
    for start in starts:
        for row in pending[start : start + 2]:
            began = time.perf_counter()
            painted = [outcome for outcome in painter.paint([row]) if not outcome.problem]
            seconds = time.perf_counter() - began
        if painted:
            taken.append(seconds)
    return sum(taken) / len(taken) if taken else None


def _in_words(seconds: float) -> str:
    """Rounded up to what there are a few of."""
    for name, length in (("hours", 3600), ("minutes", 60)):
        if seconds > 2 * length:
            return f"{math.ceil(seconds / length)} {name}"
    return f"{math.ceil(seconds)} seconds"
