"""The rows of a batch, from a manifest or from folders: each a name and a request of paths. Opens no picture.

A row takes about a kilobyte, so that a million of them fit in memory.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from sanet.cli.batch.storage import File
from sanet.cli.results import name_results
from sanet.engine.controls import Controls
from sanet.engine.request import PAINTED, UPLOADED, Regions, Request
from sanet.image.folders import folded, text_of

Settings = Mapping[str, Any]


class Row(NamedTuple):
    """A picture to paint. `number`: its line in a CSV file, otherwise its place, from 1."""

    number: int
    name: str  # of the result, without a suffix
    request: Request[File]


class Refused(NamedTuple):
    """A row without a picture, and why in one sentence."""

    number: int
    name: str
    problem: str


def pair(contents: Sequence[File], styles: Sequence[File], how: str, settings: Settings) -> list[Row]:
    """A row for each pair: "all", or "zip" for the first with the first and so on. Raises ValueError."""
    if how == "zip" and len(contents) != len(styles):
        given = f"{len(contents)} photographs and {len(styles)} styles"
        raise ValueError(f"--pairs zip needs as many photographs as styles, got {given}.")
    pairs = zip(contents, styles, strict=True) if how == "zip" else product(contents, styles)
    return _alike(((content, (style,)) for content, style in pairs), settings)


def mix(contents: Sequence[File], styles: Sequence[File], settings: Settings) -> list[Row]:
    """A row for each content, all in the same mix of styles. Raises ValueError."""
    names = name_results([Path(content.name) for content in contents], "")
    rows = _alike(((content, tuple(styles)) for content in contents), settings)
    return [row._replace(name=name) for row, name in zip(rows, names, strict=True)]


def without_dots(rows: Sequence[Row]) -> list[Row]:
    """With names that tell WebDataset where the suffix begins. Raises ValueError for two rows of one name."""
    changed = [row._replace(name=row.name.replace(".", "_")) for row in rows]
    _check_names(changed)
    return changed


def by_style(rows: Iterable[Row]) -> list[Row]:
    """Those with equal styles after one another, so that a style is encoded once."""

    def order(row: Row) -> tuple[list[str], int, float]:
        return [str(style) for style in row.request.styles], row.request.max_side, row.request.stroke_size

    return sorted(rows, key=order)


def check_settings(settings: Settings) -> None:
    """Raise ValueError for what cannot be, whatever the pictures are."""
    make_request(Path(), (Path(),), settings)


def make_request(content: File, styles: tuple[File, ...], settings: Settings) -> Request[File]:
    """A request by what is said under the names of a manifest's columns. Raises ValueError for what does not fit."""

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


def _regions(drawn: str | None, masks: tuple[File, ...] | None, more: Settings) -> Regions[File] | None:
    """By the name of a preset or by a mask for each style."""
    if not drawn and not masks:
        return None
    if drawn in (PAINTED, UPLOADED) or (drawn and masks):
        raise ValueError("Regions are said by the name of a preset or by masks, one of them.")
    return Regions(drawn or UPLOADED, masks or (), **more)


def _alike(pairs: Iterable[tuple[File, tuple[File, ...]]], settings: Settings) -> list[Row]:
    requests = [make_request(content, styles, settings) for content, styles in pairs]
    return name_rows([(number, "", request) for number, request in enumerate(requests, 1)])


def name_rows(found: Sequence[tuple[int, str, Request[File]]]) -> list[Row]:
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


def _call(request: Request[File]) -> Path:
    """A name as that of a file, whose suffix tells apart what else would be called the same."""
    stems = [path.stem for path in (request.content, *request.styles)]
    return Path("-".join(stems) + request.content.suffix)
