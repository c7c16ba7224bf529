"""Gatys, Ecker and Bethge, Image Style Transfer Using Convolutional Neural Networks (CVPR 2016).

The pixels themselves are moved until a full VGG sees the content's map and the style's Gram matrices. Knows no picture
and no file.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from sanet.engine.descent import begin, descend
from sanet.network.distances import squared_error
from sanet.network.encoder import Encoder, Features
from sanet.progress import Report, unreported

STEPS = 100
CONTENT, STYLE = 1.0, 400.0  # of the two losses, on channels of root-mean-square 1


class Goal(NamedTuple):
    """What the pixels should come to have: relu4_1 (1, C, h, w), and a Gram matrix (C, C) for each of the five taps."""

    content: Tensor
    grams: tuple[Tensor, ...]


def gram(x: Tensor) -> Tensor:
    """Inner products of channels, Eq. 3, over the number of positions, so that sizes can differ. (1, C, h, w) ->
    (C, C), float32.
    """
    flat = x[0].flatten(1).float()
    return flat @ flat.T / flat.shape[1]


def goal_of(content: Features, style: Features, alpha: float = 1.0) -> Goal:
    """The goal; the Gram matrices lie a share `alpha` of the way from the content's to the style's.

    Differs from the paper, which weighs the two losses against each other instead: so strength 0 is the photograph.
    """
    pairs = zip(content, style, strict=True)
    return Goal(content.relu4_1, tuple(torch.lerp(gram(c), gram(s), alpha) for c, s in pairs))


def distance(features: Features, goal: Goal) -> Tensor:
    """Eq. 7: `CONTENT` times Eq. 1 and `STYLE` times Eq. 5, whose layers count alike. ().

    Differs from the paper: the content is compared at relu4_1, the highest layer but one that the encoders here have,
    instead of relu4_2; both losses are means of squares instead of sums, whatever the size.
    """
    errors = [squared_error(gram(x), wanted) for x, wanted in zip(features, goal.grams, strict=True)]
    return CONTENT * squared_error(features.relu4_1, goal.content) + STYLE * torch.stack(errors).mean()


def stylize(
    judge: Encoder,
    content: Tensor,
    style: Tensor,
    start: Tensor,
    steps: int = STEPS,
    alpha: float = 1.0,
    progress: Report = unreported,
    shown: Callable[[Tensor], None] = unreported,
) -> Tensor:
    """So many steps of L-BFGS from `start`: the content, noise, or what another system painted.

    (1, 3, H, W), (1, 3, H', W'), (1, 3, H, W) in [0, 1], sides of at least 32 -> (1, 3, H, W), not clamped. `progress`
    is called before each step and may raise; `shown` gets the image after it. Only a full VGG may judge: a compact
    encoder makes noise.
    """
    with torch.no_grad():
        goal = goal_of(judge(content), judge(style), alpha)

    def loss(image: Tensor) -> Tensor:
        return distance(judge(image), goal)

    found = begin(start, loss)
    for step in range(steps):
        progress(step / steps)
        found = descend(found, loss)
        shown(found.point)
    return found.point
