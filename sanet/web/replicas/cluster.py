"""The connection to Ray: begun in the background, watched, and begun anew after it was lost.

A process that stays connected to a cluster whose head is gone is ended by Ray after a minute, so a lost connection is
closed at once. Imports Ray only when one is made.
"""

import atexit
import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sanet.errors import RefusedError
from sanet.web.replicas.deployment import replicas_in_cluster
from sanet.web.replicas.settings import Replicas

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentHandle

LOOK_EVERY = 1.0  # seconds
FAILURES = 3  # in a row, until the head counts as gone
JOINING = 60.0  # seconds for a new node
ENDING = 15.0  # seconds for a connection that is being made
CONNECTING = 2.0  # seconds to wait for the head's port
OBJECTS = 200_000_000  # bytes for pictures on their way
STARTING = "The page is still waiting for the machines that paint; try again in a moment."
AWAY = "The machines that paint cannot be reached at the moment; try again in a minute."
logger = logging.getLogger(__name__)


class Cluster:
    """One for each page. Safe to use from several threads."""

    def __init__(self, settings: Replicas, checkpoint: str, picture_seconds: float) -> None:
        """Connects in the background, for ever. Replicas begin with `checkpoint`; `picture_seconds`: of the setting."""
        self._settings, self._begin_with = settings, (checkpoint, picture_seconds)
        self._handle: DeploymentHandle | None = None
        self._connected, self._away, self._closed = threading.Event(), STARTING, threading.Event()
        _keep_quiet()
        if not settings.ray_address:
            _keep_to_this_machine()
        import_module("ray")  # which registers its own end first
        atexit.register(self.close)
        self._keeper = threading.Thread(target=self._keep, daemon=True, name="ray connection")
        self._keeper.start()

    def handle(self) -> "DeploymentHandle":
        """The replicas. Raises `RefusedError` while there is no connection."""
        handle = self._handle
        if handle is None:
            raise RefusedError(self._away)
        return handle

    def check(self, handle: "DeploymentHandle") -> None:
        """Raises `RefusedError` if the connection was lost since `handle` was given out."""
        if self._handle is not handle:
            raise RefusedError(AWAY)

    def wait(self, seconds: float) -> None:
        """Until there is a connection, at most for so long."""
        self._connected.wait(seconds)

    def close(self) -> None:
        """End the connection, and the cluster if it was begun here."""
        self._closed.set()
        self._keeper.join(ENDING)

    def _keep(self) -> None:
        while not self._closed.is_set():
            try:
                address = self._connect()
                self._connected.set()
                self._watch(address)
            except Exception as error:  # Ray has many; each means that there is no connection
                logger.warning("No connection to Ray: %s", str(error).strip().partition("\n")[0])
            self._handle, self._away = None, AWAY
            self._connected.clear()
            _disconnect()
            self._closed.wait(LOOK_EVERY)

    def _connect(self) -> str:
        """The head's address once replicas can be called."""
        import ray
        from ray import serve

        if self._settings.ray_address:
            _check_port(self._settings.ray_address)
            try:
                ray.init(self._settings.ray_address, logging_level=logging.ERROR)
            except Exception:  # of which Ray has no kind for a machine that is no node
                _join(self._settings.ray_address)
                ray.init(self._settings.ray_address, logging_level=logging.ERROR)
        else:
            cores = max(1, round(self._settings.replica_cpus * self._settings.replicas_max))
            ray.init(
                "local",
                num_cpus=cores,
                object_store_memory=OBJECTS,
                include_dashboard=False,
                logging_level=logging.ERROR,
            )
        logging.getLogger("ray.serve").setLevel(logging.ERROR)
        serve.start(proxy_location="Disabled", logging_config={"log_level": "ERROR"})
        self._handle = replicas_in_cluster(self._settings, *self._begin_with)
        return str(ray.get_runtime_context().gcs_address)

    def _watch(self, address: str) -> None:
        """Returns when the head is gone, or is another one."""
        known, failures = _cluster_id(address), 0
        while failures < FAILURES and not self._closed.wait(LOOK_EVERY):
            found = _cluster_id(address)
            if found and found != known:
                return
            failures = 0 if found else failures + 1


def _keep_quiet() -> None:
    """For what reads it when Ray is imported."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    os.environ["RAY_ENABLE_AUTO_CONNECT"] = "0"  # or a call without a connection would begin a cluster


def _keep_to_this_machine() -> None:
    """A cluster of the page's own listens on the loopback, and takes only its own processes."""
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # what keeps Ray to the loopback, on Linux as well
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


def _join(address: str) -> None:
    """Make this machine a node of the cluster, without which no process on it can connect. Nothing is painted on it.

    The node outlives the page, but not the head, after which it is made anew.
    """
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--num-cpus=0", "--num-gpus=0"]
    subprocess.run([*command, f"--address={address}"], check=True, capture_output=True, timeout=JOINING)


def _check_port(address: str) -> None:
    """Ray itself waits for long where nobody listens."""
    host, _, port = address.rpartition(":")
    socket.create_connection((host.strip("[]"), int(port)), CONNECTING).close()


def _cluster_id(address: str) -> str:
    """A new one after each start of the head; "" where nobody answers."""
    raylet: Any = import_module("ray._raylet")
    try:
        _check_port(address)
        return str(raylet.GcsClient(address=address).cluster_id.hex())
    except Exception:
        return ""


def _disconnect() -> None:
    import ray

    with suppress(Exception):
        ray.shutdown()
