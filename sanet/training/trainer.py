"""A training loop: module and batches in, better weights and a stream of step records out.

Knows nothing of style transfer. The module maps a batch to named losses, "total" among them; everything that is done
with a step (log it, draw a preview, save a checkpoint) is done by callbacks. Between two looks at its numbers a step
never waits for the GPU.
"""

import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from sanet.training.processes import Processes
from sanet.training.schedule import TrainerConfig, moving_average

MAX_SKIPPED_IN_A_ROW = 20
CHECK_SECONDS = 10.0


@dataclass(frozen=True)
class StepRecord:
    """What happened in one step. `step` counts from 1; `seconds`: spent training so far, over all sittings.

    `examples`: seen so far, over all processes. `gradient_norm` and `terms` are scalars on the device: reading one
    waits for it. If the norm is not finite, the weights are as before. `last`: the loop ends after this step.
    """

    step: int
    seconds: float
    examples: int
    rate: float
    gradient_norm: Tensor
    terms: dict[str, Tensor]
    last: bool


def has_bfloat16(device: torch.device) -> bool:
    """Whether `device` multiplies in bfloat16 itself; a processor that does not imitates it many times slower."""
    return device.type == "cuda" or bool(torch.cpu.get_capabilities().get("avx512_bf16"))


class Trainer:
    """Module, optimizer, moving average and counters: what a checkpoint holds, and the loop that moves them."""

    def __init__(self, module: nn.Module, learner: nn.Module, config: TrainerConfig) -> None:
        """`learner`: the part of `module` that learns; those of its parameters that require gradients are trained,
        averaged and saved.
        """
        self.config, self.processes = config, Processes()
        self.device = self.processes.device
        if self.device.type == "cuda":
            torch.backends.cudnn.benchmark = True  # crops come in few sizes, so trying its kernels pays
            torch.set_float32_matmul_precision("high")  # attention stays float32, its products take 11 bits
        self.learner = learner.to(self.device)
        self.named = {name: p for name, p in learner.named_parameters() if p.requires_grad}
        self.optimizer = torch.optim.Adam(self.named.values(), lr=config.rate, betas=config.betas, fused=True)
        self.average = AveragedModel(learner, multi_avg_fn=moving_average(config.average))
        compiled = config.compiled and self.device.type == "cuda"
        self.autocast = config.precision == "bf16" and has_bfloat16(self.device)
        self.forward = self.processes.spread(module.to(self.device))
        if compiled:
            self.forward = torch.compile(self.forward, dynamic=False)
        self.step, self.seconds, self.examples = 0, 0.0, 0
        self.first_step, self.first_second = 0, 0.0  # of the schedule that is being followed
        self.skipped = torch.zeros((), device=self.device)  # steps in a row
        self.stopping = False

    @property
    def done(self) -> float:
        """Share of the run that is over, from 0 to 1."""
        if self.config.minutes is None:
            return min(1.0, self.step / max(1, self.config.steps))
        return min(1.0, (self.seconds - self.first_second) / (60 * self.config.minutes))

    def run(self, batches: Iterable[Sequence[Tensor]], callbacks: Sequence["Callback"]) -> None:
        """Take a step for each batch until they end, the run does, or a SIGTERM or SIGINT asks to stop."""
        previous = {number: signal.signal(number, self._ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
        before, checked = self.seconds - time.monotonic(), time.monotonic()
        try:
            for batch in batches:
                record = self._step(batch, before)
                for callback in callbacks:
                    callback(self, record)
                if record.last:
                    break
                if time.monotonic() - checked >= CHECK_SECONDS:
                    self._check()
                    checked = time.monotonic()
            self._check()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _step(self, batch: Sequence[Tensor], before: float) -> StepRecord:
        """`before`: seconds of earlier sittings, less the clock when this one began."""
        rate = self.config.rate_at(self.step - self.first_step, self.done)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        images = [x.to(self.device, non_blocking=True, memory_format=torch.channels_last) for x in batch]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.autocast):
            terms = self.forward(*images)
        self.optimizer.zero_grad()
        terms["total"].backward()
        norm = nn.utils.clip_grad_norm_(self.named.values(), self.config.clip)
        self._update(norm)
        self.step += 1
        self.examples += len(images[0]) * self.processes.world
        seconds, stopping = self.processes.agree(before + time.monotonic(), float(self.stopping))
        self.seconds = seconds
        last = stopping > 0 or self.done >= 1
        return StepRecord(self.step, seconds, self.examples, rate, norm.detach(), self.processes.mean(terms), last)

    def _update(self, norm: Tensor) -> None:
        """Optimizer step and moving average, unless the gradient is not finite: the same on every process."""
        bad = (~torch.isfinite(norm)).float()
        self.skipped = (self.skipped + 1) * bad
        self.optimizer.found_inf = bad  # type: ignore[attr-defined]  # the fused step then leaves all as it is
        self.optimizer.step()
        self.average.update_parameters(self.learner)

    def _check(self) -> None:
        if self.skipped >= MAX_SKIPPED_IN_A_ROW:
            raise ValueError(f"The gradient was not finite for {int(self.skipped)} steps in a row.")

    def state(self) -> dict[str, Any]:
        """Everything that resuming needs, as plain tensors and numbers."""
        averages = dict(self.average.module.named_parameters())
        return {
            "weights": {name: p.detach() for name, p in self.named.items()},
            "average": {name: averages[name].detach() for name in self.named},
            "optimizer": self.optimizer.state_dict(),
            **{name: getattr(self, name) for name in COUNTERS},
            "minutes": self.config.minutes,
        }

    @torch.no_grad()
    def load_state(self, state: dict[str, Any]) -> None:
        """Undo `state`. Raises ValueError if it belongs to another module.

        A run by the clock goes on with its schedule if that was cut, and begins a new one of other `minutes`, or if it
        had ended.
        """
        if state["weights"].keys() != self.named.keys():
            raise ValueError("The checkpoint belongs to another network, or to other trained parts of it.")
        averages = dict(self.average.module.named_parameters())
        for name, parameter in self.named.items():
            parameter.copy_(state["weights"][name])
            averages[name].copy_(state["average"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        for name in COUNTERS:
            setattr(self, name, state[name])
        self.average.n_averaged.fill_(self.step)
        if self.config.minutes is not None and (state["minutes"] != self.config.minutes or self.done >= 1):
            self.first_step, self.first_second = self.step, self.seconds


COUNTERS = ("step", "seconds", "examples", "first_step", "first_second")
Callback = Callable[[Trainer, StepRecord], None]
