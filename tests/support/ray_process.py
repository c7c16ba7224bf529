"""A process that holds a cluster of two replicas, so that no test's process has to know Ray.

The functions here run in it; they are handed over by `RayProcess.call`.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.engine.tally import Tally, tallied
from sanet.errors import RefusedError
from sanet.web.replicas.cluster import Cluster
from sanet.web.replicas.engine import RayEngine
from sanet.web.replicas.replica import State
from sanet.web.replicas.settings import Replicas
from tests.support.waiting import eventually

REPLICAS = 2
_CLUSTER: list[Cluster] = []  # the one of this process


class RayProcess:
    """To call functions in the process."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What `function` returns or raises there."""
        return self._pool.submit(function, *arguments).result(timeout=180)


@contextmanager
def ray_process() -> Iterator[RayProcess]:
    """With replicas that are ready; afterwards none of its processes is left."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        process = RayProcess(pool)
        process.call(begin)
        try:
            yield process
        finally:
            process.call(end)


def begin() -> None:
    _CLUSTER.append(Cluster(Replicas(replicas_min=REPLICAS, replicas_max=REPLICAS), "embedded", 180.0))
    _CLUSTER[0].wait(120)
    all_ready()


def end() -> None:
    _CLUSTER[0].close()


def all_ready() -> None:
    """Wait until both replicas answer and have nothing to do."""
    eventually(lambda: [state.requests for state in states()] == [0] * REPLICAS, seconds=120)


def engine(checkpoint: str = "embedded") -> RayEngine:
    return RayEngine(_CLUSTER[0], checkpoint)


def states() -> list[State]:
    return engine().states()


def for_another_process() -> dict[str, str]:
    """The environment of a page that uses the same replicas."""
    import ray

    own = {name: value for name, value in os.environ.items() if name.startswith("RAY_")}
    return own | {"SANET_ENGINE": "ray", "SANET_RAY_ADDRESS": str(ray.get_runtime_context().gcs_address)}


def paint(
    request: Request[Image.Image], checkpoint: str = "embedded"
) -> tuple[Image.Image, list[tuple[float, str]], Tally]:
    """The picture, the steps, and what it took."""
    steps: list[tuple[float, str]] = []
    with tallied() as tally:
        picture = engine(checkpoint).paint(request, lambda *step: steps.append(step))
    return picture, steps, tally


def load(checkpoint: str) -> None:
    engine(checkpoint).load()


def stop_midway(request: Request[Image.Image], steps: Sequence[Controls]) -> bool:
    """Stop an animation at its second picture; whether the replica that painted it is idle soon."""

    def stop(done: float, stage: str) -> None:
        if done > 0.3:
            raise InterruptedError

    try:
        engine().sequence(request, steps, stop)
    except InterruptedError:
        all_ready()
        return True
    return False


def kill_midway(request: Request[Image.Image], steps: Sequence[Controls]) -> tuple[list[Image.Image], int]:
    """An animation during which the replica that paints it is killed once, and which process that was."""
    killed: list[int] = []

    def kill(done: float, stage: str) -> None:
        if done > 0.3 and not killed:
            killed.extend(state.process for state in states() if state.requests)
            os.kill(killed[0], signal.SIGKILL)

    return engine().sequence(request, steps, kill), killed[0]


def lose_the_head(request: Request[Image.Image]) -> tuple[str, Image.Image]:
    """End the head; what is said meanwhile, and a picture once there is another."""
    worker: Any = import_module("ray._private.worker")
    worker._global_node.all_processes["gcs_server"][0].process.kill()
    said: list[str] = []

    def refused() -> bool:
        try:
            engine().paint(request)
        except RefusedError as error:
            said.append(str(error))
        return bool(said)

    eventually(refused, seconds=60)
    eventually(_is_ready, seconds=120)
    return said[0], engine().paint(request)


def _is_ready() -> bool:
    try:
        return len(states()) == REPLICAS
    except RefusedError:
        return False
