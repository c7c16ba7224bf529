"""First picture, change of a slider and peak memory of the embedded model, as numbers and as ratios.

Each time is a median; its ratio is to one 2048 x 2048 float32 matrix product (17.2 GFLOP) measured in the same run,
so that figures of different machines can be compared.
"""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import sanet
from benchmarks.clock import seconds
from sanet.image import open_picture

EXAMPLES = Path(__file__).parents[1] / "examples"
MATRIX_SIDE = 2048
MEMORY_OPTION = "--memory-of-1024"


def pictures(side: int) -> tuple[Image.Image, Image.Image]:
    """A content and a style of `side` x `side` pixels."""
    names = ("content/astronaut.jpg", "style/starry-night.jpg")
    content, style = (open_picture(EXAMPLES / name).resize((side, side)) for name in names)
    return content, style


def fresh(picture: Image.Image) -> Image.Image:
    """The picture with one value changed, so that no cache knows it."""
    values = np.array(picture)
    values[0, 0] = np.random.default_rng().integers(0, 256, 3)
    return Image.fromarray(values)


def print_times() -> None:
    """A table of times at 512 pixels on the CPU."""
    engine = sanet.load("embedded", device="cpu")
    content, style = pictures(512)
    prepared = engine.prepare(content, [style])
    square = torch.rand(MATRIX_SIDE, MATRIX_SIDE)
    unit, unit_spread = seconds(lambda: square @ square)
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}")
    print(f"{'':34}{'seconds':>16}{'products':>10}")
    print(f"{'one matrix product':34}{unit:8.3f} ± {unit_spread:.3f}{1:10.1f}")
    rows: dict[str, Callable[[], object]] = {
        "stylize, nothing known": lambda: engine.stylize(fresh(content), [fresh(style)]),
        "stylize, style known": lambda: engine.stylize(fresh(content), [style]),
        "change of strength or mix": lambda: engine.render(prepared, sanet.Controls(alpha=0.7)),
    }
    for name, run in rows.items():
        middle, spread = seconds(run)
        print(f"{name:34}{middle:8.3f} ± {spread:.3f}{middle / unit:10.1f}")


def print_memory() -> None:
    """Peak memory of this process after one 1024 x 1024 stylization with a 1024 x 1024 style."""
    content, style = pictures(1024)
    sanet.load("embedded", device="cpu").stylize(content, [style], max_side=1024)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{'peak memory at 1024 x 1024':34}{peak:8.2f} GB")


if MEMORY_OPTION in sys.argv:
    print_memory()
else:
    print_times()
    subprocess.run([sys.executable, "-m", "benchmarks", MEMORY_OPTION], check=True)
