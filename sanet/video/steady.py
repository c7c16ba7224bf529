"""What keeps a painted shot steady: the painted frame before, carried along, and statistics that last for the shot."""

import cv2
import numpy as np
import torch
from torch import Tensor

from sanet.network.statistics import Moments, mean_and_variance
from sanet.video.follow import Motion, warped

PACE = 0.15  # of the way to a frame's own statistics that those of the shot go with it
RAMP = 0.4  # of trust, from where nothing is carried to where all is
SEAM = 4.0  # pixels by which fresh paint is let run into what is carried, standard deviation
FINE, WIDE = 2.0, 8.0  # pixels: strokes are finer than the one, colours of places wider than the other
COARSE = 4  # times smaller, what is blurred so widely that nobody sees it
COLOR_PACE = 0.1  # of the way to the fresh colours of a place that the carried ones go with each frame
# What is carried loses its strokes with every move: below the first share of the fresh ones' contrast it is dropped,
# from the second on kept.
WORN, SOUND = 0.3, 0.6


class Carried:
    """The painted frames of a shot: the frame before is moved along, and painted anew where it cannot be followed.

    `steady`, 0 to 1: up to which doubts it is carried. Wholly or not at all: a mean of paintings has no strokes.
    """

    def __init__(self, steady: float) -> None:
        self.steady = steady
        self.before: np.ndarray | None = None  # (H, W, 3), float32, 0 to 255

    def blend(self, painted: np.ndarray, motion: Motion | None) -> np.ndarray:
        """`painted` (H, W, 3), 0 to 255, in uint8. Without a motion nothing is carried."""
        shown = painted.astype(np.float32)
        if motion is not None and self.before is not None and self.steady:
            before = warped(self.before, motion.flow, cv2.INTER_LANCZOS4)  # others blur strokes moved many times
            share = ((motion.trust - (1 - self.steady)) / RAMP).clip(0, 1) * _soundness(before, shown)
            share = np.minimum(share, _blurred(share, SEAM))
            before += COLOR_PACE * _widely_blurred(shown - before)
            shown += share[..., None] * (before - shown)
        self.before = shown
        return np.rint(shown).clip(0, 255).astype(np.uint8)


def _soundness(before: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """How far the strokes of one frame (H, W, 3) still have the contrast of another's, (H, W), 0 to 1."""
    grays = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (before, fresh))
    of_before, of_fresh = (_widely_blurred((gray - _blurred(gray, FINE)) ** 2) for gray in grays)
    return ((np.sqrt((of_before + 1) / (of_fresh + 1)) - WORN) / (SOUND - WORN)).clip(0, 1)


def _widely_blurred(values: np.ndarray) -> np.ndarray:
    """By WIDE, from a smaller copy, in a third of the time."""
    height, width = values.shape[:2]
    small = cv2.resize(values, (-(-width // COARSE), -(-height // COARSE)), interpolation=cv2.INTER_AREA)
    return cv2.resize(_blurred(small, WIDE / COARSE), (width, height), interpolation=cv2.INTER_LINEAR)


def _blurred(values: np.ndarray, deviation: float) -> np.ndarray:
    return cv2.GaussianBlur(values, (0, 0), deviation)


class ShotMoments:
    """A `Measure`: means and variances that follow those of the frames at `pace`, so that nothing flickers below 1."""

    def __init__(self, pace: float = PACE) -> None:
        self.pace = pace
        self.kept: dict[str, Moments] = {}

    def __call__(self, place: str, x: Tensor) -> Moments:
        now = mean_and_variance(x)
        before = self.kept.get(place, now)
        mean, var = (torch.lerp(old, new, self.pace) for old, new in zip(before, now, strict=True))
        self.kept[place] = mean, var
        return mean, var

    def forget(self) -> None:
        """At a cut."""
        self.kept.clear()
