"""Descent on functions whose lowest point is known."""

import torch

from sanet.engine.descent import begin, descend


def bowl(stretch):
    """Lowest at 0.3 everywhere; `stretch` times steeper in red than in blue."""
    scale = torch.linspace(stretch, 1.0, 3)[None, :, None, None]
    return lambda image: (scale * (image - 0.3).square()).sum()


def test_it_finds_the_bottom_of_a_stretched_bowl():
    descent = begin(torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0)), bowl(50.0))
    losses = [descent.loss]
    for _ in range(25):
        descent = descend(descent, bowl(50.0))
        losses.append(descent.loss)
    assert losses == sorted(losses, reverse=True)
    assert torch.allclose(descent.point, torch.full((1, 3, 8, 8), 0.3), atol=1e-3)
    assert descent.steps == 25


def test_what_is_gone_on_with_is_not_changed():
    start = begin(torch.zeros(1, 3, 4, 4), bowl(1.0))
    first = descend(start, bowl(1.0))
    assert (start.loss, start.steps, start.point.abs().max()) == (begin(start.point, bowl(1.0)).loss, 0, 0)
    assert torch.equal(descend(start, bowl(1.0)).point, first.point)


def test_where_nothing_is_lower_it_stays():
    descent = begin(torch.full((1, 3, 4, 4), 0.3), lambda image: (image - 0.3).abs().sum())
    after = descend(descent, lambda image: (image - 0.3).abs().sum())
    assert torch.equal(after.point, descent.point)
    assert after.steps == 1
