"""Manifests: CSV and Parquet files whose rows are pictures to paint. Opens no picture."""

import csv
import io
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from sanet.cli.batch.rows import Refused, Row, Settings, make_request, name_rows
from sanet.cli.batch.storage import File, import_extra, to_file
from sanet.cli.options import read_dpi, read_share, read_side, read_steps, read_stroke_size
from sanet.engine.request import Request
from sanet.errors import one_line
from sanet.text_files import read_text

MOST_BYTES = 1_000_000_000
BETWEEN = ";"  # several values in one cell
DELIMITERS = ",;\t"  # as spreadsheets of different countries write CSV
AT_ONCE = 1000  # rows of a Parquet file in memory
Numbered = Iterator[tuple[int, Mapping[str | None, Any]]]  # a row's number, and its cells by the names of columns


def read_manifest(path: File, defaults: Settings) -> tuple[list[Row], list[Refused]]:
    """The rows of a CSV or Parquet file, and those that say what cannot be; `defaults` stand for cells that are empty.

    Paths start at the file's folder. Raises ValueError if it is no such file, OSError as `open`.
    """
    read = {".csv": _read_csv, ".parquet": _read_parquet}.get(path.suffix.lower())
    if read is None:
        raise ValueError(f"A manifest is a .csv or .parquet file, got {path}.")
    found: list[tuple[int, str, Request[File]]] = []
    refused = []
    for number, cells in read(path):
        name = called.strip() if isinstance(called := cells.get("name"), str) else ""
        try:
            if None in cells:  # as `csv` says it
                raise ValueError("The row has more cells than there are columns.")
            text = {str(column): cell for column, value in cells.items() if (cell := _text_of(value))}
            name = text.get("name", "")
            found.append((number, _checked(name), _request(text, path.parent, defaults)))
        except ValueError as error:
            refused.append(Refused(number, name, str(error)))
    if not found and not refused:
        raise ValueError(f"{path} has no rows.")
    return name_rows(found), refused


def _read_csv(path: File) -> Numbered:
    """A row has the number of its line."""
    text = read_text(path, MOST_BYTES)
    head = text.partition("\n")[0]
    delimiter = next((mark for mark in DELIMITERS if mark in head), ",")
    file = io.StringIO(text, newline="")
    reader = csv.DictReader(file, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        _check_columns(path, reader.fieldnames or ())
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(f"{path} is not CSV: {error}.") from error


def _read_parquet(path: File) -> Numbered:
    """Rows are numbered from 1."""
    parquet = import_extra("pyarrow.parquet", "A manifest in Parquet")
    numbers = count(1)
    with path.open("rb") as file:
        try:
            table = parquet.ParquetFile(file)
            _check_columns(path, table.schema_arrow.names)
            for batch in table.iter_batches(AT_ONCE):
                for cells in batch.to_pylist():
                    yield next(numbers), cells
        except import_extra("pyarrow", "Parquet").ArrowException as error:
            raise ValueError(f"{path} is not Parquet: {one_line(error)}") from error


def _text_of(value: Any) -> str:
    """A value of Parquet as a cell of CSV says it; a number without a fraction is a whole one, as pandas has them."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value.strip()
        case float() if value != value:
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case list():
            cells = [_text_of(part) for part in value]
            if wrong := [cell for cell in cells if BETWEEN in cell]:
                raise ValueError(f"A value in a list must have no {BETWEEN}, got {wrong[0]!r}.")
            return BETWEEN.join(cells)
    raise ValueError(f"Cells are text, numbers, yes or no, and lists of them, got {type(value).__name__}.")


def _checked(name: str) -> str:
    """A name that a file can have in any folder."""
    if name.startswith(".") or any(mark in name for mark in "/\\\0"):
        raise ValueError(f"A name must have no / or \\ and not begin with a dot, got {name!r}.")
    return name


def _check_columns(path: File, names: Sequence[str]) -> None:
    """Raise ValueError for a column that would be passed over, or if one is missing."""
    known = ("name", "content", "styles", *COLUMNS)
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"{path} has a column {unknown[0]!r}; there are {', '.join(known)}.")
    if missing := [name for name in ("content", "styles") if name not in names]:
        raise ValueError(f"{path} has no column {missing[0]!r}.")


def _request(text: Mapping[str, str], folder: File, defaults: Settings) -> Request[File]:
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
            settings[name] = tuple(to_file(mask, folder) for mask in settings[name])
    return make_request(to_file(content, folder), tuple(to_file(style, folder) for style in styles), settings)


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
