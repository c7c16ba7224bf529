"""What is told of a run while it goes."""

import logging
from pathlib import Path

import pytest
import torch

from sanet.training import logs
from sanet.training.logs import Log, Means
from sanet.training.schedule import TrainerConfig
from sanet.training.trainer import StepRecord, Trainer


def record(step: int, loss: float, norm: float = 1.0, last: bool = False) -> StepRecord:
    terms = {"total": torch.tensor(2 * loss), "style": torch.tensor(loss)}
    return StepRecord(step, 10.0 * step, 4 * step, 0.01, torch.tensor(norm), terms, last)


def test_means_are_of_the_steps_since_the_last_reading():
    means = Means()
    for step, loss in enumerate((1.0, 2.0, 6.0)):
        means.add(record(step, loss))
    assert means.read() == {"total": 6.0, "style": 3.0}
    assert means.read() == {}
    means.add(record(4, 5.0))
    assert means.read() == {"total": 10.0, "style": 5.0}


def test_skipped_steps_are_left_out():
    means = Means()
    means.add(record(1, float("nan"), float("nan")))
    assert means.read() == {}
    means.add(record(2, 3.0))
    means.add(record(3, float("inf"), float("inf")))
    assert means.read() == {"total": 6.0, "style": 3.0}


def test_a_line_has_the_pace_and_every_loss(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    seconds = iter((0.0, 5.0, 12.0))
    monkeypatch.setattr(logs.time, "monotonic", lambda: next(seconds))
    module = torch.nn.Linear(1, 1)
    trainer, log = Trainer(module, module, TrainerConfig()), Log(tmp_path)
    with caplog.at_level(logging.INFO):
        for step in (1, 2, 3):
            log(trainer, record(step, float(step)))
    (line,) = caplog.messages  # one in ten seconds; the first step only starts the clock
    assert line.startswith(
        "step 3, 12 pairs, 30 s: pairs a second 0.6667, total 4, style 2, gradient norm 1, rate 0.01"
    )
    assert any((tmp_path / "logs").iterdir())
