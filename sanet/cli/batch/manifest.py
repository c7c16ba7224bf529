"""The rows of a batch, from a manifest or from folders: each a name and a request of paths. Opens no picture.

A row takes about a kilobyte, so that a million of them fit in memory.
"""

import csv
import io
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from sanet.cli.options import read_dpi, read_share, read_side, read_steps, read_stroke_size
from sanet.cli.results import name_results
from sanet.engine.controls import Controls
from sanet.engine.request import PAINTED, UPLOADED, Regions, Request
from sanet.image.folders import folded, text_of
from sanet.text_files import read_text

MOST_BYTES = 1_000_000_000
BETWEEN = ";"  # several values in one cell
DELIMITERS = ",;\t"  # as spreadsheets of different countries write CSV
Settings = Mapping[str, Any]


class Row(NamedTuple):
    """A picture to paint. `number`: the line of the manifest, or its place among those of folders, from 1."""

    number: int
    name: str  # of the result, without a suffix
    request: Request[Path]


class Refused(NamedTuple):
    """A row without a picture, and why in one sentence."""

    number: int
    name: str
    problem: str


def read_manifest(path: Path, defaults: Settings) -> tuple[list[Row], list[Refused]]:
    """The rows of a CSV file, and those that say what cannot be; `defaults` stand for cells that are empty.

    Paths start at the file's folder. Raises ValueError if it is no such file, OSError as `open`.
    """
    if path.suffix.lower() != ".csv":
        raise ValueError(f"A manifest is a .csv file, got {path}.")
    text = read_text(path, MOST_BYTES)
    head = text.partition("\n")[0]
    delimiter = next((mark for mark in DELIMITERS if mark in head), ",")
    file = io.StringIO(text, newline="")
    reader = csv.DictReader(file, delimiter=delimiter, skipinitialspace=True, strict=True)
    found: list[tuple[int, str, Request[Path]]] = []
    refused = []
    try:
        _check_columns(path, reader.fieldnames or ())
        for cells in reader:
            name = (cells.get("name") or "").strip()
            try:
                found.append((reader.line_num, _checked(name), _request(cells, path.parent, defaults)))
            except ValueError as error:
                refused.append(Refused(reader.line_num, name, str(error)))
    except csv.Error as error:
        raise ValueError(f"{path} is not CSV: {error}.") from error
    if not found and not refused:
        raise ValueError(f"{path} has no rows.")
    return _named(found), refused


def pair(contents: Sequence[Path], styles: Sequence[Path], how: str, settings: Settings) -> list[Row]:
    """A row for each pair: "all", or "zip" for the first with the first and so on. Raises ValueError."""
    if how == "zip" and len(contents) != len(styles):
        given = f"{len(contents)} photographs and {len(styles)} styles"
        raise ValueError(f"--pairs zip needs as many photographs as styles, got {given}.")
    pairs = zip(contents, styles, strict=True) if how == "zip" else product(contents, styles)
    return _alike(((content, (style,)) for content, style in pairs), settings)


def mix(contents: Sequence[Path], styles: Sequence[Path], settings: Settings) -> list[Row]:
    """A row for each content, all in the same mix of styles. Raises ValueError."""
    names = name_results(contents, "")
    rows = _alike(((content, tuple(styles)) for content in contents), settings)
    return [row._replace(name=name) for row, name in zip(rows, names, strict=True)]


def without_dots(rows: Sequence[Row]) -> list[Row]:
    """With names that tell WebDataset where the suffix begins. Raises ValueError for two rows of one name."""
    changed = [row._replace(name=row.name.replace(".", "_")) for row in rows]
    _check_names(changed)
    return changed


def by_style(rows: Iterable[Row]) -> list[Row]:
    """Those with equal styles after one another, so that a style is encoded once."""
    return sorted(rows, key=lambda row: (row.request.styles, row.request.max_side, row.request.stroke_size))


def check_settings(settings: Settings) -> None:
    """Raise ValueError for what cannot be, whatever the pictures are."""
    make_request(Path(), (Path(),), settings)


def make_request(content: Path, styles: tuple[Path, ...], settings: Settings) -> Request[Path]:
    """A request by what is said under the names of `COLUMNS`. Raises ValueError for what does not go together."""

    def said(*names: str) -> dict[str, Any]:
        return {name: settings[name] for name in names if settings.get(name) is not None}

    strengths = settings.get("strengths") or (1.0,) * len(styles)
    regions = _regions(settings.get("regions"), settings.get("masks"), {"strengths": strengths, **said("softness")})
    request = Request(
        content,
        styles,
        Controls(**said("alpha", "mix", "colors", "reconstruct")),
        regions=regions,
        style_regions=_regions(settings.get("style_regions"), settings.get("style_masks"), {}),
        **said("max_side", "enlarge", "polish", "stroke_size", "match_regions", "dpi"),
    )
    request.check_masks()
    if regions is None and said("softness", "strengths"):
        raise ValueError("Softness and strengths belong to regions or masks, of which there are none.")
    return request


def _regions(drawn: str | None, masks: tuple[Path, ...] | None, more: Settings) -> Regions[Path] | None:
    """By the name of a preset or by a mask for each style."""
    if not drawn and not masks:
        return None
    if drawn in (PAINTED, UPLOADED) or (drawn and masks):
        raise ValueError("Regions are said by the name of a preset or by masks, one of them.")
    return Regions(drawn or UPLOADED, masks or (), **more)


def _alike(pairs: Iterable[tuple[Path, tuple[Path, ...]]], settings: Settings) -> list[Row]:
    requests = [make_request(content, styles, settings) for content, styles in pairs]
    return _named([(number, "", request) for number, request in enumerate(requests, 1)])


def _named(found: Sequence[tuple[int, str, Request[Path]]]) -> list[Row]:
    """With names for those that have none: content-style, made different where they meet.

    Raises ValueError for two rows of one name.
    """
    calls = [_call(request) for _, name, request in found if not name]
    made = iter(name_results(calls, ""))
    rows = [Row(number, name or next(made), request) for number, name, request in found]
    _check_names(rows)
    return rows


def _check_names(rows: Iterable[Row]) -> None:
    counted = Counter(folded(text_of(row.name)) for row in rows)
    if common := [name for name, count in counted.items() if count > 1]:
        raise ValueError(f"{counted[common[0]]} rows are called {common[0]!r}; a result needs a name of its own.")


def _call(request: Request[Path]) -> Path:
    """A name as that of a file, whose suffix tells apart what else would be called the same."""
    stems = [path.stem for path in (request.content, *request.styles)]
    return Path("-".join(stems) + request.content.suffix)


def _checked(name: str) -> str:
    """A name that a file can have in any folder."""
    if name.startswith(".") or any(mark in name for mark in "/\\\0"):
        raise ValueError(f"A name must have no / or \\ and not begin with a dot, got {name!r}.")
    return name


def _check_columns(path: Path, names: Sequence[str]) -> None:
    """Raise ValueError for a column that would be passed over, or if one is missing."""
    known = ("name", "content", "styles", *COLUMNS)
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"{path} has a column {unknown[0]!r}; there are {', '.join(known)}.")
    if missing := [name for name in ("content", "styles") if name not in names]:
        raise ValueError(f"{path} has no column {missing[0]!r}.")


def _request(cells: Mapping[str | None, Any], folder: Path, defaults: Settings) -> Request[Path]:
    if None in cells:
        raise ValueError("The row has more cells than there are columns.")
    text = {str(name): cell.strip() for name, cell in cells.items() if cell and cell.strip()}
    content, styles = text.get("content"), _split(text.get("styles", ""))
    if not content or not styles:
        raise ValueError(f"The row names no {'styles' if content else 'content'}.")
    settings = dict(defaults)
    for name in COLUMNS.keys() & text.keys():
        try:
            settings[name] = COLUMNS[name](text[name])
        except (ValueError, ArgumentTypeError) as error:
            raise ValueError(f"{name}: {error}") from error
        if name in ("masks", "style_masks"):
            settings[name] = tuple(folder / mask for mask in settings[name])
    return make_request(folder / content, tuple(folder / style for style in styles), settings)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(BETWEEN) if part.strip())


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"expected a number, got {cell!r}") from None


def _numbers(cell: str) -> tuple[float, ...]:
    return tuple(map(_number, _split(cell)))


def _switch(cell: str) -> bool:
    if cell.lower() not in ("yes", "true", "1", "no", "false", "0"):
        raise ValueError(f"expected yes or no, got {cell!r}")
    return cell.lower() in ("yes", "true", "1")


# Of what a request has beside its content and styles, and how a cell of it is read.
COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "alpha": _number,
    "mix": _numbers,
    "colors": str,
    "reconstruct": _switch,
    "max_side": read_side,
    "enlarge": _switch,
    "polish": read_steps,
    "stroke_size": read_stroke_size,
    "match_regions": read_share,
    "dpi": read_dpi,
    "regions": str,
    "masks": _split,
    "softness": _number,
    "strengths": _numbers,
    "style_regions": str,
    "style_masks": _split,
}
