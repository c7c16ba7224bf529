"""The compact encoder: thinning, relative errors, learning, and its file as a loss network."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from sanet.checkpoints.vgg import save_half
from sanet.network.encoder import Encoder
from sanet.training.checkpoint import read_state
from sanet.training.data import PairBatches, Stage
from sanet.training.distil import (
    Distillation,
    EmbeddedEncoder,
    distil,
    load_loss_network,
    relative_error,
    thinned,
)
from sanet.training.pictures import PictureFiles, find_pictures
from sanet.training.schedule import TrainerConfig
from sanet.training.trainer import Trainer

CONVS, FULL, THIN = (1, 1, 1, 1, 1), (8, 8, 8, 8, 8), (4, 4, 4, 4, 4)


def teacher() -> Encoder:
    torch.manual_seed(0)
    return Encoder(CONVS, FULL)


def test_relative_error_of_zero_is_one():
    x = torch.rand(2, 3, 4, 4)
    assert relative_error(torch.zeros_like(x), x).item() == pytest.approx(1.0)
    assert relative_error(x, x).item() == 0.0


def test_a_thinned_encoder_of_full_width_is_the_encoder():
    full = teacher()
    image = torch.rand(1, 3, 32, 32)
    for a, b in zip(thinned(full, FULL)(image), full(image), strict=True):
        assert torch.equal(a, b)


def test_thinning_drops_what_nobody_uses():
    """With half of every layer's channels unused, the other half computes the same."""
    full = teacher().requires_grad_(False)
    for block in range(2, 6):
        full.get_submodule(f"conv{block}_1").weight[:, ::2] = 0.0
    full.conv5_1.weight[::2] = 0.0
    image = torch.rand(1, 3, 32, 32)
    for a, b in zip(thinned(full, THIN)(image), full(image), strict=True):
        assert torch.allclose(a, b[:, 1::2], atol=1e-6)


def test_the_student_learns_and_the_teacher_stays():
    full = teacher()
    before = full.conv1_1.weight.detach().clone()
    module = Distillation(EmbeddedEncoder(thinned(full, THIN), FULL), full)
    records = []
    batch = (torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32))
    trainer = Trainer(module, module.student, TrainerConfig(steps=40, rate=1e-2, final_rate=1e-2))
    trainer.run(
        [batch] * 40,
        [lambda trainer, record: records.append({name: float(term) for name, term in record.terms.items()})],
    )
    assert set(records[0]) == {"total", "relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}
    assert records[-1]["total"] < 0.3 * records[0]["total"]
    assert torch.equal(full.conv1_1.weight, before)


def test_the_file_of_a_student_is_a_loss_network(tmp_path: Path):
    student = EmbeddedEncoder(thinned(teacher(), THIN), FULL)
    save_half(student, tmp_path / "compact.safetensors")
    found = load_loss_network(tmp_path / "compact.safetensors")
    image = torch.rand(1, 3, 32, 32)
    for a, b in zip(found(image), student(image), strict=True):
        assert a.shape[1] == 8
        assert torch.allclose(a, b, atol=1e-2)


def test_a_plain_vgg_is_a_loss_network(tmp_path: Path):
    save_half(teacher(), tmp_path / "full.safetensors")
    assert isinstance(load_loss_network(tmp_path / "full.safetensors"), Encoder)


def test_a_damaged_loss_network_is_refused(tmp_path: Path):
    (tmp_path / "vgg.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ValueError, match="not a safetensors file"):
        load_loss_network(tmp_path / "vgg.safetensors")


def test_a_run_leaves_an_encoder_and_resumes(tmp_path: Path):
    for kind in ("content", "style"):
        (tmp_path / kind).mkdir()
        Image.radial_gradient("L").save(tmp_path / kind / "a.png")
    crops = [PictureFiles(find_pictures(tmp_path / kind)) for kind in ("content", "style")]
    dataset = PairBatches(*crops, (Stage(1.0, 32, 1, (32, 64)),), seed=0)
    for steps in (2, 4):
        distil(teacher(), tmp_path / "run", THIN, TrainerConfig(steps, rate=1e-3), dataset, workers=0)
        assert read_state(tmp_path / "run" / "state.pt")["step"] == steps
    assert load_loss_network(tmp_path / "run" / "encoder.safetensors")(torch.rand(1, 3, 32, 32)).relu5_1.shape[1] == 8
