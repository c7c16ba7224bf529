"""What is carried from frame to frame, by numbers."""

import numpy as np
import pytest
import torch

from sanet.network.statistics import mean_and_variance
from sanet.video.follow import Motion
from sanet.video.steady import Carried, ShotMoments

SIZE = (40, 60)


def strokes(seed: int) -> np.ndarray:
    """Noise, (40, 60, 3)."""
    return np.random.default_rng(seed).integers(60, 200, (*SIZE, 3), dtype=np.uint8)


def flat(level: int) -> np.ndarray:
    return np.full((*SIZE, 3), level, np.uint8)


def still(trust: float) -> Motion:
    return Motion(np.zeros((*SIZE, 2), np.float32), np.full(SIZE, trust, np.float32))


def difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(float) - b).mean())


def test_strokes_stay_where_they_can_be_followed_and_are_fresh_elsewhere() -> None:
    carried, first, second = Carried(0.7), strokes(0), strokes(1)
    assert (carried.blend(first, None) == first).all()
    motion = still(1.0)
    motion.trust[:, 30:] = 0.0
    shown = carried.blend(second, motion)
    assert difference(shown[:, :18], first[:, :18]) < 3
    assert (shown[:, 45:] == second[:, 45:]).all()


def test_a_new_shot_or_no_steadiness_is_painted_fresh() -> None:
    for steady, motion in ((0.7, None), (0.0, still(1.0)), (0.7, still(0.2))):
        carried = Carried(steady)
        carried.blend(strokes(0), None)
        assert (carried.blend(strokes(1), motion) == strokes(1)).all()


def test_colours_of_places_follow_slowly() -> None:
    carried = Carried(1.0)
    carried.blend(flat(100), None)
    levels = [carried.blend(flat(200), still(1.0)).mean() for _ in range(40)]
    assert levels[:2] == pytest.approx([110, 119], abs=1)
    assert levels[-1] > 195


def test_what_has_lost_its_strokes_is_painted_fresh() -> None:
    carried = Carried(1.0)
    carried.blend(flat(130), None)
    assert difference(carried.blend(strokes(1), still(1.0)), strokes(1)) < 1


def test_what_is_carried_moves_along() -> None:
    carried, first = Carried(1.0), strokes(0)
    carried.blend(first, None)
    motion = Motion(np.tile(np.array([-2, 0], np.float32), (*SIZE, 1)), np.ones(SIZE, np.float32))
    moved = carried.blend(strokes(1), motion)
    assert difference(moved[:, 2:], first[:, :-2]) < 3


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
