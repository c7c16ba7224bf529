"""Freed memory goes back to the system once there is a pause, or none for long."""

import sys
from pathlib import Path

import pytest

from sanet.engine.spare_memory import SpareMemory
from tests.support.waiting import eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is given back is glibc's")
PIECE = 100_000  # bytes; smaller than what glibc asks the system for by itself


def resident() -> int:
    """Bytes of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def leave_holes() -> list[bytearray]:
    """Free 200 MB between pieces that stay, which are as large, or they would find room elsewhere."""
    return [bytearray(PIECE) for _ in range(4000)][::2]


def test_holes_go_back_after_a_pause():
    kept = leave_holes()
    before = resident()
    SpareMemory(pause=0.05).touch()
    eventually(lambda: resident() < before - 150_000_000, seconds=60)
    assert len(kept) == 2000


def test_they_stay_while_there_is_work_but_not_for_ever():
    spare = SpareMemory(pause=3600.0, longest=3600.0)
    kept = leave_holes()
    before = resident()
    spare.touch()
    assert resident() > before - 50_000_000
    spare.longest = 0.0
    spare.touch()
    eventually(lambda: resident() < before - 150_000_000, seconds=60)
    assert len(kept) == 2000
