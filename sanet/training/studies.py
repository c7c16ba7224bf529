"""The paper's two loss studies on a small scale: several short runs that differ in one thing, and a sheet of them.

Fig. 6: content weight and identity weights. Fig. 7: SANet at relu4_1 only, at relu5_1 only, at both.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image

from sanet.checkpoints.load import load_network
from sanet.engine.stylizer import Stylizer
from sanet.image.contact_sheet import sheet
from sanet.image.decode import open_named
from sanet.image.transparency import on_white
from sanet.training.build import Places
from sanet.training.losses import LossWeights
from sanet.training.pictures import find_pictures
from sanet.training.recipes import Recipe
from sanet.training.run import run

Variants = dict[str, Recipe]


def weight_variants(recipe: Recipe) -> Variants:
    """Fig. 6: (a) no identity terms, content weight 1, 10, 50 times; (b) no content term, identity weights 1, 10 and
    100 times. The style weight stays the recipe's; no colour term and no second network, as in the paper.

    Differs from the paper: factors of the recipe's weights, because those fit its loss network.
    """
    w = recipe.weights
    found = {}
    for factor in (1, 10, 50):
        weights = LossWeights(factor * w.content, w.style, 0.0, 0.0)
        found[f"content-{factor}"] = replace(recipe, weights=weights)
    for factor in (1, 10, 100):
        weights = LossWeights(0.0, w.style, factor * w.identity_pixels, factor * w.identity_features)
        found[f"identity-{factor}"] = replace(recipe, weights=weights)
    return found


def level_variants(recipe: Recipe) -> Variants:
    """Fig. 7: where style attends to content."""
    levels: dict[str, tuple[int, ...]] = {"relu4_1": (4,), "relu5_1": (5,), "both": (4, 5)}
    return {name: replace(recipe, net=replace(recipe.net, levels=level)) for name, level in levels.items()}


STUDIES = {"weights": weight_variants, "levels": level_variants}


def study(variants: Variants, places: Places, save_every: float | None = None, seed: int = 0, workers: int = 1) -> None:
    """Train every variant in a folder of its own below `places.out`, then draw sheet.jpg if there are `previews`.

    A signal ends the study; the same call resumes it.
    """
    previews = places.previews
    contents, styles = (find_pictures(previews / kind)[:6] if previews else [] for kind in ("content", "style"))
    for name, recipe in variants.items():
        if not run(recipe, replace(places, out=places.out / name, previews=None), save_every, seed, workers):
            return
    if contents:
        folders = [places.out / name / "weights" for name in variants]
        comparison(folders, contents, styles).save(places.out / "sheet.jpg", quality=92)


def comparison(
    folders: Sequence[Path], contents: Sequence[Path], styles: Sequence[Path], side: int = 512
) -> Image.Image:
    """A row for each content with the style of the same place in the list, a column for each checkpoint folder."""
    engines = [Stylizer(load_network(folder), torch.device("cpu")) for folder in folders]
    pairs = [
        (on_white(open_named(content)), on_white(open_named(style)))
        for content, style in zip(contents, styles, strict=False)
    ]
    cells = [[style, *(e.stylize(content, [style], max_side=side) for e in engines)] for content, style in pairs]
    blank = Image.new("RGB", (side, side), "white")
    return sheet([content for content, _ in pairs], [blank] * (len(engines) + 1), cells, 256)
