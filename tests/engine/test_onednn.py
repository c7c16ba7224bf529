"""What torch's libraries keep for each shape of a picture is bounded where the program asks for it."""

import os
import subprocess
import sys

import pytest

import app
from sanet.cli.main import main
from sanet.engine.onednn import KEPT, keep_fewer_primitives
from sanet.paths import ROOT

MANY_SHAPES = """
from pathlib import Path

import torch

from sanet.engine.onednn import keep_fewer_primitives
from sanet.network.fast.matmul import multiply_with_onednn

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmRSS")).split()[1])

keep_fewer_primitives()
weight = torch.rand(64, 64)
with torch.inference_mode():
    multiply_with_onednn(torch.rand(1, 64), weight)
    before = resident()
    for rows in range(2, 902):
        multiply_with_onednn(torch.rand(rows, 64), weight)
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's account of the process")
def test_what_many_shapes_leave_is_bounded():
    environment = {name: value for name, value in os.environ.items() if name not in KEPT}
    run = [sys.executable, "-c", MANY_SHAPES]
    grown = subprocess.run(run, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    assert int(grown) < 200_000_000  # what 900 shapes leave by default is over 300 MB


def test_what_the_user_set_stays():
    environment = {"LRU_CACHE_CAPACITY": "7"}
    keep_fewer_primitives(environment)
    assert environment["LRU_CACHE_CAPACITY"] == "7"
    assert set(environment) == set(KEPT)


def refuse():
    raise ValueError


@pytest.mark.parametrize("start", [app.main, lambda: main(["nothing"])], ids=["page", "command line"])
def test_page_and_command_line_ask_for_it_before_any_work(start, monkeypatch):
    monkeypatch.setattr(app, "serve", refuse)
    for name in KEPT:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    with pytest.raises(SystemExit):
        start()
    assert {name: os.environ[name] for name in KEPT} == KEPT
