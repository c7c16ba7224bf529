"""Picture files for training: which there are, and random crops of them, read as they are drawn."""

import logging
import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from torch import Tensor

from sanet.image.decode import open_picture
from sanet.image.folders import is_named_picture, walk
from sanet.image.tensor import to_tensor
from sanet.image.transparency import on_white
from sanet.training.data import Stage
from sanet.training.held_out import entries_of, read_list

logger = logging.getLogger(__name__)
# A folder may hold some files that are no pictures, but not only such.
MAX_BAD_IN_A_ROW = 100


def find_all(folders: Sequence[Path], held_out: Sequence[Path] = ()) -> list[Path]:
    """Picture files of several folders, one after the other, without those that any of the lists `held_out` names.

    A list that names none of them is said: it may be that of other folders, or spell their names otherwise.
    """
    paths = [path for folder in folders for path in find_pictures(folder)]
    lists = {path: read_list(path) for path in held_out}
    entries = {path: entries_of(path) for path in paths if lists}
    known = set().union(*entries.values())
    for listing, names in lists.items():
        if known.isdisjoint(names):
            logger.warning("%s names no picture of %s.", listing, ", ".join(map(str, folders)))
    excluded = set().union(*lists.values())
    kept = [path for path in paths if excluded.isdisjoint(entries.get(path, ()))]
    if not kept:
        raise ValueError(f"{', '.join(map(str, folders))}: all {len(paths)} pictures are held out.")
    return kept


def find_pictures(folder: Path) -> list[Path]:
    """Picture files of a folder and of the folders in it, sorted by name."""
    if not folder.is_dir():
        raise ValueError(f"There is no folder {str(folder)!r}.")
    found = sorted(path for path in walk(folder) if is_named_picture(path))
    if not found:
        raise ValueError(f"{folder} holds no pictures.")
    return found


def crop_file(picture: Image.Image, crop: int, short_side: int, rng: random.Random) -> Tensor:
    """Scale to `short_side`, cut out `crop` x `crop` somewhere, mirror every other time. (3, crop, crop).

    Only the part that is kept is resampled.
    """
    side = crop * min(picture.size) / short_side  # of the crop, in pixels of the file
    left, top = rng.uniform(0, picture.width - side), rng.uniform(0, picture.height - side)
    box = (left, top, min(left + side, picture.width), min(top + side, picture.height))
    part = picture.resize((crop, crop), Image.Resampling.BICUBIC, box=box)
    image = to_tensor(part)[0]
    return image.flip(2) if rng.random() < 0.5 else image


class PictureFiles:
    """Random crops of picture files, read when drawn; those that cannot be read are reported once and passed over."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths
        self.bad: set[Path] = set()

    def draw(self, rng: random.Random, stage: Stage) -> Tensor:
        """One crop, as `Crops` has it."""
        for _ in range(MAX_BAD_IN_A_ROW):
            path = rng.choice(self.paths)
            picture = self._open(path)
            if picture is not None:
                low, high = stage.short_side
                return crop_file(picture, stage.crop, round(low * (high / low) ** rng.random()), rng)
        raise ValueError(f"{MAX_BAD_IN_A_ROW} files in a row could not be read, the last one {path}.")

    def _open(self, path: Path) -> Image.Image | None:
        try:
            return on_white(open_picture(path))
        except (ValueError, OSError) as error:
            if path not in self.bad:
                logger.warning("Passing over %s: %s", path, error)
            self.bad.add(path)
            return None
