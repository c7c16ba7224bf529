"""A training run that follows a recipe, and what it leaves in its folder: state.pt (to resume), weights/ (the moving
average, ready for the app), record.json, previews and TensorBoard logs.

Composes data, losses and trainer. Knows no command line.
"""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from sanet.training.build import Places, build_objective
from sanet.training.checkpoint import Checkpoint, read_state
from sanet.training.data import Crops, PairBatches, as_needed, read_ahead
from sanet.training.export import Export, plain
from sanet.training.logs import Log
from sanet.training.memory import PicturesInMemory, decode_all
from sanet.training.pictures import PictureFiles, find_all, find_pictures
from sanet.training.recipes import Recipe
from sanet.training.trainer import Callback, Trainer

logger = logging.getLogger(__name__)


def run(recipe: Recipe, places: Places, save_every: float | None = None, seed: int = 0, workers: int = 1) -> bool:
    """Train until the recipe's end or a signal; resumes by itself if the folder holds a state.

    `save_every`: minutes between checkpoints, by default 1 on a GPU and else 5. Returns whether the end was reached.
    """
    places.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    objective = build_objective(recipe, places)
    trainer = Trainer(objective, objective.net, recipe.trainer)
    state = places.out / "state.pt"
    if state.is_file():
        trainer.load_state(read_state(state))
        logger.info("Resuming after step %d.", trainer.step)
    if places.previews:
        for kind in ("content", "style"):
            find_pictures(places.previews / kind)  # a wrong folder is refused before the first step
    contents, styles = (find_all(folders, places.held_out) for folders in (places.contents, places.styles))
    pairs = read_pairs(recipe, contents, styles, seed, trainer)
    facts = {"contents": len(contents), "styles": len(styles), "recipe": plain(recipe), "places": plain(places)}
    minutes = save_every or (1.0 if trainer.device.type == "cuda" else 5.0)
    callbacks: list[Callback] = []
    if trainer.processes.is_main:
        callbacks = [Log(places.out), Export(places, minutes, facts)]
    callbacks.append(Checkpoint(state, minutes))  # last, so that a saved last step is an exported one
    trainer.run(pairs_of(recipe, pairs, trainer, workers), callbacks)
    return trainer.done >= 1


def read_pairs(
    recipe: Recipe, contents: Sequence[Path], styles: Sequence[Path], seed: int, trainer: Trainer
) -> PairBatches:
    """The part of the pairs that falls to one process, from memory or from files."""
    stages = recipe.stages if trainer.device.type == "cuda" or not recipe.cpu_stages else recipe.cpu_stages
    sources: list[Crops] = []
    for paths in (contents, styles):
        pictures = decode_all(paths, trainer.device) if recipe.in_memory else []
        sources.append(PicturesInMemory(pictures, stages) if recipe.in_memory else PictureFiles(list(paths)))
    return PairBatches(sources[0], sources[1], stages, seed, trainer.processes.rank, trainer.processes.world)


def pairs_of(recipe: Recipe, pairs: PairBatches, trainer: Trainer, workers: int) -> Iterable[Sequence[Tensor]]:
    """The batches from the trainer's step on."""
    if recipe.in_memory:
        return as_needed(pairs, trainer)
    return read_ahead(pairs, trainer.step, recipe.trainer.steps, workers)
