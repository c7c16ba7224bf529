"""The example pictures that ship with the project, as labels, paths and thumbnails."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image

from sanet.paths import EXAMPLES
from sanet.web.widgets.thumbnails import square

THUMBNAIL_SIDE = 144
# What the page opens with: one photograph, and four styles that differ.
FEATURED = ("neuschwanstein-castle", "starry-night", "great-wave", "composition-viii", "cafe-terrace")
# What a file's name does not say about capitals.
TITLES = {
    "brandenburg-gate": "Brandenburg Gate",
    "composition-viii": "Composition VIII",
    "daedalus-and-icarus": "Daedalus and Icarus",
    "moulin-de-la-galette": "Moulin de la Galette",
    "neuschwanstein-castle": "Neuschwanstein Castle",
}


@dataclass(frozen=True)
class Example:
    """A picture file and the label under its thumbnail."""

    path: Path
    label: str

    @property
    def name(self) -> str:
        """The name that recipes use, such as "style/ducks"; never changes."""
        return f"{self.path.parent.name}/{self.path.stem}"

    def thumbnail(self) -> Image.Image:
        """A square crop for the strips, each of which shows it."""
        return _thumbnail(self.path)


@cache
def _thumbnail(path: Path) -> Image.Image:
    return square(Image.open(path), THUMBNAIL_SIDE)


def _read(folder: str) -> tuple[Example, ...]:
    """The pictures of a folder, the featured ones first."""
    paths = {path.stem: path for path in sorted((EXAMPLES / folder).glob("*.jpg"))}
    ordered = [paths.pop(stem) for stem in FEATURED if stem in paths] + list(paths.values())
    return tuple(Example(path, TITLES.get(path.stem, path.stem.replace("-", " ").capitalize())) for path in ordered)


CONTENTS = _read("content")
STYLES = _read("style")
# The first photograph in the first style, as the embedded checkpoint paints it.
OPENING = EXAMPLES / "neuschwanstein-castle-starry-night-a100.jpg"


def example_called(name: str) -> Example | None:
    """The example with a `name`, if there still is one."""
    return next((example for example in (*CONTENTS, *STYLES) if example.name == name), None)


def example_at(path: str) -> Example | None:
    """The example that the file at `path` is a copy of: the page hands every picture over as a copy.

    None if the server has cleared the copy away.
    """
    for example in (*CONTENTS, *STYLES):
        same_name = example.path.name == Path(path).name and Path(path).is_file()
        if same_name and example.path.read_bytes() == Path(path).read_bytes():
            return example
    return None


def display_name(path: str) -> str:
    """What to call the picture at `path`: the label of an example, or the words of the file's name."""
    example = example_at(path)
    return example.label if example else re.sub(r"[\W_]+", " ", Path(path).stem).strip()
