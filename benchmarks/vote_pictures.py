"""Paints what the tab "Vote" shows: `python -m benchmarks.vote_pictures`, some minutes on two cores.

Every method as its own paper uses it, without a strength chosen for the occasion. Goes on where it was ended; delete a
picture to have it painted again.
"""

import argparse
import json
from itertools import product
from pathlib import Path

from PIL import Image
from tqdm import tqdm

import sanet
from sanet.image.decode import open_named
from sanet.image.transparency import on_white
from sanet.methods.methods import NAMES, Methods
from sanet.paths import EXAMPLES
from sanet.votes.pictures import MANIFEST, Exhibition

SIDE = 384  # pixels
QUALITY = 85  # of WebP
STEPS = 300  # of Gatys, at which his pictures change little any more
MOST_BYTES = 5_000_000  # of all together, which ship with the project
# Photographs with faces, animals, buildings, still life and landscapes, each in styles of strokes and of flat shapes.
COMBINATIONS = (
    ("astronaut", "reading"),
    ("astronaut", "triangles"),
    ("brandenburg-gate", "composition-viii"),
    ("brandenburg-gate", "night-cafe"),
    ("cincinnati-bridge", "starry-night"),
    ("fig-and-bowl", "poppies"),
    ("forest-stream", "orange-trees"),
    ("honey-bee", "ducks"),
    ("koala", "cafe-terrace"),
    ("koala", "great-wave"),
    ("mountain-path", "autumn-tree"),
    ("neuschwanstein-castle", "starry-night"),
    ("red-panda", "flowing-lines"),
    ("rowing-boats", "moulin-de-la-galette"),
)


def main() -> None:
    """Paint what is missing, and list it all."""
    parser = argparse.ArgumentParser(prog="benchmarks.vote_pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=EXAMPLES / "votes", help="folder of the pictures")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="where SANet is painted (default: the best there is)")
    args = parser.parse_args()
    shown = Exhibition(args.out, COMBINATIONS, NAMES)
    methods = Methods(sanet.load("embedded", args.device))
    for (photograph, style), method in tqdm(list(product(COMBINATIONS, NAMES))):
        path = shown.file(photograph, style, method)
        if not path.exists():
            picture = paint(methods, method, photograph, style)
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path, quality=QUALITY, method=6)
    listed = {"side": SIDE, "steps of gatys": STEPS, "methods": NAMES, "combinations": COMBINATIONS}
    (args.out / MANIFEST).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in args.out.rglob("*.webp"))
    print(f"{args.out}: {size / 1e6:.1f} MB")
    if size > MOST_BYTES:
        raise SystemExit(f"These are more than the {MOST_BYTES / 1e6:.0f} MB that may ship.")


def paint(methods: Methods, method: str, photograph: str, style: str) -> Image.Image:
    """One picture, mode "RGB"."""
    content, painting = (
        open_named(EXAMPLES / folder / f"{name}.jpg") for folder, name in (("content", photograph), ("style", style))
    )
    return on_white(methods.paint(method, content, painting, SIDE, steps=STEPS))


if __name__ == "__main__":
    main()
