"""Processes that share the rows of a batch, each with an engine of its own. Knows neither manifest nor results.

A process that ends in the middle, killed for want of memory or by a fault, is replaced; its rows go to others.
"""

import signal
import warnings
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait

import torch

import sanet
from sanet.cli.batch.painter import AHEAD, Outcome, Painter
from sanet.cli.batch.rows import Row
from sanet.engine.cost import memory_needed, memory_to_polish
from sanet.engine.memory import free_memory
from sanet.engine.polisher import polished_size
from sanet.engine.stylizer import CACHE_BYTES, TILE
from sanet.errors import one_line
from sanet.network.model import PRESETS

AT_A_TIME = 2 * AHEAD + 2  # rows that a process has been given: more than a painter takes before it gives one back
ROWS_A_WORKER = 8  # fewer are painted before another process has started
PROCESS_BYTES = 500_000_000 + CACHE_BYTES  # of a process with an engine, before it paints
SPAWN = get_context("spawn")  # threads and GPUs outlive no fork


@dataclass(frozen=True)
class Place:
    """How a process makes its painter: as `sanet.load`, with so many threads, for results of this format."""

    checkpoint: str
    device: str
    threads: int
    suffix: str

    def painter(self) -> Painter:
        """Raises ValueError as `sanet.load`."""
        torch.set_num_threads(self.threads)
        return Painter(sanet.load(self.checkpoint, self.device), self.checkpoint, self.suffix)


class _Worker:
    """A process, and the rows that it was given and has not answered yet. A `careful` one has one row at a time."""

    def __init__(self, place: Place, careful: bool) -> None:
        self.connection, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=_work, args=(place, theirs, careful), daemon=True)
        with _deaf():
            self.process.start()
        theirs.close()  # so that the end of the process ends the connection
        self.careful, self.is_ready, self.has_all = careful, False, False
        self.given: deque[Row] = deque()

    def take(self, lost: deque[Row], coming: deque[Row]) -> None:
        """As many rows as there are and as it may hold."""
        while not self.has_all and len(self.given) < (1 if self.careful else AT_A_TIME):
            source = lost if self.careful and lost else coming
            row = source.popleft() if source else None
            if row is None:
                self.has_all = True
            else:
                self.given.append(row)
            with suppress(OSError):  # it has ended, which shows when its answer is read
                self.connection.send(row)

    def answer(self) -> Outcome | None:
        """Of the first row that it was given; None once, when it is ready. Waits.

        Raises EOFError if the process has ended, ValueError if it has no engine.
        """
        try:
            found = self.connection.recv()
        except OSError as error:
            raise EOFError from error
        if isinstance(found, Exception):
            raise found
        self.is_ready = True
        if found is not None:
            self.given.popleft()
        return found

    def end(self) -> str:
        """Make sure that it has ended; how, in words."""
        self.process.terminate()
        self.process.join()
        self.connection.close()
        code = self.process.exitcode or 0
        return f"signal {-code}" if code < 0 else f"exit code {code}"


@contextmanager
def _deaf() -> Iterator[None]:
    """What is started within hears no Ctrl-C, not even while it imports torch: the command ends its processes."""
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def paint_in_workers(place: Place, rows: Iterable[Row], count: int) -> Generator[Outcome, None, None]:
    """An outcome for each row, as they come, by `count` processes.

    Rows whose process ends are tried once more, one at a time. Raises ValueError if a process gets no engine.
    """
    coming, lost = deque(rows), deque[Row]()
    workers = [_Worker(place, careful=False) for _ in range(count)]
    try:
        while workers:
            for worker in workers:
                worker.take(lost, coming)
            ready = wait([worker.connection for worker in workers])
            for worker in [worker for worker in workers if worker.connection in ready]:
                try:
                    outcome = worker.answer()
                except EOFError:
                    workers.remove(worker)
                    yield from _let_go(worker, lost)
                    if lost or coming:
                        workers.append(_Worker(place, careful=True))
                    continue
                if outcome is not None:
                    yield outcome
    finally:
        for worker in workers:
            worker.end()


def _let_go(worker: _Worker, lost: deque[Row]) -> Iterator[Outcome]:
    """Of a worker that has ended, all that it had is lost; but a row that it had alone is given up."""
    worker.process.join()
    how = worker.end()
    if not worker.is_ready:
        raise ValueError(f"A process ended before it could paint ({how}); for want of memory, try fewer --workers.")
    if worker.careful and worker.given:
        row = worker.given[0]
        problem = f"The process that painted it ended ({how}), perhaps for want of memory."
        yield Outcome(row, problem=f"{row.request.content}: {problem}")
    else:
        lost.extend(worker.given)


def _work(place: Place, connection: Connection, careful: bool) -> None:
    """The life of a process: it says that it is ready, then answers rows until there is none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it was not inherited
    warnings.filterwarnings("ignore", module="PIL")
    with suppress(EOFError, OSError):  # the command has been killed
        try:
            painter = place.painter()
        except (ValueError, OSError) as error:
            connection.send(ValueError(one_line(error)))
            return
        connection.send(None)
        rows = iter(connection.recv, None)
        for batch in ([row] for row in rows) if careful else (rows,):
            for outcome in painter.paint(batch):
                connection.send(outcome)


def default_workers(rows: Sequence[Row], device: str, gpus: float = 0) -> int:
    """One for each core, which paints with one thread, as far as memory and rows go around; one for a GPU.

    `gpus`: what each takes of a GPU, where that is said.
    """
    if gpus:
        return max(1, int(torch.cuda.device_count() / gpus))
    if device != "cpu" and torch.cuda.is_available():
        return 1
    side = max(row.request.max_side for row in rows)
    styles = max(len(row.request.styles) for row in rows)
    needed = memory_needed(PRESETS["vgg19"], (side, side), [(side, side)] * styles, TILE)
    if any(row.request.polish for row in rows):
        needed = max(needed, memory_to_polish(polished_size((side, side))))
    memory = PROCESS_BYTES + needed
    free = free_memory(torch.device("cpu"))
    room = cores() if free is None else free // memory
    return max(1, min(cores(), room, len(rows) // ROWS_A_WORKER))


def cores() -> int:
    """As many threads as torch would take."""
    return torch.get_num_threads()
