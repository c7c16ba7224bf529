"""Thousands of damaged files of all formats, by a seed; SANET_FUZZ=10000 reads more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sanet.paths import ROOT

COUNT = int(os.environ.get("SANET_FUZZ", "4000"))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.attack
def test_damaged_files_end_in_a_picture_or_one_sentence(seed: int, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.fuzz", str(COUNT // 2), str(seed)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "GRADIO_TEMP_DIR": str(tmp_path / "unpacked")}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    pictures, _, sentences, *_ = run.stdout.split()
    assert min(int(pictures), int(sentences)) > COUNT // 20
