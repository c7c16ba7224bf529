"""Timing, memory, pictures and networks that the measurements share."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from sanet.engine.kernels import kernels, processor
from sanet.image.decode import open_picture
from sanet.network.model import PRESETS, StyleTransferNet
from sanet.paths import EXAMPLES

MATRIX_SIDE = 2048


class Timing(NamedTuple):
    """Median seconds, and half the distance between the quartiles."""

    seconds: float
    spread: float

    def __str__(self) -> str:
        return f"{self.seconds:.3f} ± {self.spread:.3f}"


def timed(run: Callable[[], object], rounds: int = 7, warm_up: bool = True, limit: float = 40.0) -> Timing:
    """Of `rounds` calls, or of three at least once `limit` seconds are over."""
    if warm_up:
        run()
    times: list[float] = []
    while len(times) < min(3, rounds) or (len(times) < rounds and sum(times) < limit):
        times.append(_seconds(run))
    return _summarise(times)


def timed_in_turns(runs: Mapping[str, Callable[[], object]], rounds: int = 7) -> dict[str, Timing]:
    """Of `rounds` calls each, one after another, so that what else the machine does slows all alike."""
    for run in runs.values():
        run()
    times = [{name: _seconds(run) for name, run in runs.items()} for _ in range(rounds)]
    return {name: _summarise([turn[name] for turn in times]) for name in runs}


def _seconds(run: Callable[[], object]) -> float:
    _wait_for_gpu()
    start = time.perf_counter()
    run()
    _wait_for_gpu()
    return time.perf_counter() - start


def _summarise(times: list[float]) -> Timing:
    if len(times) == 1:
        return Timing(times[0], 0.0)
    low, middle, high = statistics.quantiles(times, n=4, method="inclusive")
    return Timing(middle, (high - low) / 2)


def _wait_for_gpu() -> None:
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()


def devices() -> list[torch.device]:
    """The CPU, and CUDA where there is one."""
    return [torch.device(name) for name in ("cpu", "cuda") if name == "cpu" or torch.cuda.is_available()]


def machine() -> dict[str, str | int | float]:
    """What the figures were measured on."""
    return {
        "processor": processor(),
        "kernels": ", ".join(vars(kernels().kernels).values()),
        "cores": os.cpu_count() or 1,
        "threads": torch.get_num_threads(),
        "memory in GB": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "none: CUDA is not measured",
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "load at the start": round(os.getloadavg()[0], 2),
    }


def matrix_product(device: torch.device) -> Timing:
    """One float32 product of two square matrices of side `MATRIX_SIDE`: the yardstick (c)."""
    square = torch.rand(MATRIX_SIDE, MATRIX_SIDE, device=device)
    return timed(lambda: square @ square, rounds=15)


def peak_rate(product: Timing) -> float:
    """Operations a second of that product."""
    return 2 * MATRIX_SIDE**3 / product.seconds


def pictures(content_side: int, style_side: int | None = None) -> tuple[Image.Image, Image.Image]:
    """A square content and a square style."""
    content = open_picture(EXAMPLES / "content/astronaut.jpg").resize((content_side,) * 2)
    style = open_picture(EXAMPLES / "style/starry-night.jpg").resize((style_side or content_side,) * 2)
    return content, style


def fresh(picture: Image.Image) -> Image.Image:
    """The picture with one value changed, so that no cache knows it."""
    values = np.array(picture)
    values[0, 0] = np.random.default_rng().integers(0, 256, 3)
    return Image.fromarray(values)


def random_network(preset: str, levels: tuple[int, ...] = (4, 5)) -> StyleTransferNet:
    """A network with random weights that keep its activations near deviation 1."""
    torch.manual_seed(0)
    net = StyleTransferNet(replace(PRESETS[preset], levels=levels))
    for module in net.modules():
        if isinstance(module, torch.nn.Conv2d):
            gain = 1.0 if module.kernel_size == (1, 1) else 2.0
            torch.nn.init.normal_(module.weight, std=(gain / module.weight[0].numel()) ** 0.5)
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
    for level in levels:
        for projection in ("f", "g"):  # unscaled scores of 512 channels would be one-hot otherwise
            net.transform.get_parameter(f"sanet{level}_1.{projection}.weight").data *= 0.3
    torch.nn.init.normal_(net.decoder.get_parameter("28.weight"), std=0.003)
    torch.nn.init.constant_(net.decoder.get_parameter("28.bias"), 0.5)
    return net.eval().requires_grad_(False)


def peak_memory() -> float:
    """Largest resident size of this process so far, in GB. Not `ru_maxrss`, which a child inherits from its parent."""
    return _status("VmHWM")


def memory() -> float:
    """Resident size of this process now, in GB."""
    return _status("VmRSS")


def _status(field: str) -> float:
    found = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(f"{field}:"))
    return int(found.split()[1]) * 1024 / 1e9
