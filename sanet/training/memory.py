"""Training pictures that are decoded once and stay in the device's memory, 8 bits a colour; crops are cut there.

Knows no network. A crop is a function of the random state alone, so that a resumed run sees what an uninterrupted one
would have seen.
"""

import logging
import os
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.image.decode import open_picture
from sanet.image.transparency import on_white
from sanet.training.data import Stage

logger = logging.getLogger(__name__)


def decode_all(paths: Sequence[Path], device: torch.device) -> list[Tensor]:
    """The pictures that can be read, each (3, H, W) of 8 bits on the device; the others are reported."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [picture.to(device) for picture in pool.map(_decode, paths) if picture is not None]
    if not found:
        raise ValueError(f"None of {len(paths)} pictures could be read, the last one {paths[-1]}.")
    return found


def _decode(path: Path) -> Tensor | None:
    try:
        picture = on_white(open_picture(path))
    except (ValueError, OSError) as error:
        logger.warning("Passing over %s: %s", path, error)
        return None
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).contiguous()


class PicturesInMemory:
    """Random crops of pictures that stay in memory; none is ever enlarged, and too small ones are not drawn."""

    def __init__(self, pictures: list[Tensor], stages: tuple[Stage, ...]) -> None:
        """`pictures`: (3, H, W) of 8 bits each. Raises ValueError if all are too small for one of the `stages`."""
        self.pictures = {stage.crop: [p for p in pictures if min(p.shape[1:]) >= stage.crop] for stage in stages}
        for crop, large in self.pictures.items():
            if not large:
                raise ValueError(f"All of {len(pictures)} pictures are too small for crops of {crop} pixels.")

    def draw(self, rng: random.Random, stage: Stage) -> Tensor:
        """One crop, (3, crop, crop) in [0, 1]: of a picture at its own size or as small as `stage` allows."""
        picture = rng.choice(self.pictures[stage.crop])
        return random_crop(picture, stage, rng)


def random_crop(picture: Tensor, stage: Stage, rng: random.Random) -> Tensor:
    """Scale (3, H, W) of 8 bits down so that its shorter side is drawn from `stage.short_side`, cut out a crop
    somewhere, mirror every other time. (3, crop, crop) in [0, 1].

    Only the part that is kept is resampled, with a filter as wide as what it shrinks.
    """
    own, crop = min(picture.shape[1:]), stage.crop
    low, high = (min(own, side) for side in stage.short_side)
    side = min(own, round(crop * own / (low * (high / low) ** rng.random())))  # of the crop, in pixels of the picture
    top, left = (rng.randint(0, length - side) for length in picture.shape[1:])
    part = picture[None, :, top : top + side, left : left + side].float() / 255
    if side > crop:
        part = F.interpolate(part, (crop, crop), mode="bicubic", antialias=True).clamp_(0.0, 1.0)
    return part[0].flip(2) if rng.random() < 0.5 else part[0]
