"""What moved between two frames: dense optical flow, how far it can be trusted, and whether there is a cut.

Flow by OpenCV's DIS (Kroeger et al., ECCV 2016). Trust where the flow forward and the flow backward agree, by the
criterion of Sundaram, Brox and Keutzer (ECCV 2010), and where the followed pixels look alike.
"""

from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

# |forward + backward|^2 may be this share of |forward|^2 + |backward|^2, and so many squared pixels more.
SHARE, SQUARED_PIXELS = 0.01, 0.5
# Grey levels, 0 to 255, by which followed pixels may differ with half the trust left.
HALF = 16.0
# A cut: less than this share of the frame can be followed, and the frame differs by so many grey levels on average.
FOLLOWED, DIFFERENT = 0.35, 20.0


class Motion(NamedTuple):
    """From the frame before to this one.

    `flow` (H, W, 2): for each pixel how far away, in pixels, it was before; `trust` (H, W), 0 to 1.
    """

    flow: np.ndarray
    trust: np.ndarray


class Follower:
    """Takes the frames of a shot one after the other."""

    def __init__(self) -> None:
        self._flow: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._before: np.ndarray | None = None

    def __call__(self, picture: Image.Image) -> Motion | None:
        """The motion towards this frame; None for the first of a shot, as one of another size is."""
        now, before = np.asarray(picture.convert("L")), self._before
        self._before = now
        if before is None or before.shape != now.shape:
            return None
        backward = self._flow.calc(now, before, None)  # (H, W, 2)
        forward = self._flow.calc(before, now, None)
        there = warped(forward, backward)
        agree = ((there + backward) ** 2).sum(axis=2) < SHARE * ((there**2).sum(axis=2) + (backward**2).sum(axis=2)) + (
            SQUARED_PIXELS
        )
        difference = cv2.GaussianBlur(cv2.absdiff(warped(before, backward), now).astype(np.float32), (0, 0), 2)
        if agree.mean() < FOLLOWED and cv2.absdiff(before, now).mean() > DIFFERENT:
            return None
        trust = cv2.GaussianBlur((agree & _inside(backward)).astype(np.float32), (0, 0), 1)
        return Motion(backward, trust * np.exp2(-((difference / HALF) ** 2)))


def warped(values: np.ndarray, flow: np.ndarray, interpolation: int = cv2.INTER_CUBIC) -> np.ndarray:
    """`values` (H, W) or (H, W, C) as they are where `flow` points to."""
    rows, columns = np.indices(flow.shape[:2], dtype=np.float32)
    there = columns + flow[..., 0], rows + flow[..., 1]
    return cv2.remap(values, *there, interpolation, borderMode=cv2.BORDER_REPLICATE)


def _inside(flow: np.ndarray) -> np.ndarray:
    """Where `flow` points to a pixel of the frame, (H, W)."""
    height, width = flow.shape[:2]
    rows, columns = np.indices((height, width), dtype=np.float32)
    x, y = columns + flow[..., 0], rows + flow[..., 1]
    return (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
