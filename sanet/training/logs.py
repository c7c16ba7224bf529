"""Progress of a training run for people: a line every few seconds, and the same for TensorBoard. Knows records only."""

import logging
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from sanet.training.trainer import StepRecord, Trainer

logger = logging.getLogger(__name__)
LINE_SECONDS = 10.0


class Means:
    """Means of the named losses, skipped steps left out; on the device until they are read."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.sums: Tensor | None = None

    def add(self, record: StepRecord) -> None:
        """One more step."""
        self.names = list(record.terms)
        row = torch.stack([*record.terms.values(), torch.ones_like(record.gradient_norm)])
        row = torch.where(torch.isfinite(record.gradient_norm), row, 0.0)
        self.sums = row if self.sums is None else self.sums + row

    def read(self) -> dict[str, float]:
        """The means by name since the last reading, empty if all steps were skipped; waits for the device."""
        if self.sums is None:
            return {}
        *sums, count = self.sums.tolist()
        self.sums = None
        return {name: value / count for name, value in zip(self.names, sums, strict=False)} if count else {}


class Log:
    """Callback: a line with the pace and the mean of every loss, every few seconds and at the end."""

    def __init__(self, out: Path) -> None:
        self.writer = SummaryWriter(str(out / "logs"))
        self.means = Means()
        self.since: tuple[float, int] | None = None  # clock and examples at the line before, or behind the first step

    def __call__(self, trainer: Trainer, record: StepRecord) -> None:
        self.means.add(record)
        now = time.monotonic()
        if self.since is None:  # the first step of a sitting pays for what is loaded and compiled
            self.since = now, record.examples
        elif now - self.since[0] >= LINE_SECONDS or record.last:
            self._write(record, (record.examples - self.since[1]) / max(now - self.since[0], 1e-9))
            self.since = now, record.examples
        if record.last:
            self.writer.close()

    def _write(self, record: StepRecord, pace: float) -> None:
        norm = float(record.gradient_norm)
        values = {"pairs a second": pace, **self.means.read(), "gradient norm": norm, "rate": record.rate}
        text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
        logger.info("step %d, %d pairs, %.0f s: %s", record.step, record.examples, record.seconds, text)
        for name, value in values.items():
            self.writer.add_scalar(name, value, record.step)
