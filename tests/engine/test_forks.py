"""An engine in a process that forks after it was made, and after it has painted with several threads."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from sanet.paths import ROOT

# Leaves a picture painted by the parent and one by its child; the exit code is the child's.
PROGRAM = """
import multiprocessing, os, sys, threading
import torch
from PIL import Image
import sanet

how = sys.argv[1:]
torch.set_num_threads(2)
engine = sanet.load("embedded", device="cpu")
content, style = Image.radial_gradient("L").convert("RGB"), Image.linear_gradient("L").convert("RGB").resize((128, 128))

def paint(name, size=160):
    engine.stylize(content, [style], max_side=size).save(name)

def paint_in_thread():
    worker = threading.Thread(target=paint, args=("child.png",))
    worker.start()
    worker.join()

if "used" in how:
    paint("before.png", 128)
work = paint_in_thread if "thread" in how else lambda: paint("child.png")
if "process" in how:
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
    code = child.exitcode
elif os.fork() == 0:
    work()
    os._exit(0)
else:
    code = os.waitstatus_to_exitcode(os.wait()[1])
paint("parent.png")
sys.exit(code)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize("how", [("fresh",), ("used", "thread"), ("used", "process")], ids=" ".join)
@pytest.mark.slow
def test_a_forked_process_paints_what_its_parent_paints(tmp_path, how):
    # With the kernels that this processor gets, measured before the fork.
    measured = {"SANET_KERNELS": "", "XDG_CACHE_HOME": str(tmp_path)}
    environment = {**os.environ, **measured, "OMP_NUM_THREADS": "2", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, *how]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr
    pictures = [np.asarray(Image.open(tmp_path / f"{name}.png")).astype(int) for name in ("parent", "child")]
    assert np.abs(pictures[0] - pictures[1]).max() <= 1
