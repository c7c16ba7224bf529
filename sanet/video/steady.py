"""What keeps a painted shot steady: the painted frame before, carried along, and statistics that last for the shot."""

import numpy as np
import torch
from torch import Tensor

from sanet.network.statistics import Moments, mean_and_variance
from sanet.video.follow import Motion, warped

PACE = 0.15  # of the way to a frame's own statistics that those of the shot go with it


class Carried:
    """The painted frames of a shot, each blended with the one before, which is moved along.

    `share`: how much of the frame before stays where it can be followed, 0 (free) to below 1 (steady).
    """

    def __init__(self, share: float) -> None:
        self.share = share
        self.before: np.ndarray | None = None  # (H, W, 3), float32, 0 to 255

    def blend(self, painted: np.ndarray, motion: Motion | None) -> np.ndarray:
        """`painted` (H, W, 3), 0 to 255, in uint8. Without a motion nothing is carried."""
        fresh = painted.astype(np.float32)
        if motion is not None and self.before is not None and self.share:
            before = warped(self.before, motion.flow)
            fresh += (self.share * motion.trust)[..., None] * (before - fresh)
        self.before = fresh
        return np.rint(fresh).clip(0, 255).astype(np.uint8)


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
