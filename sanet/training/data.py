"""Training pairs: sources of random crops -> endless batches of contents and styles, in stages.

Knows no network and no file. Every batch is a function of the seed, the step and its stage alone, so that a resumed
run, or one spread over several processes, sees the very pictures that an uninterrupted one would have seen.
"""

import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from sanet.network.color import luminance


@dataclass(frozen=True)
class Stage:
    """A part of the crop-size curriculum: up to the share `until` of a run, `batch` pairs of `crop` x `crop` pixels.

    Pictures are scaled so that their shorter side is drawn from `short_side`, evenly in its logarithm, for content
    and style separately: the wider the range, the more scales the style's patterns come in. `grey_styles`: share of the
    styles that lose their colours; drawings and prints are rare among paintings.
    """

    until: float
    crop: int
    batch: int
    short_side: tuple[int, int]
    grey_styles: float = 0.0

    def __post_init__(self) -> None:
        low, high = self.short_side
        fits = 32 <= self.crop <= low <= high
        if not (0 < self.until <= 1 and self.batch >= 1 and fits and 0 <= self.grey_styles <= 1):
            raise ValueError(
                f"A stage needs an end in (0, 1], a batch, 32 <= crop <= short side, 0 <= grey styles <= 1, got {self}."
            )


def stage_at(stages: tuple[Stage, ...], done: float) -> Stage:
    """The stage when the share `done` of a run is over; the last one goes on for ever."""
    return next((stage for stage in stages if done < stage.until), stages[-1])


class Crops(Protocol):
    """Where crops come from."""

    def draw(self, rng: random.Random, stage: Stage) -> Tensor:
        """One crop, a function of the state of `rng` alone. (3, crop, crop)."""
        ...


class PairBatches:
    """Batches of contents and styles, each (N, 3, crop, crop) in [0, 1], by step and stage.

    With several processes each gets its own equal part, `rank` of `world`, of the same global batch.
    """

    def __init__(
        self, contents: Crops, styles: Crops, stages: tuple[Stage, ...], seed: int, rank: int = 0, world: int = 1
    ) -> None:
        for stage in stages:
            if stage.batch % world:
                raise ValueError(f"A batch of {stage.batch} pairs cannot be shared evenly by {world} processes.")
        self.contents, self.styles = contents, styles
        self.stages, self.seed, self.rank, self.world = stages, seed, rank, world

    def batch(self, step: int, done: float) -> tuple[Tensor, Tensor]:
        """The batch of `step`, counted from 0, when the share `done` of the run is over."""
        stage = stage_at(self.stages, done)
        share = stage.batch // self.world
        pairs = [self._pair(step, self.rank * share + i, stage) for i in range(share)]
        contents, styles = zip(*pairs, strict=True)
        return torch.stack(contents), torch.stack(styles)

    def _pair(self, step: int, position: int, stage: Stage) -> tuple[Tensor, Tensor]:
        rng = random.Random(f"{self.seed} {step} {position}")
        content, style = self.contents.draw(rng, stage), self.styles.draw(rng, stage)
        grey = rng.random() < stage.grey_styles
        return content, luminance(style[None])[0].expand_as(style) if grey else style


class ByStep(Dataset):
    """Item `step` is the batch of that step in a run of `steps`."""

    def __init__(self, pairs: PairBatches, steps: int) -> None:
        self.pairs, self.steps = pairs, steps

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor]:
        return self.pairs.batch(step, step / self.steps)


def read_ahead(pairs: PairBatches, first_step: int, steps: int, workers: int) -> DataLoader:
    """The batches of a run of `steps` from `first_step` on, read ahead by `workers` processes."""
    return DataLoader(
        ByStep(pairs, steps),
        batch_size=None,
        sampler=range(first_step, steps),
        num_workers=workers,
        pin_memory=torch.cuda.is_available(),
        worker_init_fn=_ignore_signals,
    )


class Clock(Protocol):
    """What says how far a run is."""

    step: int

    @property
    def done(self) -> float:
        """Share of the run that is over."""
        ...


def as_needed(pairs: PairBatches, clock: Clock) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches of a run, each made when it is asked for, until the run is over."""
    while clock.done < 1:
        yield pairs.batch(clock.step, clock.done)


def _ignore_signals(worker: int) -> None:
    """A terminal and a service manager signal all processes of a run; its reader ends with it, not before."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
