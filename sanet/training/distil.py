"""The compact encoder: a thin VGG that learns to predict a full one's taps through 1x1 convolutions, the embeddings.

The embeddings also turn it into a cheap loss network: its taps, seen through them, stand for the full network's.
Knows no style transfer.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils import convert_conv2d_weight_memory_format

from sanet.checkpoints.tensor_files import read_tensors
from sanet.checkpoints.vgg import build_encoder, load_encoder, save_half
from sanet.network.encoder import Encoder, Features
from sanet.training.checkpoint import Checkpoint, read_state
from sanet.training.data import PairBatches, Stage, read_ahead
from sanet.training.logs import Log
from sanet.training.schedule import TrainerConfig
from sanet.training.trainer import Callback, StepRecord, Trainer

# Half photographs, half paintings, at several scales.
STAGE = Stage(until=1.0, crop=112, batch=4, short_side=(144, 320))
EMBED = "embed."
STUDENT = "encoder."


class EmbeddedEncoder(nn.Module):
    """A compact encoder behind one 1x1 convolution per tap: an estimate of the full encoder's features."""

    def __init__(self, encoder: Encoder, widths: tuple[int, ...]) -> None:
        """`widths`: channels of the full encoder's taps."""
        super().__init__()
        self.encoder = encoder
        self.embed = nn.ModuleDict()
        for name, a, b in zip(Features._fields, encoder.widths, widths, strict=True):
            self.embed[name] = nn.Conv2d(a, b, 1)

    def forward(self, image: Tensor) -> Features:
        """(N, 3, H, W) in [0, 1] -> features of `widths` channels."""
        taps = self.encoder(image)._asdict()
        return Features(**{name: embed(taps[name]) for name, embed in self.embed.items()})


class Distillation(nn.Module):
    """Student and frozen teacher; the loss of each tap is its squared error relative to the tap's mean square."""

    def __init__(self, student: EmbeddedEncoder, teacher: Encoder) -> None:
        super().__init__()
        self.student = student
        self.teacher = teacher.eval().requires_grad_(False)

    def forward(self, *images: Tensor) -> dict[str, Tensor]:
        """Batches (N, 3, H, W) of one size in [0, 1]. Returns an error for each tap (0 perfect, 1 like a constant 0)
        and their sum as "total".
        """
        image = torch.cat(images)
        with torch.no_grad():
            target = self.teacher(image)
        pairs = zip(Features._fields, self.student(image), target, strict=True)
        errors = {name: relative_error(found.float(), wanted.float()) for name, found, wanted in pairs}
        return {"total": torch.stack(list(errors.values())).sum(), **errors}


def relative_error(found: Tensor, wanted: Tensor) -> Tensor:
    """Squared error over the mean square of what is wanted. ()."""
    return (found - wanted).square().mean() / wanted.square().mean().clamp(min=1e-12)


@torch.no_grad()
def thinned(teacher: Encoder, widths: tuple[int, ...]) -> Encoder:
    """An encoder of the teacher's depth that keeps, in each block, the channels which the next layer uses most.

    Use is the squared norm of the next convolution's weights on the channel; in the last layer, of its own.
    """
    convs = tuple(len(names) for names in teacher.blocks)
    student = Encoder(convs, widths)
    student.rgb_matrix.copy_(teacher.rgb_matrix)
    student.rgb_offset.copy_(teacher.rgb_offset)
    names = [(name, width) for names, width in zip(teacher.blocks, widths, strict=True) for name in names]
    kept_in = torch.arange(3)
    for i, (name, width) in enumerate(names):
        old, new = _conv(teacher, name), _conv(student, name)
        use = old.weight.square().sum(dim=(1, 2, 3))
        if i + 1 < len(names):
            use = _conv(teacher, names[i + 1][0]).weight.square().sum(dim=(0, 2, 3))
        kept = use.topk(width).indices.sort().values
        new.weight.copy_(old.weight[kept][:, kept_in])
        assert new.bias is not None
        assert old.bias is not None
        new.bias.copy_(old.bias[kept])
        kept_in = kept
    return student


def _conv(encoder: Encoder, name: str) -> nn.Conv2d:
    found = encoder.get_submodule(name)
    assert isinstance(found, nn.Conv2d)
    return found


def distil(
    teacher: Encoder,
    out: Path,
    widths: tuple[int, ...],
    config: TrainerConfig,
    dataset: PairBatches,
    save_every: float = 5.0,
    workers: int = 1,
) -> None:
    """Train a student of `widths`; `out` gets state.pt (a later call resumes from it) and encoder.safetensors."""
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    student = EmbeddedEncoder(thinned(teacher, widths), teacher.widths)
    module = convert_conv2d_weight_memory_format(Distillation(student, teacher), torch.channels_last)
    trainer = Trainer(module, student, config)
    state = out / "state.pt"
    if state.is_file():
        trainer.load_state(read_state(state))

    def export(trainer: Trainer, record: StepRecord) -> None:
        if record.last:
            save_half(trainer.average.module, out / "encoder.safetensors")

    callbacks: list[Callback] = [Log(out), export, Checkpoint(state, save_every)]
    trainer.run(read_ahead(dataset, trainer.step, config.steps, workers), callbacks)


def load_loss_network(path: Path) -> nn.Module:
    """The frozen network that losses are computed with: a compact one with embeddings if the file has these, else
    the VGG in the file. Maps pictures to `Features`.
    """
    tensors = read_tensors(path) if path.suffix == ".safetensors" else {}
    if not any(name.startswith(EMBED) for name in tensors):
        return load_encoder(path)
    own = {k.removeprefix(STUDENT): v.float() for k, v in tensors.items() if k.startswith(STUDENT)}
    widths = tuple(len(tensors[f"{EMBED}{name}.bias"]) for name in Features._fields)
    student = EmbeddedEncoder(build_encoder(own), widths)
    student.embed.load_state_dict({k.removeprefix(EMBED): v for k, v in tensors.items() if k.startswith(EMBED)})
    return student.requires_grad_(False)
