"""The training loop, mostly with a module that is no network at all."""

import math
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from sanet.paths import ROOT
from sanet.training.checkpoint import Checkpoint, read_state
from sanet.training.logs import Means
from sanet.training.schedule import TrainerConfig
from sanet.training.trainer import StepRecord, Trainer
from tests.support.no_waiting import NoWaiting
from tests.support.two_processes import run_on_two

TARGET = torch.tensor([1.0, -2.0, 3.0])


class Regression(nn.Module):
    """Linear regression with a known answer, and a frozen buffer-like parameter that must stay."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))
        self.frozen = nn.Parameter(torch.ones(3), requires_grad=False)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        error = ((x[:, :, 0, 0] * self.frozen) @ (self.weight - TARGET)).square().mean()
        return {"total": error, "error": error}


def data(first: int, last: int, count: int = 8) -> list[tuple[Tensor]]:
    return [(torch.randn(count, 3, 1, 1, generator=torch.Generator().manual_seed(i)),) for i in range(first, last)]


def averaged(trainer: Trainer) -> Tensor:
    return trainer.average.module.weight.detach()


class Records(list):
    def __call__(self, trainer: Trainer, record: StepRecord) -> None:
        self.append(record)


def trained(steps: int, **changes) -> tuple[Regression, Trainer, Records]:
    module, records = Regression(), Records()
    trainer = Trainer(module, module, TrainerConfig(**{"steps": steps, "rate": 0.05, "final_rate": 0.05, **changes}))
    trainer.run(data(0, steps), [records])
    return module, trainer, records


def test_it_finds_the_answer_and_leaves_the_frozen_alone():
    module, trainer, records = trained(300)
    assert torch.allclose(module.weight, TARGET, atol=1e-2)
    assert torch.equal(module.frozen, torch.ones(3))
    assert set(trainer.named) == {"weight"}
    assert records[-1].terms["error"] < 1e-3 * records[0].terms["error"]


def test_records_count_steps_and_mark_the_last():
    _, _, records = trained(5)
    assert [record.step for record in records] == [1, 2, 3, 4, 5]
    assert [record.last for record in records] == [False] * 4 + [True]
    assert [record.examples for record in records] == [8, 16, 24, 32, 40]
    assert all(record.terms["total"] == record.terms["error"] for record in records)


def test_rate_warms_up_stays_and_falls():
    config = TrainerConfig(rate=1.0, final_rate=0.1, warmup=10, decay_from=0.5)
    assert config.rate_at(0, 0.0) == pytest.approx(0.1)
    assert config.rate_at(9, 0.09) == config.rate_at(30, 0.3) == config.rate_at(50, 0.5) == 1.0
    assert config.rate_at(75, 0.75) == pytest.approx(0.55)
    assert config.rate_at(100, 1.0) == pytest.approx(0.1)


def test_average_of_constant_weights_is_the_weights():
    module, trainer, _ = trained(3, rate=0.0, final_rate=0.0)
    assert torch.equal(averaged(trainer), module.weight.detach())


def test_average_lags_behind():
    module, trainer, _ = trained(20)
    moved, average = module.weight.detach().abs(), averaged(trainer).abs()
    assert (average < moved).all()
    assert (average > 0).all()


def test_resuming_equals_not_stopping(tmp_path: Path):
    straight, whole, _ = trained(12, clip=0.5, warmup=5)
    config = whole.config
    begun = Regression()
    first = Trainer(begun, begun, config)
    first.run(data(0, 7), [])
    Checkpoint(tmp_path / "state.pt", 0.0)(first, StepRecord(7, 0.0, 0.0, 0.0, {}, False, False))
    module = Regression()
    second = Trainer(module, module, config)
    state = read_state(tmp_path / "state.pt")
    second.load_state(state)
    assert second.step == 7
    second.run(data(7, 12), [])
    assert torch.equal(module.weight, straight.weight)
    assert torch.equal(averaged(second), averaged(whole))
    assert second.seconds > state["seconds"] > 0


def test_a_step_without_finite_gradient_changes_nothing():
    module, records = Regression(), Records()
    trainer = Trainer(module, module, TrainerConfig(steps=10, rate=0.05, final_rate=0.05))
    good = data(0, 3)
    trainer.run(good[:2], [records])
    before = module.weight.detach().clone()
    trainer.run([(torch.full((8, 3, 1, 1), math.nan),)], [records])
    assert trainer.skipped == 1
    assert torch.equal(module.weight, before)
    trainer.run(good[2:], [records])
    assert trainer.skipped == 0
    assert torch.isfinite(module.weight).all()


def test_nothing_but_bad_gradients_is_an_error():
    module = Regression()
    trainer = Trainer(module, module, TrainerConfig())
    with pytest.raises(ValueError, match="30 steps in a row"):
        trainer.run([(torch.full((8, 3, 1, 1), math.nan),)] * 30, [])


def test_clipping_bounds_the_gradient_that_is_applied():
    _, trainer, records = trained(1, clip=0.25)
    assert records[0].gradient_norm > 0.25
    assert trainer.named["weight"].grad is not None
    assert trainer.named["weight"].grad.norm().item() == pytest.approx(0.25, rel=1e-3)


def test_a_checkpoint_of_another_module_is_refused(tmp_path: Path):
    module = Regression()
    trainer = Trainer(module, module, TrainerConfig())
    with pytest.raises(ValueError, match="another network"):
        trainer.load_state({**trainer.state(), "weights": {"other": torch.zeros(3)}})
    (tmp_path / "bad.pt").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match=r"bad\.pt is not a training checkpoint"):
        read_state(tmp_path / "bad.pt")


def test_checkpoints_come_every_so_many_minutes_and_at_the_end(tmp_path: Path):
    path = tmp_path / "state.pt"
    module = Regression()
    trainer = Trainer(module, module, TrainerConfig(steps=3))
    checkpoint = Checkpoint(path, 60.0)
    trainer.run(data(0, 2), [checkpoint])
    assert not path.exists()
    trainer.run(data(2, 3), [checkpoint])
    assert read_state(path)["step"] == 3
    assert [p.name for p in tmp_path.iterdir()] == ["state.pt"]


def test_sigterm_saves_the_step_that_was_being_taken(tmp_path: Path):
    seen = Records()

    def interrupt(trainer: Trainer, record: StepRecord) -> None:
        if record.step == 4:
            os.kill(os.getpid(), signal.SIGTERM)

    handler = signal.getsignal(signal.SIGTERM)
    module = Regression()
    trainer = Trainer(module, module, TrainerConfig(steps=100))
    trainer.run(data(0, 100), [seen, interrupt, Checkpoint(tmp_path / "state.pt", 60.0)])
    assert seen[-1].last
    assert read_state(tmp_path / "state.pt")["step"] == len(seen) == 5
    assert signal.getsignal(signal.SIGTERM) is handler


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that pass while a batch is made."""
    passed = [0.0]
    monkeypatch.setattr("sanet.training.trainer.time.monotonic", lambda: passed[0])
    return passed


def ticking(clock: list[float], count: int) -> Iterator[tuple[Tensor]]:
    """Batches that take a second each."""
    for batch in data(0, count):
        clock[0] += 1.0
        yield batch


def by_the_clock(clock: list[float], minutes: float, state: dict | None = None) -> tuple[Trainer, Records]:
    module, records = Regression(), Records()
    config = TrainerConfig(minutes=minutes, rate=1.0, final_rate=0.0, warmup=2)
    trainer = Trainer(module, module, config)
    if state:
        trainer.load_state(state)
    trainer.run(ticking(clock, 1000), [records])
    return trainer, records


def test_a_run_by_the_clock_ends_with_its_minutes(clock: list[float]):
    trainer, records = by_the_clock(clock, 0.5)
    assert (trainer.step, trainer.seconds, trainer.done) == (30, 30.0, 1.0)
    assert [record.last for record in records] == [False] * 29 + [True]
    assert [record.rate for record in records[:2]] == [0.5, 1.0]  # warm-up
    assert records[16].rate == pytest.approx(0.5, abs=0.06)  # half a cosine
    assert records[-1].rate < 0.01


def test_the_same_minutes_go_on_with_a_schedule_that_was_cut(clock: list[float]):
    trainer, records = by_the_clock(clock, 0.5)
    module = Regression()
    cut = Trainer(module, module, trainer.config)
    cut.run(ticking(clock, 10), [])
    assert cut.done == pytest.approx(1 / 3)
    resumed, rest = by_the_clock(clock, 0.5, cut.state())
    assert (resumed.step, resumed.seconds) == (30, 30.0)
    assert [record.rate for record in rest] == [record.rate for record in records[10:]]


def test_a_run_that_ended_goes_on_for_as_many_minutes(clock: list[float]):
    ended, _ = by_the_clock(clock, 0.5)
    trainer, records = by_the_clock(clock, 0.5, ended.state())
    assert (trainer.step, trainer.seconds) == (60, 60.0)
    assert records[0].rate == 0.5  # a warm-up again
    assert records[0].step == 31


def test_other_minutes_begin_a_new_schedule(clock: list[float]):
    first, _ = by_the_clock(clock, 0.5)
    trainer, _ = by_the_clock(clock, 0.2, first.state())
    assert (trainer.step, trainer.seconds) == (42, 42.0)


@pytest.mark.parametrize("wrong", [{"minutes": 0.0}, {"minutes": -1.0}, {"decay_from": 1.5}])
def test_settings_out_of_range_are_refused(wrong: dict):
    with pytest.raises(ValueError, match="got"):
        TrainerConfig(**wrong)


@pytest.mark.parametrize("has", [True, False])
def test_bfloat16_is_used_where_the_processor_has_it(has: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": has})
    module, seen = Regression(), []
    module.register_forward_hook(lambda *_: seen.append(torch.is_autocast_enabled("cpu")))
    trainer = Trainer(module, module, TrainerConfig(precision="bf16"))
    trainer._step(next(iter(data(0, 1))), 0.0)
    assert seen == [has]


def test_a_step_does_not_wait_for_the_device():
    module, means = Regression(), Means()
    trainer = Trainer(module, module, TrainerConfig(clip=1.0, precision="bf16"))
    with NoWaiting():
        for batch in data(0, 3):
            means.add(trainer._step(batch, 0.0))
    with NoWaiting(), pytest.raises(AssertionError, match="waits for the device"):
        float(trainer.skipped)


TWO = """
import sys, torch
sys.path.insert(0, {root!r})
from tests.training.test_trainer import Regression, data
from sanet.training.processes import leave
from sanet.training.schedule import TrainerConfig
from sanet.training.trainer import Trainer
module = Regression()
trainer = Trainer(module, module, TrainerConfig(steps=6, rate=0.05, final_rate=0.05, clip=2.0))
rank, world = trainer.processes.rank, trainer.processes.world
assert world == 2, world
share = [(x[rank * 4:rank * 4 + 4],) for (x,) in data(0, 6)]
records = []
trainer.run(share, [lambda t, r: records.append(float(r.terms["total"]))])
if rank == 0:
    torch.save({{"weight": module.weight.detach(), "terms": records}}, {out!r})
del trainer
leave()
"""


@pytest.mark.slow
def test_two_processes_equal_one_with_the_same_global_batch(tmp_path: Path):
    out = tmp_path / "out.pt"
    script = tmp_path / "two.py"
    script.write_text(TWO.format(root=str(ROOT), out=str(out)))
    run_on_two(script)
    found = torch.load(out, weights_only=True)
    module, _, records = trained(6, clip=2.0)
    assert torch.allclose(found["weight"], module.weight.detach(), atol=1e-5)
    assert found["terms"] == pytest.approx([float(record.terms["total"]) for record in records], rel=1e-4)
