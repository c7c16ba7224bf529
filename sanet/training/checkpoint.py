"""The file that a training run resumes from: written every so many minutes, replaced in one go, read back."""

import os
import pickle
import time
from pathlib import Path
from typing import Any

import torch

from sanet.training.trainer import StepRecord, Trainer


class Checkpoint:
    """Callback: writes the trainer's state to one file every so many minutes and after the last step.

    The file is replaced in one go, so that there is a whole one at any time. Only the main process writes.
    """

    def __init__(self, path: Path, minutes: float) -> None:
        self.path, self.minutes = path, minutes
        self.saved = time.monotonic()

    def __call__(self, trainer: Trainer, record: StepRecord) -> None:
        due = time.monotonic() - self.saved >= 60 * self.minutes
        if (due or record.last) and trainer.processes.is_main:
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
