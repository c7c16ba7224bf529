"""Several methods on one photograph and one style: their pictures, the seconds they took, and the sheet of them.

Knows neither the page nor the command line.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PIL import Image, ImageOps

from sanet.engine.interrupts import seconds_worked
from sanet.image.contact_sheet import LINE, captioned, captioned_size
from sanet.image.size import Size
from sanet.image.transparency import on_white
from sanet.methods.methods import TITLES

COLUMNS = 4  # of the sheet
WIDTHS_A_LINE = 16  # a caption's height in a picture's width, so that a large sheet can be read when it is scaled down


class Painted(NamedTuple):
    """What a method has made, and how long it took."""

    name: str
    picture: Image.Image
    seconds: float


def timed(name: str, paint: Callable[[], Image.Image]) -> Painted:
    """What `paint` makes by the method `name`, without the seconds in which it waited for others."""
    start = seconds_worked()
    picture = paint()
    return Painted(name, picture, seconds_worked() - start)


def names_in(text: str) -> tuple[str, ...]:
    """What a text names with commas between, each once; whether these are methods is for `check` to say."""
    return tuple(dict.fromkeys(part.strip().lower() for part in text.split(",")))


def in_seconds(seconds: float) -> str:
    """With as many places as say something."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s"


def sheet(content: Image.Image, style: Image.Image, painted: Sequence[Painted]) -> Image.Image:
    """Photograph, style and what was painted, all as large as `content`, over their names and seconds."""
    pictures = [content, style, *(each.picture for each in painted)]
    names = [f"{TITLES[each.name]}, {in_seconds(each.seconds)}" for each in painted]
    cells = [_cell(picture, content.size) for picture in pictures]
    return captioned(cells, ["Photograph", "Style", *names], COLUMNS, _line(content.size))


def sheet_size(content: Size, count: int) -> Size:
    """Width and height in pixels of the sheet of so many methods, for a content of a size."""
    return captioned_size(content, count + 2, COLUMNS, _line(content))


def _line(content: Size) -> int:
    return max(LINE, content[0] // WIDTHS_A_LINE)


def _cell(picture: Image.Image, size: Size) -> Image.Image:
    return ImageOps.pad(on_white(picture).convert("RGB"), size, Image.Resampling.LANCZOS, color="white")
