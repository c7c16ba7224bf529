"""Training pictures: folders -> endless batches of random content and style crops.

Knows no network. Every batch is a function of the seed and the step alone, so that a resumed run, or one spread over
several processes, sees the very pictures that an uninterrupted one would have seen.
"""

import logging
import random
import signal
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from sanet.image.decode import on_white, open_picture, to_tensor
from sanet.network.color import luminance

logger = logging.getLogger(__name__)
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".heic"}
# A folder may hold some files that are no pictures, but not only such.
MAX_BAD_IN_A_ROW = 100


@dataclass(frozen=True)
class Stage:
    """A part of the crop-size curriculum: for `steps` steps, `batch` pairs of `crop` x `crop` pixels.

    Pictures are scaled so that their shorter side is drawn from `short_side`, evenly in its logarithm, for content
    and style separately: the wider the range, the more scales the style's patterns come in. `grey_styles`: share of the
    styles that lose their colours; drawings and prints are rare among paintings.
    """

    steps: int
    crop: int
    batch: int
    short_side: tuple[int, int]
    grey_styles: float = 0.0

    def __post_init__(self) -> None:
        low, high = self.short_side
        if min(self.steps, self.batch) < 1 or not 32 <= self.crop <= low <= high or not 0 <= self.grey_styles <= 1:
            raise ValueError(
                f"A stage needs steps, a batch, 32 <= crop <= short side, 0 <= grey styles <= 1, got {self}."
            )


def stage_at(stages: tuple[Stage, ...], step: int) -> Stage:
    """The stage that `step`, counted from 0, falls into; the last one goes on for ever."""
    for stage in stages:
        if step < stage.steps:
            return stage
        step -= stage.steps
    return stages[-1]


def find_pictures(folder: Path, held_out: Path | None = None) -> list[Path]:
    """Picture files of a folder, sorted by name, without those that the list `held_out` names.

    The list has one FOLDER/FILE a line, of which the last folder's name and the file's count; # begins a comment.
    """
    if not folder.is_dir():
        raise ValueError(f"There is no folder {str(folder)!r}.")
    excluded = read_list(held_out) if held_out else set()
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    kept = [path for path in paths if f"{path.parent.name}/{path.name}" not in excluded]
    if not kept:
        raise ValueError(f"{folder} holds no pictures to use ({len(paths)} found, {len(paths)} held out).")
    return kept


def read_list(path: Path) -> set[str]:
    """FOLDER/FILE entries of a held-out list."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return {"/".join(Path(line).parts[-2:]) for line in lines if line}


def random_crop(picture: Image.Image, crop: int, short_side: int, rng: random.Random) -> Tensor:
    """Scale to `short_side`, cut out `crop` x `crop` somewhere, mirror every other time. (3, crop, crop).

    Only the part that is kept is resampled.
    """
    side = crop * min(picture.size) / short_side  # of the crop, in pixels of the file
    left, top = rng.uniform(0, picture.width - side), rng.uniform(0, picture.height - side)
    box = (left, top, min(left + side, picture.width), min(top + side, picture.height))
    part = picture.resize((crop, crop), Image.Resampling.BICUBIC, box=box)
    image = to_tensor(part)[0]
    return image.flip(2) if rng.random() < 0.5 else image


class RandomCrops:
    """Random crops of the pictures of a list; files that cannot be read are reported once and passed over."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths
        self.bad: set[Path] = set()

    def draw(self, rng: random.Random, stage: Stage) -> Tensor:
        """One crop, a function of the state of `rng` alone. (3, crop, crop)."""
        for _ in range(MAX_BAD_IN_A_ROW):
            path = rng.choice(self.paths)
            picture = self._open(path)
            if picture is not None:
                low, high = stage.short_side
                return random_crop(picture, stage.crop, round(low * (high / low) ** rng.random()), rng)
        raise ValueError(f"{MAX_BAD_IN_A_ROW} files in a row could not be read, the last one {path}.")

    def _open(self, path: Path) -> Image.Image | None:
        try:
            return on_white(open_picture(path))
        except (ValueError, OSError) as error:
            if path not in self.bad:
                logger.warning("Passing over %s: %s", path, error)
            self.bad.add(path)
            return None


class PairBatches(Dataset):
    """Item `step` is the batch of that step: contents and styles, each (N, 3, crop, crop) in [0, 1].

    With several processes each gets its own equal part, `rank` of `world`, of the same global batch.
    """

    def __init__(
        self, contents: list[Path], styles: list[Path], stages: tuple[Stage, ...], seed: int, rank: int, world: int
    ) -> None:
        for stage in stages:
            if stage.batch % world:
                raise ValueError(f"A batch of {stage.batch} pairs cannot be shared evenly by {world} processes.")
        self.contents, self.styles = RandomCrops(contents), RandomCrops(styles)
        self.stages, self.seed, self.rank, self.world = stages, seed, rank, world

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor]:
        stage = stage_at(self.stages, step)
        share = stage.batch // self.world
        pairs = [self._pair(step, self.rank * share + i, stage) for i in range(share)]
        contents, styles = zip(*pairs, strict=True)
        return torch.stack(contents), torch.stack(styles)

    def _pair(self, step: int, position: int, stage: Stage) -> tuple[Tensor, Tensor]:
        rng = random.Random(f"{self.seed} {step} {position}")
        content, style = self.contents.draw(rng, stage), self.styles.draw(rng, stage)
        grey = rng.random() < stage.grey_styles
        return content, luminance(style[None])[0].expand_as(style) if grey else style


def batches(dataset: PairBatches, first_step: int, last_step: int, workers: int) -> DataLoader:
    """The batches of steps `first_step` up to, not including, `last_step`, read ahead by `workers` processes."""
    return DataLoader(
        dataset,
        batch_size=None,
        sampler=range(first_step, last_step),
        num_workers=workers,
        pin_memory=torch.cuda.is_available(),
        worker_init_fn=_ignore_signals,
    )


def _ignore_signals(worker: int) -> None:
    """A terminal and a service manager signal all processes of a run; its reader ends with it, not before."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
