"""Paints rows one after the other, while those to come are decoded and those painted are encoded in other threads.

Knows neither where rows come from nor where results go.
"""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from sanet.cli.batch.recipes import Recipe, hash_request, new_digest, recipe_of, to_note
from sanet.cli.batch.rows import Row
from sanet.cli.batch.storage import File, open_file, open_fitted
from sanet.cli.results import check_size
from sanet.engine.protocol import Engine
from sanet.engine.request import Regions, Request
from sanet.errors import one_line
from sanet.image.masks import read_mask
from sanet.image.save import encode_picture
from sanet.image.stroke_size import useful_side

AHEAD = 2  # rows that are decoded before they are painted, and results that wait to be fetched
STYLES = 16  # pictures of styles that stay decoded
# What a row may fail with: bad input, a file that is not there, memory that does not suffice (torch: RuntimeError).
FAILURES = (ValueError, OSError, MemoryError, RuntimeError)


class Outcome(NamedTuple):
    """Of a row: the bytes of its picture file and its recipe, or why there are none in one sentence."""

    row: Row
    data: bytes = b""
    recipe: Recipe | None = None
    problem: str = ""


class _Step(NamedTuple):
    """A row on its way, with a picture once it is painted."""

    row: Row
    request: Request[Image.Image] | None = None
    recipe: Recipe | None = None
    picture: Image.Image | None = None
    problem: str = ""


class Painter:
    """An engine with what stays between rows. `suffix`: the format of results; `checkpoint`: what their hash says."""

    def __init__(self, engine: Engine, checkpoint: str, suffix: str) -> None:
        self.engine, self.checkpoint, self.suffix = engine, checkpoint, suffix
        self._digest = new_digest()
        self._open_style = lru_cache(STYLES)(open_fitted)

    def paint(self, rows: Iterable[Row]) -> Generator[Outcome, None, None]:
        """An outcome for each row, in their order; what fails does not stop the rest. Takes rows a few ahead."""
        rows = iter(rows)
        with ThreadPoolExecutor(AHEAD) as pool:
            coming = deque(pool.submit(self._read, row) for row in islice(rows, AHEAD))
            going: deque[Future[Outcome]] = deque()
            while coming:
                step = coming.popleft().result()
                coming.extend(pool.submit(self._read, row) for row in islice(rows, 1))
                going.append(pool.submit(self._encode, self._paint(step)))
                while going and (going[0].done() or len(going) > AHEAD):
                    yield going.popleft().result()
            yield from (outcome.result() for outcome in going)

    def _read(self, row: Row) -> _Step:
        """With its pictures, as the engine needs them."""
        try:
            hashed = hash_request(row.request, self.checkpoint, self._digest)
            request = self._opened(row.request)
            check_size(request.content.size, Path(row.name + self.suffix))
        except FAILURES as error:
            return _Step(row, problem=one_line(error))
        return _Step(row, request, recipe_of(row, hashed))

    def _opened(self, request: Request[File]) -> Request[Image.Image]:
        side = useful_side(request.max_side, request.stroke_size)
        return Request(
            open_fitted(request.content, request.max_side, request.enlarge),
            tuple(self._open_style(path, side) for path in request.styles),
            request.controls,
            request.max_side,
            _opened_regions(request.regions),
            request.polish,
            request.stroke_size,
            request.enlarge,
            request.dpi,
            request.match_regions,
            _opened_regions(request.style_regions),
        )

    def _paint(self, step: _Step) -> _Step:
        if step.request is None:
            return step
        try:
            picture = self.engine.paint(step.request)
        except FAILURES as error:
            return _Step(step.row, problem=f"{step.row.request.content}: {one_line(error)}")
        return step._replace(request=None, picture=picture)

    def _encode(self, step: _Step) -> Outcome:
        if step.picture is None or step.recipe is None:
            return Outcome(step.row, problem=step.problem)
        note, dpi = to_note(step.recipe), step.row.request.dpi
        try:
            data = encode_picture(step.picture, self.suffix, note=note, dpi=dpi)
        except FAILURES as error:
            return Outcome(step.row, problem=f"{step.row.request.content}: {one_line(error)}")
        return Outcome(step.row, data, step.recipe)


def _opened_regions(regions: Regions[File] | None) -> Regions[Image.Image] | None:
    if regions is None:
        return None
    masks = tuple(read_mask(open_file(path)) for path in regions.pictures)
    return Regions(regions.drawn, masks, regions.softness, regions.strengths)
