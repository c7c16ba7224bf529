"""The training loop, mostly with a module that is no network at all."""

import math
import os
import signal
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from sanet.training.trainer import Checkpoint, StepRecord, Trainer, TrainerConfig, read_state
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


class Records(list):
    def __call__(self, trainer: Trainer, record: StepRecord) -> None:
        self.append(record)


def trained(steps: int, **changes) -> tuple[Regression, Trainer, Records]:
    module, records = Regression(), Records()
    trainer = Trainer(module, TrainerConfig(**{"steps": steps, "rate": 0.05, "final_rate": 0.05, **changes}))
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
    assert all(record.terms["total"] == record.terms["error"] for record in records)


def test_rate_warms_up_stays_and_falls():
    config = TrainerConfig(steps=100, rate=1.0, final_rate=0.1, warmup=10, decay_from=50)
    assert config.rate_at(0) == pytest.approx(0.1)
    assert config.rate_at(9) == config.rate_at(30) == config.rate_at(50) == 1.0
    assert config.rate_at(75) == pytest.approx(0.55)
    assert config.rate_at(100) == config.rate_at(1000) == pytest.approx(0.1)


def test_average_of_constant_weights_is_the_weights():
    module, trainer, _ = trained(3, rate=0.0, final_rate=0.0)
    assert torch.equal(trainer.average["weight"], module.weight.detach())


def test_average_lags_behind():
    module, trainer, _ = trained(20)
    moved, averaged = module.weight.detach().abs(), trainer.average["weight"].abs()
    assert (averaged < moved).all()
    assert (averaged > 0).all()


def test_resuming_equals_not_stopping(tmp_path: Path):
    straight, whole, _ = trained(12, clip=0.5, warmup=5)
    config = whole.config
    first = Trainer(Regression(), config)
    first.run(data(0, 7), [])
    Checkpoint(tmp_path / "state.pt", 0.0)(first, StepRecord(7, 0.0, 0.0, 0.0, {}, False, False))
    module = Regression()
    second = Trainer(module, config)
    state = read_state(tmp_path / "state.pt")
    second.load_state(state)
    assert second.step == 7
    second.run(data(7, 12), [])
    assert torch.equal(module.weight, straight.weight)
    assert torch.equal(second.average["weight"], whole.average["weight"])
    assert second.seconds > state["seconds"] > 0


def test_a_step_without_finite_gradient_changes_nothing():
    module, records = Regression(), Records()
    trainer = Trainer(module, TrainerConfig(steps=10, rate=0.05, final_rate=0.05))
    good = data(0, 3)
    trainer.run(good[:2], [records])
    before = module.weight.detach().clone()
    trainer.run([(torch.full((8, 3, 1, 1), math.nan),)], [records])
    assert records[-1].skipped
    assert torch.equal(module.weight, before)
    trainer.run(good[2:], [records])
    assert not records[-1].skipped
    assert torch.isfinite(module.weight).all()


def test_nothing_but_bad_gradients_is_an_error():
    trainer = Trainer(Regression(), TrainerConfig())
    with pytest.raises(ValueError, match="20 steps in a row"):
        trainer.run([(torch.full((8, 3, 1, 1), math.nan),)] * 30, [])


def test_clipping_bounds_the_gradient_that_is_applied():
    _, trainer, records = trained(1, clip=0.25)
    assert records[0].gradient_norm > 0.25
    assert trainer.named["weight"].grad is not None
    assert trainer.named["weight"].grad.norm().item() == pytest.approx(0.25, rel=1e-3)


def test_a_checkpoint_of_another_module_is_refused(tmp_path: Path):
    trainer = Trainer(Regression(), TrainerConfig())
    with pytest.raises(ValueError, match="another network"):
        trainer.load_state({**trainer.state(), "weights": {"other": torch.zeros(3)}})
    (tmp_path / "bad.pt").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match=r"bad\.pt is not a training checkpoint"):
        read_state(tmp_path / "bad.pt")


def test_checkpoints_come_every_so_many_minutes_and_at_the_end(tmp_path: Path):
    path = tmp_path / "state.pt"
    trainer = Trainer(Regression(), TrainerConfig(steps=3))
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
    trainer = Trainer(Regression(), TrainerConfig(steps=100))
    trainer.run(data(0, 100), [seen, interrupt, Checkpoint(tmp_path / "state.pt", 60.0)])
    assert seen[-1].last
    assert read_state(tmp_path / "state.pt")["step"] == len(seen) == 5
    assert signal.getsignal(signal.SIGTERM) is handler


TWO = """
import sys, torch
sys.path[:0] = [{root!r}, {tests!r}]
from test_trainer import Regression, data
from sanet.training.trainer import Trainer, TrainerConfig, end_exchange
module = Regression()
trainer = Trainer(module, TrainerConfig(steps=6, rate=0.05, final_rate=0.05, clip=2.0))
rank, world = trainer.accelerator.process_index, trainer.accelerator.num_processes
assert world == 2, world
share = [(x[rank * 4:rank * 4 + 4],) for (x,) in data(0, 6)]
records = []
trainer.run(share, [lambda t, r: records.append(r.terms["total"])])
if rank == 0:
    torch.save({{"weight": module.weight.detach(), "terms": records}}, {out!r})
del trainer
end_exchange()
"""


def test_two_processes_equal_one_with_the_same_global_batch(tmp_path: Path):
    root, tests, out = Path(__file__).parent.parent, Path(__file__).parent, tmp_path / "out.pt"
    script = tmp_path / "two.py"
    script.write_text(TWO.format(root=str(root), tests=str(tests), out=str(out)))
    run_on_two(script)
    found = torch.load(out, weights_only=True)
    module, _, records = trained(6, clip=2.0)
    assert torch.allclose(found["weight"], module.weight.detach(), atol=1e-5)
    assert found["terms"] == pytest.approx([record.terms["total"] for record in records], rel=1e-4)
