"""Gatys: Gram matrices by the definition, and a loss that only falls."""

from itertools import pairwise

import pytest
import torch
from torch import Tensor

from sanet.methods.gatys import CONTENT, STYLE, distance, goal_of, gram, stylize
from sanet.network.encoder import Encoder
from tests.methods.maps import random_map

JUDGE = Encoder((1,) * 5, (3, 4, 5, 6, 6)).requires_grad_(False)


def test_a_gram_matrix_is_that_of_a_double_loop() -> None:
    x = random_map(4, 3, 5)
    wanted = torch.zeros(4, 4)
    for i in range(4):
        for j in range(4):
            wanted[i, j] = sum(x[0, i, y, z] * x[0, j, y, z] for y in range(3) for z in range(5)) / 15
    torch.testing.assert_close(gram(x), wanted)


def test_the_distance_weighs_the_map_and_the_gram_matrices() -> None:
    features, content, style = (JUDGE(torch.rand(1, 3, 48, 48)) for _ in range(3))
    goal = goal_of(content, style, 0.5)
    errors = []
    for x, c, s in zip(features, content, style, strict=True):
        errors.append(((gram(x) - (gram(c) + gram(s)) / 2) ** 2).mean())
    wanted = CONTENT * ((features.relu4_1 - content.relu4_1) ** 2).mean() + STYLE * sum(errors) / 5
    torch.testing.assert_close(distance(features, goal), wanted)


@pytest.mark.parametrize("start", ["content", "noise"])
def test_the_loss_falls_with_every_step(start: str) -> None:
    torch.manual_seed(1)
    content, style = torch.rand(2, 1, 3, 48, 64)
    first = content if start == "content" else torch.rand_like(content)
    goal, losses = goal_of(JUDGE(content), JUDGE(style)), []

    def note(image: Tensor) -> None:
        losses.append(float(distance(JUDGE(image), goal)))

    note(first)
    image = stylize(JUDGE, content, style, first, steps=12, shown=note)
    assert len(losses) == 13
    assert all(later <= earlier for earlier, later in pairwise(losses))
    assert losses[-1] < 0.5 * losses[0]
    assert losses[-1] == float(distance(JUDGE(image), goal))


def test_at_strength_0_the_content_is_the_goal() -> None:
    content, style = torch.rand(2, 1, 3, 48, 48)
    torch.testing.assert_close(stylize(JUDGE, content, style, content, steps=2, alpha=0.0), content)


def test_what_progress_raises_ends_the_work() -> None:
    content, style = torch.rand(2, 1, 3, 48, 48)

    def stop(done: float) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stylize(JUDGE, content, style, content, steps=5, progress=stop)
