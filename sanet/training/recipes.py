"""Recipes: what is trained, on which crops, against what. Knows no file and no training loop."""

from dataclasses import dataclass, field, replace
from typing import Any

from sanet.network.model import PRESETS, SANetConfig
from sanet.training.data import Stage
from sanet.training.losses import LossWeights
from sanet.training.schedule import TrainerConfig


@dataclass(frozen=True)
class Recipe:
    """One way to train. `identity_every`: see `Objective`. `train_encoder`: whether the encoder learns, too; a fixed
    one is the loss network. `in_memory`: pictures are decoded once and never enlarged, instead of read as
    they are needed. `cpu_stages`: instead of `stages` where there is no GPU, if any.

    Differs from the paper where `train_encoder` is set: there the encoder is the loss network, and fixed. A compact
    encoder that learns with the rest keeps the detail that the decoder needs to rebuild a photograph.
    """

    net: SANetConfig
    stages: tuple[Stage, ...]
    weights: LossWeights = field(default_factory=LossWeights)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    identity_every: int = 1
    train_encoder: bool = False
    in_memory: bool = False
    cpu_stages: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        if self.trainer.minutes is not None and not self.in_memory:
            raise ValueError("A recipe that reads its pictures as it goes ends by --steps; leave --minutes out.")


RECIPES = {
    # Section 4.1 of the paper.
    "paper": Recipe(net=PRESETS["vgg19"], stages=(Stage(1.0, crop=256, batch=5, short_side=(512, 512)),)),
    # The paper's network at full width, on a loss network with channels of root-mean-square 1, by the clock.
    "full": Recipe(
        net=PRESETS["full"],
        stages=(
            Stage(0.67, crop=256, batch=32, short_side=(256, 512)),
            Stage(0.9, crop=384, batch=16, short_side=(384, 512)),
            Stage(1.0, crop=512, batch=8, short_side=(512, 512)),
        ),
        cpu_stages=(
            Stage(0.5, crop=128, batch=4, short_side=(128, 384)),
            Stage(0.8, crop=192, batch=3, short_side=(192, 512)),
            Stage(1.0, crop=256, batch=2, short_side=(256, 512)),
        ),
        weights=LossWeights(content=1.0, style=20.0, identity_pixels=100.0, identity_features=4.0),
        trainer=TrainerConfig(
            rate=5e-4,
            final_rate=5e-6,
            warmup=100,
            decay_from=0.3,
            betas=(0.9, 0.99),
            clip=20.0,
            average=0.998,
            precision="bf16",
            compiled=True,
        ),
        identity_every=4,
        in_memory=True,
    ),
    # For two CPU cores, many sittings, a loss network with channels of root-mean-square 1, and SqueezeNet as a second
    # one. The rate stays, so that a run can be cut and resumed at any time; the moving average is what is used. To
    # finish, resume with --steps, --decay-from and a small --final-rate.
    "compact": Recipe(
        net=PRESETS["compact"],
        # Far above the size of small pictures: what is large or soft looks like that from close by. With hardly any
        # at their own size or below, sharp photographs would get fine hatching.
        stages=(
            Stage(0.02, crop=160, batch=4, short_side=(176, 512), grey_styles=0.2),
            Stage(0.05, crop=192, batch=3, short_side=(192, 512), grey_styles=0.2),
            Stage(1.0, crop=256, batch=2, short_side=(256, 576), grey_styles=0.2),
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
