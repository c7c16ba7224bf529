"""The example pictures that ship with the project, as labels, paths and thumbnails."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parents[2] / "examples"
THUMBNAIL_SIDE = 144
# What the page opens with: one photograph, and four styles that differ.
FEATURED = ("neuschwanstein-castle", "starry-night", "great-wave", "composition-viii", "cafe-terrace")


@dataclass(frozen=True)
class Example:
    """A picture file and the label under its thumbnail."""

    path: Path
    label: str

    def thumbnail(self) -> Image.Image:
        """A square crop for the strips."""
        picture = Image.open(self.path)
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        return picture.resize((THUMBNAIL_SIDE,) * 2, box=(left, top, left + side, top + side), reducing_gap=2.0)


def _read(folder: str) -> tuple[Example, ...]:
    """The pictures of a folder, the featured ones first."""
    paths = {path.stem: path for path in sorted((FOLDER / folder).glob("*.jpg"))}
    ordered = [paths.pop(stem) for stem in FEATURED if stem in paths] + list(paths.values())
    return tuple(Example(path, path.stem.replace("-", " ").capitalize()) for path in ordered)


CONTENTS = _read("content")
STYLES = _read("style")
