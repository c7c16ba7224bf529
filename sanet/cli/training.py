"""Commands that train: `sanet train` and `sanet study`.

Words and exit codes only. Heavy packages are imported when a command runs, so that the app does without them.
"""

import argparse
from collections.abc import Iterable
from dataclasses import fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sanet.training.build import Places
    from sanet.training.recipes import Recipe

# What can be given instead of the recipe's values.
CHANGES = {
    "steps": (int, "last step"),
    "minutes": (float, "end after so many minutes instead; a run that had ended goes on for as many"),
    "rate": (float, "learning rate"),
    "final_rate": (float, "learning rate of the last step"),
    "decay_from": (float, "share of the run after which the rate falls to the final one, as half a cosine"),
    "average": (float, "decay of the moving average of the weights"),
    "content": (float, "weight of the content loss"),
    "style": (float, "weight of the style loss"),
    "identity_pixels": (float, "weight of the first identity loss"),
    "identity_features": (float, "weight of the second identity loss"),
    "second_content": (float, "weight of the content loss of the second network"),
    "second_style": (float, "weight of the style loss of the second network"),
    "color": (float, "weight of the colour loss"),
}


def add_commands(subparsers: Any) -> None:
    """Add the commands to the `subparsers` of an `argparse` parser; each sets `func`, which returns an exit code."""
    train = subparsers.add_parser("train", help="train a network, or go on training one")
    train.set_defaults(func=train_command)
    train.add_argument("out", type=Path, help="folder of the run; training resumes if it holds a state.pt")
    _add_training(train)

    study = subparsers.add_parser(
        "study", help="the paper's loss studies: several short runs, and with --previews a sheet of them"
    )
    study.set_defaults(func=study_command)
    study.add_argument("name", choices=("weights", "levels"), help="Fig. 6 or Fig. 7 of the paper")
    study.add_argument("out", type=Path, help="folder of the study; resumes where it was cut")
    _add_training(study)


def add_pictures(parser: argparse.ArgumentParser) -> None:
    """Where pictures for training come from, and what every long run can be told."""
    parser.add_argument("--contents", type=Path, nargs="+", required=True, help="folders of photographs")
    parser.add_argument("--styles", type=Path, nargs="+", required=True, help="folders of paintings")
    parser.add_argument("--held-out", type=Path, nargs="+", default=(), help="lists of pictures to leave out")
    parser.add_argument(
        "--save-every", type=float, metavar="MINUTES", help="between checkpoints (default: 1 on a GPU, else 5)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of crops and fresh weights (default: 0)")
    parser.add_argument("--workers", type=int, default=1, help="processes that read pictures (default: 1)")


def _add_training(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--recipe",
        default="paper",
        help="paper, full or compact; for the systems that SANet is compared with, adain or reconstruction (default: "
        "paper)",
    )
    add_pictures(parser)
    parser.add_argument(
        "--loss-network",
        type=Path,
        help="VGG file of any format, or a distilled one (default: the encoder of --start)",
    )
    parser.add_argument(
        "--second-network", type=Path, help="second loss network: SqueezeNet 1.1 in torchvision's format"
    )
    parser.add_argument("--start", type=Path, help="checkpoint folder to begin with")
    parser.add_argument(
        "--previews", type=Path, help="folder with content/ and style/: preview sheets, or a study's sheet"
    )
    for name, (kind, what) in CHANGES.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=kind, metavar="N", help=f"{what} (default: the recipe's)"
        )


def check_packages() -> None:
    """Raise ValueError where the extra `training` is not installed."""
    if find_spec("tensorboard") is None:
        raise ValueError("Training needs the package tensorboard: from a checkout, pip install '.[training]'.")


def _recipe(options: argparse.Namespace, others: Iterable[str] = ()) -> "Recipe":
    """The recipe that was asked for; `others` are what else may be asked for here."""
    from sanet.training.recipes import RECIPES, changed

    if options.recipe not in RECIPES:
        raise ValueError(f"There is no recipe {options.recipe!r}; there are {', '.join((*RECIPES, *others))}.")
    changes = {name: getattr(options, name) for name in CHANGES if getattr(options, name) is not None}
    return changed(RECIPES[options.recipe], **changes)


def _places(options: argparse.Namespace) -> "Places":
    from sanet.training.build import Places

    return Places(
        out=options.out,
        contents=tuple(options.contents),
        styles=tuple(options.styles),
        held_out=tuple(options.held_out),
        loss_network=options.loss_network,
        second_network=options.second_network,
        start=options.start,
        previews=options.previews,
    )


def train_command(options: argparse.Namespace) -> int:
    """Follow a recipe."""
    check_packages()
    from sanet.training.methods import STAGES
    from sanet.training.processes import leave
    from sanet.training.run import run

    if options.recipe in STAGES:
        return _train_method(options)
    run(_recipe(options, STAGES), _places(options), options.save_every, options.seed, options.workers)
    leave()
    return 0


def _train_method(options: argparse.Namespace) -> int:
    """The decoders of a system that SANet is compared with."""
    from sanet.training.methods import CONFIG, train
    from sanet.training.pictures import find_all

    given = {name: getattr(options, name) for name in CHANGES if getattr(options, name) is not None}
    if unknown := given.keys() - {field.name for field in fields(CONFIG)}:
        raise ValueError(f"The recipe {options.recipe} has no {', '.join(sorted(unknown))}; leave it out.")
    contents, styles = (find_all(folders, options.held_out) for folders in (options.contents, options.styles))
    config = replace(CONFIG, **given)
    minutes, seed, start = options.save_every or 5.0, options.seed, options.start
    train(options.recipe, options.out, contents, styles, config, minutes, seed, start)
    return 0


def study_command(options: argparse.Namespace) -> int:
    """Train the variants of a study and draw them side by side."""
    check_packages()
    from sanet.training.processes import leave
    from sanet.training.studies import STUDIES, study

    variants = STUDIES[options.name](_recipe(options))
    study(variants, _places(options), options.save_every, options.seed, options.workers)
    leave()
    return 0
