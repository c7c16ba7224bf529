"""What torch's libraries keep for each shape of a picture is bounded, in a process of its own."""

import os
import subprocess
import sys

import pytest

from sanet.engine.onednn import KEPT, keep_fewer_primitives
from sanet.paths import ROOT

MANY_SHAPES = """
import sys
from pathlib import Path

import torch

import sanet
from sanet.network.fast.matmul import _onednn

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmRSS")).split()[1])

sanet.load("embedded", device="cpu")
weight = torch.rand(64, 64)
with torch.inference_mode():
    _onednn(torch.rand(1, 64), weight)
    before = resident()
    for rows in range(2, 902):
        _onednn(torch.rand(rows, 64), weight)
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's account of the process")
def test_an_engine_bounds_what_many_shapes_leave():
    environment = {name: value for name, value in os.environ.items() if name not in KEPT}
    run = [sys.executable, "-c", MANY_SHAPES]
    grown = subprocess.run(run, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    assert int(grown) < 200_000_000  # what 900 shapes leave by default is over 300 MB


def test_what_the_user_set_stays():
    environment = {"LRU_CACHE_CAPACITY": "7"}
    keep_fewer_primitives(environment)
    assert environment["LRU_CACHE_CAPACITY"] == "7"
    assert set(environment) == set(KEPT)
