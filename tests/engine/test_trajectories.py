"""Ways through the controls: where they begin, what they pass, and that they close."""

import pytest

from sanet.engine.controls import Controls, bilinear_mix
from sanet.engine.trajectories import FROM_PHOTOGRAPH, TOURS, tour


def test_the_border_passes_the_corners_in_turn_and_closes() -> None:
    steps = tour("Around the square", 8, Controls(0.5, keep_color=True))
    corners = [bilinear_mix(*corner) for corner in ((0, 0), (1, 0), (1, 1), (0, 1))]
    assert [step.mix for step in steps[::2]] == corners
    assert steps[-1].mix == bilinear_mix(0, 0.5)
    assert {(step.alpha, step.colors) for step in steps} == {(0.5, "photo")}


def test_the_eight_passes_the_middle_twice() -> None:
    steps = tour("Through the middle", 40, Controls())
    middle = pytest.approx((0.25,) * 4)
    assert [i for i, step in enumerate(steps) if step.mix == middle] == [0, 20]


def test_from_the_photograph_to_the_chosen_strength_and_back() -> None:
    start = Controls(0.8, bilinear_mix(0.2, 0.7))
    steps = tour(FROM_PHOTOGRAPH, 10, start)
    strengths = [step.alpha for step in steps]
    assert strengths[0] == 0
    assert strengths[5] == max(strengths) == pytest.approx(0.8)
    assert strengths[1:] == pytest.approx(strengths[:0:-1])
    assert {step.mix for step in steps} == {start.mix}


@pytest.mark.parametrize("name", TOURS)
def test_neighbours_differ_little_all_the_way_round(name: str) -> None:
    steps = tour(name, 60, Controls(mix=(1, 1, 1, 1)))
    for step, following in zip(steps, [*steps[1:], steps[0]], strict=True):
        changes = [abs(a - b) for a, b in zip((step.alpha, *step.mix), (following.alpha, *following.mix), strict=True)]
        assert max(changes) < 0.11


def test_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="'Diagonal'"):
        tour("Diagonal", 10, Controls())
