"""A training loop: module and batches in, better weights and a stream of step records out.

Knows nothing of style transfer. The module maps a batch to named losses, "total" among them; everything that is done
with a step (log it, draw a preview, save a checkpoint) is done by callbacks.
"""

import gc
import math
import os
import pickle
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import torch
import torch.distributed.nn  # not later: imported during an exchange, its default arguments would keep that alive
from accelerate import Accelerator, PartialState
from torch import Tensor, nn

MAX_SKIPPED_IN_A_ROW = 20


@dataclass(frozen=True)
class TrainerConfig:
    """Optimization. The defaults are the paper's: Adam at 1e-4 for 160,000 steps, nothing else.

    The rate rises linearly for `warmup` steps, stays, and from step `decay_from` falls as half a cosine to
    `final_rate` at `steps`. `average`: decay of the moving average of the weights. `clip`: largest gradient norm.
    `precision`: "no" for float32, "bf16" for bfloat16 where it is safe.
    """

    steps: int = 160_000
    rate: float = 1e-4
    final_rate: float = 1e-4
    warmup: int = 0
    decay_from: int = 0
    betas: tuple[float, float] = (0.9, 0.999)
    clip: float = math.inf
    average: float = 0.999
    precision: str = "no"

    def rate_at(self, step: int) -> float:
        """Learning rate of `step`, counted from 0."""
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        done = (step - self.decay_from) / max(1, self.steps - self.decay_from)
        return self.final_rate + (self.rate - self.final_rate) * (1 + math.cos(math.pi * min(1.0, max(0.0, done)))) / 2


@dataclass(frozen=True)
class StepRecord:
    """What happened in one step. `step` counts from 1; `seconds`: spent training so far, over all sittings.

    `skipped`: the gradient was not finite, the weights are as before. `last`: the loop ends after this step.
    """

    step: int
    seconds: float
    rate: float
    gradient_norm: float
    terms: dict[str, float]
    skipped: bool
    last: bool


class Trainer:
    """Module, optimizer, moving average and counters: what a checkpoint holds, and the loop that moves them."""

    def __init__(self, module: nn.Module, config: TrainerConfig) -> None:
        """Only parameters of `module` that require gradients are trained, averaged and saved."""
        self.config = config
        # Under `accelerate launch` the launcher says whether to use the CPU; alone, a GPU is used if there is one.
        self.accelerator = Accelerator(mixed_precision=config.precision)
        torch.backends.cudnn.benchmark = True  # crops come in few sizes, so trying its kernels pays
        self.named = {name: p for name, p in module.named_parameters() if p.requires_grad}
        optimizer = torch.optim.Adam(self.named.values(), lr=config.rate, betas=config.betas)
        self.module, self.optimizer = self.accelerator.prepare(module, optimizer)
        self.average = {name: p.detach().clone() for name, p in self.named.items()}
        self.step, self.seconds, self.skipped = 0, 0.0, 0
        self.stopping = False

    def run(self, batches: Iterable[Sequence[Tensor]], callbacks: Sequence["Callback"]) -> None:
        """Take a step for each batch until they end, `steps` is reached, or a SIGTERM or SIGINT asks to stop."""
        previous = {number: signal.signal(number, self._ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            for batch in batches:
                record = self._step(batch)
                for callback in callbacks:
                    callback(self, record)
                if record.last:
                    break
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _step(self, batch: Sequence[Tensor]) -> StepRecord:
        start = time.monotonic()
        rate = self.config.rate_at(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        device = self.accelerator.device
        on_device = [x.to(device, non_blocking=True, memory_format=torch.channels_last) for x in batch]
        terms = self.module(*on_device)
        self.optimizer.zero_grad()
        self.accelerator.backward(terms["total"])
        norm = float(nn.utils.clip_grad_norm_(self.named.values(), self.config.clip))
        self._update(norm)
        self.step += 1
        self.seconds += time.monotonic() - start
        values = {name: float(term.detach()) for name, term in self.accelerator.reduce(terms, "mean").items()}
        skipped = not math.isfinite(norm)
        return StepRecord(self.step, self.seconds, rate, norm, values, skipped, self._is_last())

    def _update(self, norm: float) -> None:
        """Optimizer step and moving average, unless the gradient is not finite: the same on every process."""
        if not math.isfinite(norm):
            self.skipped += 1
            if self.skipped >= MAX_SKIPPED_IN_A_ROW:
                raise ValueError(f"The gradient was not finite for {self.skipped} steps in a row.")
            return
        self.skipped = 0
        self.optimizer.step()
        decay = min(self.config.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.named.values()), 1 - decay)

    def _is_last(self) -> bool:
        """Whether to stop; all processes agree, though the signal may reach them in different steps."""
        stopping = torch.tensor(float(self.stopping), device=self.accelerator.device)
        return bool(self.accelerator.reduce(stopping, "sum") > 0) or self.step >= self.config.steps

    def state(self) -> dict[str, Any]:
        """Everything that resuming needs, as plain tensors and numbers."""
        return {
            "weights": {name: p.detach() for name, p in self.named.items()},
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }

    @torch.no_grad()
    def load_state(self, state: dict[str, Any]) -> None:
        """Undo `state`. Raises ValueError if it belongs to another module."""
        if state["weights"].keys() != self.named.keys():
            raise ValueError("The checkpoint belongs to another network, or to other trained parts of it.")
        for name, parameter in self.named.items():
            parameter.copy_(state["weights"][name])
            self.average[name].copy_(state["average"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = state["step"], state["seconds"]


Callback = Callable[[Trainer, StepRecord], None]


class Checkpoint:
    """Callback: writes the trainer's state to one file every so many minutes and after the last step.

    The file is replaced in one go, so that there is a whole one at any time. Only the main process writes.
    """

    def __init__(self, path: Path, minutes: float) -> None:
        self.path, self.minutes = path, minutes
        self.saved = time.monotonic()

    def __call__(self, trainer: Trainer, record: StepRecord) -> None:
        due = time.monotonic() - self.saved >= 60 * self.minutes
        if (due or record.last) and trainer.accelerator.is_main_process:
            save_atomically(trainer.state(), self.path)
            self.saved = time.monotonic()


def save_atomically(state: dict[str, Any], path: Path) -> None:
    """Write beside the old file, then replace it."""
    partial = path.with_name(path.name + ".part")
    with partial.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_state(path: Path) -> dict[str, Any]:
    """A state that `Checkpoint` wrote. Raises ValueError if the file is none."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, LookupError) as error:
        raise ValueError(f"{path} is not a training checkpoint: {error}") from error


def end_exchange() -> None:
    """End the exchange between the processes of a run, if any, once its trainer is let go of.

    A thread of the exchange that still holds tensors when the interpreter ends aborts the process.
    """
    gc.collect()
    PartialState().destroy_process_group()
