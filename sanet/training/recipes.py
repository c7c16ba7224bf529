"""Recipes: what is trained, on what, against what; and the run that follows one.

Composes data, losses and trainer into a run folder: state.pt (to resume), weights/ (the moving average, ready for the
app), record.json, previews and TensorBoard logs. Knows no command line.
"""

import json
import logging
import subprocess
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from sanet.checkpoints.load import load_network, save_network
from sanet.engine.stylizer import Stylizer
from sanet.image.contact_sheet import sheet
from sanet.image.decode import on_white, open_named
from sanet.network.fast.winograd import channels_last
from sanet.network.model import PRESETS, SANetConfig, StyleTransferNet
from sanet.training.data import PairBatches, Stage, batches, find_pictures
from sanet.training.distil import EmbeddedEncoder, load_loss_network
from sanet.training.logs import Log, running_means
from sanet.training.losses import LossWeights, Objective
from sanet.training.squeezenet import load_squeezenet
from sanet.training.trainer import Callback, Checkpoint, StepRecord, Trainer, TrainerConfig, read_state

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """One way to train. `identity_every`: see `Objective`. `train_encoder`: whether the encoder learns, too.

    Differs from the paper where `train_encoder` is set: there the encoder is the loss network, and fixed. A compact
    encoder that learns with the rest keeps the detail that the decoder needs to rebuild a photograph.
    """

    net: SANetConfig
    stages: tuple[Stage, ...]
    weights: LossWeights = field(default_factory=LossWeights)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    identity_every: int = 1
    train_encoder: bool = False


RECIPES = {
    # Section 4.1 of the paper.
    "paper": Recipe(net=PRESETS["vgg19"], stages=(Stage(160_000, crop=256, batch=5, short_side=(512, 512)),)),
    # For two CPU cores, many sittings, a loss network with channels of root-mean-square 1, and SqueezeNet as a second
    # one. The rate stays, so that a run can be cut and resumed at any time; the moving average is what is used. To
    # finish, resume with --steps, --decay-from and a small --final-rate.
    "compact": Recipe(
        net=PRESETS["compact"],
        # Far above the size of small pictures: what is large or soft looks like that from close by. With hardly any
        # at their own size or below, sharp photographs would get fine hatching.
        stages=(
            Stage(2_000, crop=160, batch=4, short_side=(176, 512), grey_styles=0.2),
            Stage(3_000, crop=192, batch=3, short_side=(192, 512), grey_styles=0.2),
            Stage(100_000, crop=256, batch=2, short_side=(256, 576), grey_styles=0.2),
        ),
        weights=LossWeights(
            content=2.5,
            style=15.0,
            identity_pixels=300.0,
            identity_features=1.2,
            second_content=1.5,
            second_style=8.0,
            color=40.0,
        ),
        trainer=TrainerConfig(
            steps=100_000,
            rate=1e-4,
            final_rate=1e-4,
            warmup=100,
            betas=(0.9, 0.99),
            clip=20.0,
            average=0.998,
            precision="bf16",
        ),
        identity_every=4,
        train_encoder=True,
    ),
}


@dataclass(frozen=True)
class Places:
    """Where a run reads and writes. `start`: checkpoint folder whose weights it begins with, if any.

    `second_network`: file of the second loss network, if the recipe's weights ask for one.
    `previews`: a folder with content/ and style/, whose first pictures are drawn into preview sheets, if any.
    """

    out: Path
    contents: Path
    styles: Path
    loss_network: Path
    second_network: Path | None = None
    held_out: Path | None = None
    start: Path | None = None
    previews: Path | None = None


def build_network(recipe: Recipe, places: Places) -> StyleTransferNet:
    """Weights of `places.start`, or fresh ones behind the encoder of the loss network's file."""
    if places.start:
        net = with_attention(load_network(places.start), recipe.net)
        if net.config != recipe.net:
            raise ValueError(f"{places.start} holds a network of {net.config}, the recipe wants {recipe.net}.")
    else:
        net = StyleTransferNet(recipe.net)
        judge = load_loss_network(places.loss_network)
        encoder = judge.encoder if isinstance(judge, EmbeddedEncoder) else judge
        try:
            net.encoder.load_state_dict(encoder.state_dict())
        except RuntimeError as error:
            raise ValueError(
                f"{places.loss_network} does not fit the recipe's encoder; name a checkpoint to start from: {error}"
            ) from error
    net.encoder.requires_grad_(recipe.train_encoder)
    return net


def with_attention(net: StyleTransferNet, config: SANetConfig) -> StyleTransferNet:
    """The same weights with the levels and moments of `config`; SANets of other levels go, as for the ablations of
    Fig. 7.
    """
    part = StyleTransferNet(replace(net.config, levels=config.levels, moments=config.moments))
    weights = net.state_dict()
    part.load_state_dict({name: weights.get(name, value) for name, value in part.state_dict().items()})
    return part


def run(recipe: Recipe, places: Places, minutes: float = 5.0, seed: int = 0, workers: int = 1) -> bool:
    """Train until the recipe's last step or a signal; resumes by itself if the folder holds a state.

    Returns whether the last step was reached.
    """
    places.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    net = build_network(recipe, places)
    second_network = load_squeezenet(places.second_network) if places.second_network else None
    loss_network = load_loss_network(places.loss_network)
    objective = Objective(net, loss_network, recipe.weights, recipe.identity_every, second_network)
    trainer = Trainer(channels_last(objective), recipe.trainer)
    state = places.out / "state.pt"
    if state.is_file():
        trainer.load_state(read_state(state))
        logger.info("Resuming after step %d.", trainer.step)
    if places.previews:
        for kind in ("content", "style"):
            find_pictures(places.previews / kind)  # a wrong folder is refused before the first step
    rank, world = trainer.accelerator.process_index, trainer.accelerator.num_processes
    contents = find_pictures(places.contents, places.held_out)
    styles = find_pictures(places.styles, places.held_out)
    dataset = PairBatches(contents, styles, recipe.stages, seed, rank, world)
    facts = {"contents": len(contents), "styles": len(styles), "recipe": plain(recipe), "places": plain(places)}
    callbacks: list[Callback] = []
    if trainer.accelerator.is_main_process:
        callbacks = [Log(places.out, recipe.trainer.steps), Export(net, places, minutes, facts)]
    callbacks.append(Checkpoint(state, minutes))  # last, so that a saved last step is an exported one
    trainer.run(batches(dataset, trainer.step, recipe.trainer.steps, workers), callbacks)
    return trainer.step >= recipe.trainer.steps


def plain(value: Any) -> dict[str, Any]:
    """A dataclass as values that JSON knows."""
    return json.loads(json.dumps(asdict(value), default=str))


class Export:
    """Callback: every so many minutes and at the end, the averaged network as a checkpoint folder for the app, the
    training record, and a sheet of fixed content-style pairs.
    """

    def __init__(self, net: StyleTransferNet, places: Places, minutes: float, facts: dict[str, Any]) -> None:
        self.net, self.places, self.minutes = net, places, minutes
        self.facts = {**facts, "version": version(), "resumed": now()}
        self.means: dict[str, float] = {}
        self.saved = time.monotonic()

    def __call__(self, trainer: Trainer, record: StepRecord) -> None:
        self.means = running_means(self.means, record)
        if record.last or time.monotonic() - self.saved >= 60 * self.minutes:
            self._export(trainer, record)
            self.saved = time.monotonic()

    def _export(self, trainer: Trainer, record: StepRecord) -> None:
        out = self.places.out
        net = averaged(self.net, trainer.average)
        save_network(net, out / "weights")
        facts = {**self.facts, "steps": record.step, "seconds": round(record.seconds), "saved": now()}
        (out / "record.json").write_text(json.dumps({**facts, "losses": self.means}, indent=2) + "\n")
        if self.places.previews:
            (out / "previews").mkdir(exist_ok=True)
            preview(net, self.places.previews).save(out / "previews" / f"{record.step:06d}.jpg", quality=90)


def averaged(net: StyleTransferNet, average: dict[str, torch.Tensor]) -> StyleTransferNet:
    """A copy of the network with the averages of its trained parameters; their names begin with "net."."""
    copy = StyleTransferNet(net.config)
    weights = {name.removeprefix("net."): value.float().cpu() for name, value in average.items()}
    copy.load_state_dict({**net.state_dict(), **weights})
    return copy


def preview(net: StyleTransferNet, folder: Path, contents: int = 4, styles: int = 6, side: int = 256) -> Image.Image:
    """The first contents (rows) in the first styles (columns) of FOLDER/content and FOLDER/style."""
    engine = Stylizer(net, torch.device("cpu"))
    rows = [on_white(open_named(path)) for path in find_pictures(folder / "content")[:contents]]
    columns = [on_white(open_named(path)) for path in find_pictures(folder / "style")[:styles]]
    pictures = [[engine.stylize(row, [column], max_side=side) for column in columns] for row in rows]
    return sheet(rows, columns, pictures, side // 2)


def version() -> str:
    """What `git describe` says of the code that runs, or "unknown" outside a repository."""
    command = ["git", "describe", "--always", "--dirty"]
    try:
        return subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def changed(recipe: Recipe, **changes: Any) -> Recipe:
    """A recipe with some fields of its parts replaced: names of `Recipe`, `TrainerConfig` and `LossWeights`."""
    parts: dict[str, Any] = {"weights": recipe.weights, "trainer": recipe.trainer}
    for name, value in changes.items():
        holder = next((key for key, part in parts.items() if hasattr(part, name)), None)
        if holder:
            parts[holder] = replace(parts[holder], **{name: value})
        else:
            parts[name] = value
    return replace(recipe, **parts)
