"""Training of the systems that SANet is compared with: the decoders of WCT and Avatar-Net, which rebuild pictures, and
AdaIN's. Knows no command line.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils import convert_conv2d_weight_memory_format

from sanet.checkpoints.load import load_network
from sanet.checkpoints.vgg import load_embedded
from sanet.methods.adain import adain
from sanet.methods.avatar_net import style_fusion
from sanet.methods.decoders import LEVELS, Decoders, adain_decoder, load, save
from sanet.methods.mirror import Mirror
from sanet.network.decoder import Decoder
from sanet.network.distances import moments_loss, squared_error
from sanet.network.encoder import Encoder, Features
from sanet.network.statistics import mean_and_deviation
from sanet.training.checkpoint import Checkpoint, read_state
from sanet.training.data import PairBatches, Stage, as_needed
from sanet.training.distil import relative_error
from sanet.training.logs import Log
from sanet.training.memory import PicturesInMemory, decode_all
from sanet.training.schedule import TrainerConfig
from sanet.training.trainer import Callback, StepRecord, Trainer

# Which tap each picture of a batch is rebuilt from, 0 for Avatar-Net: the deeper, the more there is to learn.
TAPS = (5, 5, 5, 4, 4, 3, 3, 2, 1, 0, 0, 0)
STAGES = {
    "reconstruction": (Stage(1.0, crop=128, batch=len(TAPS) // 2, short_side=(128, 384)),),
    "adain": (
        Stage(0.7, crop=128, batch=4, short_side=(128, 384)),
        Stage(1.0, crop=192, batch=2, short_side=(192, 512)),
    ),
}
CONFIG = TrainerConfig(
    steps=20_000, rate=4e-4, final_rate=4e-6, warmup=100, decay_from=0.3, betas=(0.9, 0.99), clip=20.0, average=0.998
)
PIXELS, TAP = 30.0, 1.0  # weights of the two errors of a rebuilt picture
ADAIN_STYLE = 0.5  # of Eq. 12, on channels of root-mean-square 1 and a relative error of the content


class Reconstruction(nn.Module):
    """Decoders that learn to undo a frozen encoder: the error of the pixels, and of the tap (WCT, Eq. 1)."""

    def __init__(self, encoder: Encoder, decoders: Decoders) -> None:
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.decoders = decoders

    def forward(self, *images: Tensor) -> dict[str, Tensor]:
        """Batches (N, 3, H, W) in [0, 1], as many pictures in all as `TAPS`. Returns the errors and their "total"."""
        image = torch.cat(images)
        with torch.no_grad():
            wanted = self.encoder(image)
        rebuilt = torch.cat([self._rebuilt(i, tap, wanted, image) for i, tap in enumerate(TAPS)])
        found, terms = self.encoder(rebuilt), {}
        for tap in sorted(set(TAPS)):
            of_tap = [i for i, other in enumerate(TAPS) if other == tap]
            pixels = squared_error(rebuilt[of_tap], image[of_tap])
            level = (tap or 4) - 1
            error = relative_error(found[level][of_tap].float(), wanted[level][of_tap].float())
            terms[f"tap_{tap}" if tap else "avatar_net"] = PIXELS * pixels + TAP * error
        return {"total": torch.stack(list(terms.values())).sum(), **terms}

    def _rebuilt(self, i: int, tap: int, features: Features, image: Tensor) -> Tensor:
        """The picture number `i` of a batch, from one of its taps."""
        own, size = Features(*(x[i : i + 1] for x in features)), (image.shape[2], image.shape[3])
        if tap:
            return self.decoders.of_level(tap)(own[tap - 1], size)
        return self.decoders.avatar_net(own.relu4_1, size, style_fusion(own, own))


class AdaINObjective(nn.Module):
    """AdaIN's decoder in front of the networks that judge it: Eq. 11 to 13.

    Differs from the paper: the style is judged by a full VGG-19 while the encoder may be a compact one, which as a
    judge makes noise; the content's error is relative to the mean square of what is wanted.
    """

    def __init__(self, encoder: Encoder, decoder: Decoder, judge: Encoder) -> None:
        super().__init__()
        self.encoder, self.judge = encoder.requires_grad_(False), judge.requires_grad_(False)
        self.decoder = decoder

    def forward(self, content: Tensor, style: Tensor) -> dict[str, Tensor]:
        """`content`, `style`: (N, 3, H, W) in [0, 1]. Returns the two errors and their sum as "total"."""
        with torch.no_grad():
            wanted = adain(self.encoder(content).relu4_1, self.encoder(style).relu4_1)
            moments = [mean_and_deviation(x) for x in self.judge(style)[:4]]
        image = self.decoder(wanted)
        terms = {
            "content": relative_error(self.encoder(image).relu4_1.float(), wanted.float()),
            "style": moments_loss([mean_and_deviation(x) for x in self.judge(image)[:4]], moments),
        }
        return {"total": terms["content"] + ADAIN_STYLE * terms["style"], **terms}


def begun(recipe: str, start: Path | None = None) -> tuple[nn.Module, nn.Module, tuple[int, ...]]:
    """What is trained for a recipe, in front of what judges it; the part that learns; the encoder's widths.

    It begins with the weights in the folder `start`, or else with the decoder of the embedded network, which undoes the
    same encoder already and only has to forget SANet.
    """
    net = load_network("embedded")
    widths = net.encoder.widths
    learner: Decoder | Decoders = adain_decoder(widths) if recipe == "adain" else Decoders(widths)
    if start:
        load(learner, widths, start)
    elif isinstance(learner, Decoder):
        learner.load_state_dict(net.decoder.state_dict())
    else:
        for mirror in (*map(learner.of_level, LEVELS), learner.avatar_net):
            take_over(mirror, net.decoder)
    if isinstance(learner, Decoder):
        return AdaINObjective(net.encoder, learner, load_embedded()), learner, widths
    return Reconstruction(net.encoder, learner), learner, widths


@torch.no_grad()
def take_over(mirror: Mirror, decoder: Decoder) -> None:
    """Give the last convolutions of a mirror, as far as they are alike, the weights of the decoder's last ones."""
    known = [layer for layer in decoder if isinstance(layer, nn.Conv2d)]
    for own, other in zip(reversed(mirror.convolutions), reversed(known), strict=False):
        own.load_state_dict(other.state_dict())


class Export:
    """Callback: every so many minutes and at the end, the averaged weights as `load` reads them."""

    def __init__(self, widths: tuple[int, ...], folder: Path, minutes: float) -> None:
        self.widths, self.folder, self.minutes = widths, folder, minutes
        self.saved = time.monotonic()

    def __call__(self, trainer: Trainer, record: StepRecord) -> None:
        if record.last or time.monotonic() - self.saved >= 60 * self.minutes:
            save(trainer.average.module, self.widths, self.folder)
            self.saved = time.monotonic()


def train(
    recipe: str,
    out: Path,
    contents: Sequence[Path],
    styles: Sequence[Path],
    config: TrainerConfig = CONFIG,
    save_every: float = 5.0,
    seed: int = 0,
    start: Path | None = None,
) -> None:
    """Train the decoders of a recipe; `out` gets state.pt (a later call resumes from it) and weights/."""
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    module, learner, widths = begun(recipe, start)
    trainer = Trainer(convert_conv2d_weight_memory_format(module, torch.channels_last), learner, config)
    state = out / "state.pt"
    if state.is_file():
        trainer.load_state(read_state(state))
    stages = STAGES[recipe]
    sources = [PicturesInMemory(decode_all(paths, trainer.device), stages) for paths in (contents, styles)]
    pairs = PairBatches(sources[0], sources[1], stages, seed)
    callbacks: list[Callback] = [Log(out), Export(widths, out / "weights", save_every), Checkpoint(state, save_every)]
    trainer.run(as_needed(pairs, trainer), callbacks)
