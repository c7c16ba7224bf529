"""Timing, pictures and networks that the measurements share."""

import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from sanet.image import open_picture
from sanet.model import PRESETS, StyleTransferNet

EXAMPLES = Path(__file__).parents[1] / "examples"
MATRIX_SIDE = 2048


class Timing(NamedTuple):
    """Median seconds, and half the distance between the quartiles."""

    seconds: float
    spread: float

    def __str__(self) -> str:
        return f"{self.seconds:.3f} ± {self.spread:.3f}"


def timed(run: Callable[[], object], rounds: int = 7) -> Timing:
    """Of several calls, after one to warm up."""
    run()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    low, middle, high = statistics.quantiles(times, n=4)
    return Timing(middle, (high - low) / 2)


def matrix_product() -> Timing:
    """One float32 product of two square matrices of side `MATRIX_SIDE`."""
    square = torch.rand(MATRIX_SIDE, MATRIX_SIDE)
    return timed(lambda: square @ square)


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


def random_vgg19() -> StyleTransferNet:
    """The paper's network with random weights that keep its activations near deviation 1."""
    torch.manual_seed(0)
    net = StyleTransferNet(PRESETS["vgg19"])
    for module in net.modules():
        if isinstance(module, torch.nn.Conv2d):
            gain = 1.0 if module.kernel_size == (1, 1) else 2.0
            torch.nn.init.normal_(module.weight, std=(gain / module.weight[0].numel()) ** 0.5)
            torch.nn.init.zeros_(module.bias)
    for name in ("sanet4_1", "sanet5_1"):
        for projection in ("f", "g"):  # unscaled scores of 512 channels would be one-hot otherwise
            net.transform.get_submodule(f"{name}.{projection}").weight.data *= 0.3
    torch.nn.init.normal_(net.decoder[28].weight, std=0.003)
    torch.nn.init.constant_(net.decoder[28].bias, 0.5)
    return net.eval().requires_grad_(False)


def peak_memory() -> float:
    """Largest resident size of this process so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
