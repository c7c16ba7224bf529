"""What moved: shifts that are known, what is hidden, what cannot be followed, and cuts."""

import numpy as np
import pytest
from PIL import Image

from sanet.paths import EXAMPLES
from sanet.video.follow import Follower, warped
from tests.support.clips import panned

SIZE = (160, 120)


def photograph(name: str) -> Image.Image:
    return Image.open(EXAMPLES / f"content/{name}.jpg").convert("RGB").resize((240, 180))


def motion_between(before: np.ndarray, now: np.ndarray):
    follow = Follower()
    assert follow(Image.fromarray(before)) is None
    return follow(Image.fromarray(now))


@pytest.mark.parametrize("step", [(3, 0), (0, 4), (5, 2)])
def test_a_camera_that_moves_is_followed(step: tuple[int, int]) -> None:
    before, now = panned(photograph("brandenburg-gate"), SIZE, 2, step)
    motion = motion_between(before, now)
    inner = motion.flow[20:-20, 20:-20]
    assert np.median(inner.reshape(-1, 2), axis=0) == pytest.approx(step, abs=0.3)
    assert motion.trust[20:-20, 20:-20].mean() > 0.8
    seen = warped(before, motion.flow).astype(float)[20:-20, 20:-20]
    assert np.abs(seen - now[20:-20, 20:-20]).mean() < np.abs(before.astype(float) - now)[20:-20, 20:-20].mean() / 3


def test_what_comes_into_view_is_not_trusted() -> None:
    before, now = panned(photograph("brandenburg-gate"), SIZE, 2, (20, 0))
    trust = motion_between(before, now).trust
    assert trust[:, -15:].mean() < 0.1 < 0.6 < trust[20:-20, 20:100].mean()


def test_what_was_hidden_is_not_trusted() -> None:
    (background,) = panned(photograph("koala"), SIZE, 1)
    block = np.asarray(photograph("red-panda"))[60:100, 100:140]
    before, now = background.copy(), background.copy()
    before[40:80, 40:80], now[40:80, 50:90] = block, block
    trust = motion_between(before, now).trust
    assert trust[45:75, 41:47].mean() < 0.35  # where the block was
    assert trust[45:75, 55:85].mean() > 0.6  # where it went
    assert trust[90:, 110:].mean() > 0.9


def test_a_cut_begins_a_new_shot_and_less_light_does_not() -> None:
    (first,), (second,) = (panned(photograph(name), SIZE, 1) for name in ("koala", "citrus-fruits"))
    assert motion_between(first, second) is None
    darker = motion_between(first, (first * 0.9).astype(np.uint8))
    assert darker is not None
    assert np.abs(darker.flow).mean() < 0.5
