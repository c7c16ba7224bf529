"""Runs a script on two CPU processes that exchange gradients over the loopback."""

import os
import subprocess
import sys
from pathlib import Path


def run_on_two(script: Path, timeout: float = 170) -> None:
    """Raises CalledProcessError if it fails; what it prints is shown with the test."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", str(script)]
    local = {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    subprocess.run(launch, check=True, timeout=timeout, env={**os.environ, **local})
