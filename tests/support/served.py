"""The app in a process of its own, with its log and what it takes of the machine."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sanet.paths import ROOT
from tests.support.waiting import eventually


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str  # without a slash at the end
    process: subprocess.Popen
    log_file: Path

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self.log_file.read_text(errors="replace")

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024 / 1e6

    @property
    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    @property
    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    @property
    def lives(self) -> bool:
        """Whether it answers."""
        if self.process.poll() is not None:
            return False
        # Asked again and again at the start; httpx would read the system's certificates each time.
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=30) as answer:
            return answer.read() == b"ok"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(folder: Path, port: int = 0, **environment: str) -> Iterator[Served]:
    """`python app.py` at a port of the loopback; uploads, shares and the log lie in `folder`."""
    port = port or free_port()
    env = os.environ | {
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "SANET_SHARE_DIR": str(folder / "shares"),
        **environment,
    }
    log = folder / "log"
    with log.open("a") as lines:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=env, stderr=lines, stdout=lines)
    server = Served(f"http://127.0.0.1:{port}", process, log)
    try:
        eventually(lambda: _answers(server), seconds=180)
        yield server
    finally:
        process.kill()
        process.wait()


def _answers(server: Served) -> bool:
    assert server.process.poll() is None, server.log
    try:
        return server.lives
    except OSError:
        return False
