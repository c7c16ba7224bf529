"""Commands for training and judging: train. Heavy packages are imported when a command runs, not before."""

import argparse
import logging
import sys
from pathlib import Path
from typing import Any


def add_commands(subparsers: Any) -> None:
    """Add the commands to the `subparsers` of an `argparse` parser; each sets `func`, which returns an exit code."""
    _add_train(subparsers)


def _add_train(subparsers: Any) -> None:
    parser = subparsers.add_parser("train", help="train a network, or go on training one")
    parser.add_argument("out", type=Path, help="folder of the run; training resumes if it holds a state.pt")
    parser.add_argument("--recipe", default="paper", help="paper or compact")
    parser.add_argument("--contents", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--styles", type=Path, required=True, help="folder of paintings")
    parser.add_argument("--loss-network", type=Path, required=True, help="VGG file, any layout that distil can read")
    parser.add_argument("--held-out", type=Path, help="list of pictures that are not trained on")
    parser.add_argument("--start", type=Path, help="checkpoint folder to begin with")
    parser.add_argument("--previews", type=Path, help="folder with content/ and style/ for preview sheets")
    parser.add_argument("--minutes", type=float, default=5.0, help="between checkpoints")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="processes that read pictures")
    for name, kind in CHANGES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help="instead of the recipe's")
    parser.set_defaults(func=train)


CHANGES = {
    "steps": int,
    "rate": float,
    "final_rate": float,
    "decay_from": int,
    "content": float,
    "style": float,
    "identity_pixels": float,
    "identity_features": float,
}


def train(options: argparse.Namespace) -> int:
    """Follow a recipe."""
    from sanet.recipes import RECIPES, Places, changed, run

    if options.recipe not in RECIPES:
        raise ValueError(f"There is no recipe {options.recipe!r}; there are {', '.join(RECIPES)}.")
    changes = {name: getattr(options, name) for name in CHANGES if getattr(options, name) is not None}
    names = ("out", "contents", "styles", "loss_network", "held_out", "start", "previews")
    places = Places(**{name: getattr(options, name) for name in names})
    recipe = changed(RECIPES[options.recipe], **changes)
    run(recipe, places, options.minutes, options.seed, options.workers)
    return 0


def main() -> int:
    """These commands alone: `python -m sanet.training_cli`."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="sanet")
    add_commands(parser.add_subparsers(required=True))
    options = parser.parse_args()
    try:
        return options.func(options)
    except ValueError as error:
        print(f"sanet: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
