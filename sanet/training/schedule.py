"""How a run goes: its end, its learning rate from step to step, and the moving average of its weights."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class TrainerConfig:
    """Optimization. The defaults are the paper's: Adam at 1e-4 for 160,000 steps, nothing else.

    A run ends after `steps`, or, where `minutes` is set, after so many minutes. The rate rises linearly for `warmup`
    steps, stays, and from the share `decay_from` of the run on falls as half a cosine to `final_rate` at its end.
    `average`: decay of the moving average of the weights. `clip`: largest gradient norm. `precision`: "no" for float32,
    "bf16" for bfloat16 where it is safe and the device has it. `compiled`: let `torch.compile` fuse the module's
    operations on a GPU.
    """

    steps: int = 160_000
    minutes: float | None = None
    rate: float = 1e-4
    final_rate: float = 1e-4
    warmup: int = 0
    decay_from: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    clip: float = math.inf
    average: float = 0.999
    precision: str = "no"
    compiled: bool = False

    def __post_init__(self) -> None:
        if self.minutes is not None and not self.minutes > 0:
            raise ValueError(f"A run needs more than 0 minutes, got {self.minutes}.")
        if not 0 <= self.decay_from <= 1:
            raise ValueError(f"decay_from is a share of the run, from 0 to 1, got {self.decay_from}.")

    def rate_at(self, step: int, done: float) -> float:
        """Learning rate of `step`, counted from 0, when the share `done` of the run is over."""
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        fallen = (done - self.decay_from) / max(1e-9, 1 - self.decay_from)
        return (
            self.final_rate + (self.rate - self.final_rate) * (1 + math.cos(math.pi * min(1.0, max(0.0, fallen)))) / 2
        )


def moving_average(decay: float) -> Callable[..., None]:
    """An update for `AveragedModel` whose decay rises to `decay`, so that the first weights are soon forgotten."""

    @torch.no_grad()
    def update(averages: list[Tensor], weights: list[Tensor], count: Tensor) -> None:
        share = min(decay, (1 + int(count)) / (10 + int(count)))
        torch._foreach_lerp_(averages, weights, 1 - share)

    return update
