"""What is carried from frame to frame, by numbers."""

import numpy as np
import pytest
import torch

from sanet.network.statistics import mean_and_variance
from sanet.video.follow import Motion
from sanet.video.steady import Carried, ShotMoments


def flat(level: int) -> np.ndarray:
    return np.full((4, 6, 3), level, np.uint8)


def still(trust: float) -> Motion:
    return Motion(np.zeros((4, 6, 2), np.float32), np.full((4, 6), trust, np.float32))


def test_a_share_of_the_frame_before_stays_where_it_can_be_followed() -> None:
    carried = Carried(0.5)
    assert (carried.blend(flat(100), None) == 100).all()
    assert (carried.blend(flat(200), still(1.0)) == 150).all()
    assert (carried.blend(flat(200), still(0.0)) == 200).all()


def test_a_new_shot_or_no_share_is_painted_fresh() -> None:
    for share, motion in ((0.5, None), (0.0, still(1.0))):
        carried = Carried(share)
        carried.blend(flat(100), None)
        assert (carried.blend(flat(200), motion) == 200).all()


def test_what_is_carried_moves_along() -> None:
    carried = Carried(1.0)
    before = flat(0)
    before[:, 1] = 200
    carried.blend(before, None)
    motion = Motion(np.tile(np.array([-2, 0], np.float32), (4, 6, 1)), np.ones((4, 6), np.float32))
    moved = carried.blend(flat(0), motion)
    assert (moved[:, 3] == 200).all()
    assert (np.delete(moved, 3, axis=1) < 40).all()


def test_moments_follow_slowly_and_start_anew_after_a_cut() -> None:
    torch.manual_seed(0)
    first, second = torch.randn(1, 3, 5, 4), torch.randn(1, 3, 5, 4) + 2
    measure = ShotMoments(0.25)
    for found, wanted in zip(measure("a", first), mean_and_variance(first), strict=True):
        assert torch.equal(found, wanted)
    pairs = zip(measure("a", second), mean_and_variance(first), mean_and_variance(second), strict=True)
    for found, old, new in pairs:
        torch.testing.assert_close(found, old + 0.25 * (new - old))
    assert torch.equal(measure("b", second)[0], mean_and_variance(second)[0])
    measure.forget()
    assert torch.equal(measure("a", second)[0], mean_and_variance(second)[0])


def test_a_pace_of_1_is_each_frame_by_itself() -> None:
    measure = ShotMoments(1.0)
    for seed in range(3):
        x = torch.randn(1, 2, 4, 4, generator=torch.Generator().manual_seed(seed))
        assert measure("a", x)[1].flatten().tolist() == pytest.approx(mean_and_variance(x)[1].flatten().tolist())
