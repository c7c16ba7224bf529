"""The rows of a batch painted by engines in the actors of a Ray cluster, through Ray Data. Knows no manifest.

An actor takes a few rows at a time. Ray replaces one that ends in the middle, and gives its rows out again.
"""

import pickle
import warnings
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sanet.cli.batch.outputs import Results, write_outcome
from sanet.cli.batch.painter import Outcome
from sanet.cli.batch.ray_cluster import connect
from sanet.cli.batch.rows import Row
from sanet.cli.batch.workers import Place
from sanet.errors import one_line

AT_A_TIME = 16  # rows of a task: what is painted again at most, and what waits to be written
GIVEN_UP = "The process that painted it ended, perhaps for want of memory."


@dataclass(frozen=True)
class RayPool:
    """`address`: as `connect`. `gpus`: what each actor takes of a GPU; 0 for none."""

    address: str
    gpus: float = 0


class Actor:
    """An engine that paints what it is given. Writes it, too, if there are `results` that it can write."""

    def __init__(self, place: Place, results: Results | None) -> None:
        warnings.filterwarnings("ignore", module="PIL")
        self.results, self.problem = results, ""
        try:
            self.painter = place.painter()
        except (ValueError, OSError) as error:
            self.problem = one_line(error)

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[bytes]]:
        """Pickled outcomes for pickled rows; an error in their place if nothing can be painted or written."""
        try:
            if self.problem:
                raise ValueError(self.problem)
            rows = pickle.loads(batch["rows"][0])
            answers: list[Outcome | ValueError] = [self._keep(outcome) for outcome in self.painter.paint(rows)]
        except ValueError as error:
            answers = [ValueError(str(error))]
        return {"answers": [pickle.dumps(answer) for answer in answers]}

    def _keep(self, outcome: Outcome) -> Outcome:
        """Raises UnwritableError if nothing more can be written."""
        if self.results is None or outcome.problem:
            return outcome
        return Outcome(outcome.row, problem=write_outcome(self.results, outcome))


def paint_by_ray(
    pool: RayPool, place: Place, rows: Sequence[Row], count: int, results: Results | None
) -> Generator[Outcome, None, None]:
    """An outcome for each row, as they come, by `count` actors, or as many as the cluster has room for if it is 0.

    With `results`, actors write what they paint, and outcomes are without data. Rows of a task whose process ends twice
    are tried once more, one at a time. Raises ValueError if there is no cluster, or an actor gets no engine.
    """
    left = {row.number: row for row in rows}
    with connect(pool.address, count) as ray:
        count = count or _room(ray, pool)
        for most in (AT_A_TIME, 1):
            for outcome in _round(ray, pool, (place, results), list(left.values()), count, most):
                if left.pop(outcome.row.number, None):
                    yield outcome
    for row in left.values():
        yield Outcome(row, problem=f"{row.request.content}: {GIVEN_UP}")


def _round(
    ray: Any, pool: RayPool, made: tuple[Any, ...], rows: Sequence[Row], count: int, most: int
) -> Iterator[Outcome]:
    """Of rows whose process lived, by actors that are `made` so."""
    if not rows:
        return
    waiting = 1 if most == 1 else None  # a task that waits for an actor goes under with it
    size = min(most, ceil(len(rows) / (2 * count)))
    tasks = [{"rows": pickle.dumps(rows[start : start + size])} for start in range(0, len(rows), size)]
    _prepare(ray.data.DataContext.get_current())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of names that the coming Ray has and this one has not
        painted = ray.data.from_items(tasks, override_num_blocks=len(tasks)).map_batches(
            Actor,
            batch_size=1,
            fn_constructor_args=made,
            compute=ray.data.ActorPoolStrategy(size=min(count, len(tasks)), max_tasks_in_flight_per_actor=waiting),
            num_cpus=1,
            num_gpus=pool.gpus or None,
            ray_remote_args_fn=lambda: {"max_restarts": -1, "max_task_retries": 1},
        )
    try:
        for found in painted.iter_rows():
            answer = pickle.loads(found["answers"])
            if isinstance(answer, Exception):
                raise answer
            yield answer
    except ray.exceptions.RayError as error:
        raise ValueError(f"Ray ended the work: {one_line(error)}") from error


def _prepare(context: Any) -> None:
    """What Ray Data shall do without: its own progress bar, and ending everything for one task or for a slow one."""
    context.enable_progress_bars = context.print_on_execution_start = False
    context.max_errored_blocks = -1
    context.execution_no_progress_timeout_s = -1


def _room(ray: Any, pool: RayPool) -> int:
    """How many actors fit into the cluster at a time. Raises ValueError if none does."""
    resources = ray.cluster_resources()
    room = int(resources.get("GPU", 0) / pool.gpus if pool.gpus else resources.get("CPU", 0))
    if not room:
        raise ValueError(f"The Ray cluster has no room for a worker with {pool.gpus:g} GPUs.")
    return room
