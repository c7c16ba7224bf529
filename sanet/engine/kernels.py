"""Which kernels the engine computes with on this CPU: as set, as remembered, or as measured, once for a process.

Knows no network and no picture; what kernels there are, `sanet.network.fast` knows.
"""

import json
import os
import platform
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from pathlib import Path
from typing import Any, TypeGuard

import torch

from sanet.network.fast.choice import OFFERED, Kernels
from sanet.network.fast.measure import Seconds, fastest, measure_kernels
from sanet.text_files import read_json, write_text

SETTING = "SANET_KERNELS"
CPUINFO = Path("/proc/cpuinfo")
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Choice:
    """The kernels of this process, and how they came to be chosen."""

    kernels: Kernels
    seconds: Seconds  # of what was measured, now or once; empty where all was set
    origin: str  # "set", "remembered" or "measured"


def kernels() -> Choice:
    """What every engine of this process computes with on the CPU. ValueError if the setting makes no sense."""
    with _LOCK:  # two threads that measured at once might choose differently
        return _chosen_once()


@cache
def _chosen_once() -> Choice:
    return choose_kernels(os.environ, processor())


def choose_kernels(environment: Mapping[str, str], name: str) -> Choice:
    """The kernels for the processor of this name: what the setting leaves open is measured, or known from before.

    Raises ValueError if the setting makes no sense. That nothing can be read or kept makes no difference.
    """
    settled = _settled(environment.get(SETTING, ""))
    if len(settled) == len(OFFERED):
        return Choice(Kernels(**settled), {}, "set")
    file, key = cache_file(environment), f"{name}, torch {torch.__version__}"
    known = _read(file)
    seconds, origin = known.get(key), "remembered"
    if not _is_whole(seconds):
        seconds, origin = measure_kernels(), "measured"
        if file:
            with suppress(OSError):
                _write(file, known | {key: seconds})
    return Choice(replace(fastest(seconds), **settled), seconds, origin)


def processor() -> str:
    """The processor's name, and what else tells it from others that are called so."""
    lines = CPUINFO.read_text().splitlines() if CPUINFO.exists() else []
    said = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    name = said.get("model name") or platform.processor() or platform.machine()
    numbers = [f"{part} {said[part]}" for part in ("cpu family", "model") if part in said]
    return ", ".join([name, *numbers, torch.backends.cpu.get_cpu_capability()])


def cache_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where measurements are kept, in the user's folder of caches; None for a user without a home."""
    try:
        folder = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None
    return folder / "sanet" / "kernels.json"


def _settled(setting: str) -> dict[str, str]:
    """By stage, what the setting names: words of `OFFERED`, at most one for a stage, in any order."""
    stages = {word: stage for stage, words in OFFERED.items() for word in words}
    words = setting.replace(",", " ").split()
    settled = {stages[word]: word for word in words if word in stages}
    if len(settled) < len(words):
        offers = "; ".join(f"{stage}: {' or '.join(words)}" for stage, words in OFFERED.items())
        raise ValueError(f"{SETTING} must name at most one kernel of each stage ({offers}), got {setting!r}.")
    return settled


def _read(file: Path | None) -> dict[str, Any]:
    """What is known of all processors; nothing of a file that is not there or is damaged."""
    try:
        known = read_json(file) if file else {}
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _is_whole(seconds: Any) -> TypeGuard[Seconds]:
    """Whether they are of all that is offered, and of nothing else."""
    return (
        isinstance(seconds, dict)
        and seconds.keys() == OFFERED.keys()
        and all(_are_of(words, seconds[stage]) for stage, words in OFFERED.items())
    )


def _are_of(words: tuple[str, ...], times: Any) -> bool:
    is_whole = isinstance(times, dict) and times.keys() == set(words)
    return is_whole and all(isinstance(time, float) and 0 <= time < inf for time in times.values())


def _write(file: Path, known: Mapping[str, Seconds]) -> None:
    """In one step, so that nobody reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        part = Path(folder) / file.name
        write_text(part, json.dumps(known, indent=1))
        part.replace(file)
