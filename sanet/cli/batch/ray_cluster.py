"""A Ray cluster to work in: one that runs, or one of this machine alone, which asks nothing of the network."""

import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import Any, TextIO

from sanet.cli.batch.storage import import_extra
from sanet.errors import one_line

LOCAL = "local"
STORE_BYTES = 500_000_000  # of a local cluster's object store: many times what is on its way
SECONDS = 10.0  # that a cluster has to answer
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
# Ray asks addresses of clouds where it runs, even with its dashboard and statistics off. A proxy that is not there
# refuses that; actors, which may fetch pictures, have the proxies that the command has.
NO_CLOUDS = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "none.invalid"}
ALONE = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # all that is bound and connected to is 127.0.0.1
    "RAY_worker_niceness": "0",  # as processes without Ray
    **NO_CLOUDS,
}


def check_address(address: str) -> None:
    """Raise ValueError if nobody answers there, for which Ray itself waits many minutes."""
    host, _, port = address.rpartition(":")
    if not port.isdecimal():
        if address in (LOCAL, "auto"):
            return
        raise ValueError(f"The address of a Ray cluster is 'local', 'auto' or HOST:PORT, got {address!r}.")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ValueError(f"There is no Ray cluster at {address}: {one_line(error)}.") from error


@contextmanager
def connect(address: str, workers: int) -> Iterator[Any]:
    """The module `ray`, connected to a cluster: `address`, "auto" or "local", which ends at the end.

    Raises ValueError if there is no such cluster, or no Ray.
    """
    proxies = {name: os.environ.get(name) or os.environ.get(name.upper(), "") for name in NO_CLOUDS}
    with _environment({**QUIET, **(ALONE if address == LOCAL else {})}), open(os.devnull, "w") as nowhere:
        ray = import_extra("ray", "--ray")
        import_extra("ray.data", "--ray")
        for name in ("ray", "ray.data"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if ray.is_initialized():
            yield ray
            return
        with redirect_stdout(nowhere):  # where Ray tells of processes that end
            try:
                with _without_stderr(nowhere):
                    _start(ray, address, workers, proxies)
                yield ray
            finally:
                ray.shutdown()


def _start(ray: Any, address: str, workers: int, proxies: Mapping[str, str]) -> None:
    more: dict[str, Any] = {"logging_level": logging.CRITICAL, "log_to_driver": False}
    if address == LOCAL:
        more |= {"num_cpus": workers, "object_store_memory": STORE_BYTES, "include_dashboard": False}
        more |= {"runtime_env": {"env_vars": dict(proxies)}}
    try:
        ray.init(address, **more)
    except Exception as error:  # of no class in particular, if it takes too long
        raise ValueError(f"There is no Ray cluster ({address}): {one_line(error)}") from error


@contextmanager
def _without_stderr(nowhere: TextIO) -> Iterator[None]:
    """Not even for libraries: Ray's says there that it says nothing."""
    before = os.dup(2)
    os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    """For as long as it takes: what is started inherits it."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
