"""What a run leaves for people and for the app: averaged weights, a record of the run, sheets of previews."""

import json
import subprocess
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from sanet.checkpoints.load import save_network
from sanet.image.contact_sheet import sheet
from sanet.image.decode import open_named
from sanet.image.size import fit
from sanet.image.tensor import crop, pad, to_picture, to_tensor
from sanet.image.transparency import on_white
from sanet.network.model import StyleTransferNet
from sanet.training.build import Places
from sanet.training.logs import Means
from sanet.training.pictures import find_pictures
from sanet.training.trainer import StepRecord, Trainer

# Previews take at most this share of the time.
PREVIEWS = 0.02


def plain(value: Any) -> dict[str, Any]:
    """A dataclass as values that JSON knows."""
    return json.loads(json.dumps(asdict(value), default=str))


class Export:
    """Callback: every so many minutes and at the end, the averaged network as a checkpoint folder for the app, the
    training record, and a sheet of fixed content-style pairs.
    """

    def __init__(self, places: Places, minutes: float, facts: dict[str, Any]) -> None:
        self.places, self.minutes = places, minutes
        self.facts = {**facts, "version": version(), "resumed": now()}
        self.means = Means()
        self.losses: dict[str, float] = {}
        self.saved, self.draw_from = time.monotonic(), 0.0

    def __call__(self, trainer: Trainer, record: StepRecord) -> None:
        self.means.add(record)
        if record.last or time.monotonic() - self.saved >= 60 * self.minutes:
            net = trainer.average.module
            assert isinstance(net, StyleTransferNet)
            self._export(net, record)
            self.saved = time.monotonic()

    def _export(self, net: StyleTransferNet, record: StepRecord) -> None:
        out = self.places.out
        save_network(net, out / "weights")
        self.losses = self.means.read() or self.losses
        facts = {"steps": record.step, "pairs": record.examples, "seconds": round(record.seconds), "saved": now()}
        text = json.dumps({**self.facts, **facts, "losses": self.losses}, indent=2)
        (out / "record.json").write_text(text + "\n")
        if self.places.previews and (record.last or time.monotonic() >= self.draw_from):
            begun = time.monotonic()
            (out / "previews").mkdir(exist_ok=True)
            preview(net, self.places.previews).save(out / "previews" / f"{record.step:06d}.jpg", quality=90)
            self.draw_from = time.monotonic() + (time.monotonic() - begun) / PREVIEWS


@torch.inference_mode()
def preview(net: StyleTransferNet, folder: Path, contents: int = 4, styles: int = 6, side: int = 256) -> Image.Image:
    """The first contents (rows) in the first styles (columns) of FOLDER/content and FOLDER/style."""
    device = net.encoder.rgb_matrix.device
    rows, columns = (
        [fit(on_white(open_named(path)), side) for path in find_pictures(folder / kind)[:count]]
        for kind, count in (("content", contents), ("style", styles))
    )
    of_rows, of_columns = ([net.encoder(pad(to_tensor(p)).to(device)) for p in part] for part in (rows, columns))
    results = [[net.decoder(net.attend(c, s)) for s in of_columns] for c in of_rows]
    cells = [[to_picture(crop(x, *row.size)) for x in line] for row, line in zip(rows, results, strict=True)]
    return sheet(rows, columns, cells, side)


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
