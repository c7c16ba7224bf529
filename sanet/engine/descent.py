"""Descent on an image: L-BFGS (Nocedal & Wright, Numerical Optimization, algorithm 7.4), backtracking where a step
leads up.

Knows nothing of what is made smaller. Every step gives a new value, so that it can be gone on with from any of them.

Not Adam, which moves every pixel alike, however little it matters: after twenty steps of Polish it had left the loss a
quarter higher, and noise in calm areas.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Loss = Callable[[Tensor], Tensor]  # of an image (1, 3, H, W), a scalar
FIRST = 0.01  # how far the first step moves a pixel, on average
KEPT = 8  # steps that tell of the curvature
TRIES = 5  # lengths of a step, each a third of the one before
ENOUGH = 1e-4  # share of what the slope promises that a step has to bring (Armijo)


@dataclass(frozen=True)
class Descent:
    """A point (1, 3, H, W), the loss and its gradient there; of the last steps, how point and gradient changed."""

    point: Tensor
    loss: float
    slope: Tensor
    moves: tuple[tuple[Tensor, Tensor], ...] = ()
    steps: int = 0


def begin(point: Tensor, loss: Loss) -> Descent:
    """Before the first step."""
    return Descent(point, *_evaluated(point, loss))


def descend(before: Descent, loss: Loss) -> Descent:
    """One step further down. Where none is found, the same point, which has forgotten what it knew of the curvature."""
    direction = _direction(before)
    promised = float((direction * before.slope).sum())
    length = 1.0 if before.moves else FIRST / max(float(direction.abs().mean()), 1e-20)
    for _ in range(TRIES):
        point = before.point + length * direction
        found, slope = _evaluated(point, loss)
        if found <= before.loss + ENOUGH * length * promised:
            moved = (point - before.point, slope - before.slope)
            turns_up = float((moved[0] * moved[1]).sum()) > 0
            moves = (*before.moves, moved)[-KEPT:] if turns_up else before.moves
            return Descent(point, found, slope, moves, before.steps + 1)
        length /= 3
    return Descent(before.point, before.loss, before.slope, (), before.steps + 1)


def _evaluated(point: Tensor, loss: Loss) -> tuple[float, Tensor]:
    with torch.inference_mode(False), torch.enable_grad():
        given = point.detach().clone().requires_grad_(True)
        found = loss(given)
        (slope,) = torch.autograd.grad(found, given)
    return float(found.detach()), slope


def _direction(descent: Descent) -> Tensor:
    """The two loops of the algorithm: minus the gradient, by the inverse of the curvature as far as it is known."""
    direction, shares = -descent.slope, []
    for move, change in reversed(descent.moves):
        shares.append((move * direction).sum() / (move * change).sum())
        direction = direction - shares[-1] * change
    if descent.moves:
        move, change = descent.moves[-1]
        direction = direction * ((move * change).sum() / change.square().sum())
    for (move, change), share in zip(descent.moves, reversed(shares), strict=True):
        direction = direction + (share - (change * direction).sum() / (move * change).sum()) * move
    return direction
