"""What a result of a batch says of itself: the recipe that the page opens, the files' names, and the request's hash."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from sanet.cli.batch.rows import Row
from sanet.cli.batch.storage import File
from sanet.engine.request import Regions, Request
from sanet.web.choice import Choice
from sanet.web.sharing.recipe import MARK, to_data

PLACES = 4  # for styles on the tab that has regions
Digest = Callable[[File], str]
Recipe = dict[str, Any]


def new_digest() -> Digest:
    """SHA-256 of files, each of which is read once; OSError as `open`. For as long as nobody changes them."""

    @cache
    def digest(path: File) -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    return digest


def hash_request(request: Request[File], checkpoint: str, digest: Digest) -> str:
    """Equal for requests that paint the same: by the files' contents, not by their names. OSError as `open`."""
    settings = asdict(request) | {"checkpoint": checkpoint}
    return hashlib.sha256(json.dumps(settings, default=digest, sort_keys=True).encode()).hexdigest()


def recipe_of(row: Row, hashed: str) -> Recipe:
    """Plain data: the page's recipe, with the names of the row, its files and its hash."""
    request = row.request
    files = {"content": request.content.name, "styles": [path.name for path in request.styles]}
    return {**to_data(_choice(request)), "name": row.name, "files": files, "request": hashed}


def to_note(recipe: Recipe) -> str:
    """ASCII that is kept inside a picture file."""
    return MARK + json.dumps(recipe, separators=(",", ":"))


def hash_in(note: str) -> str:
    """The request's hash in what `to_note` made; "" in anything else."""
    try:
        found = json.loads(note.removeprefix(MARK))
    except (ValueError, RecursionError):
        return ""
    hashed = found.get("request") if isinstance(found, dict) else None
    return hashed if isinstance(hashed, str) else ""


def _choice(request: Request[File]) -> Choice:
    """On the tab that has room for it."""
    styles: tuple[str | None, ...] = tuple(map(str, request.styles))
    regions, parts, controls = _named(request.regions), _named(request.style_regions), request.controls
    if regions or parts:
        tab, empty = "paint", PLACES - len(styles)
        styles += (None,) * empty
        regions = regions and replace(regions, strengths=(*regions.strengths, *(1.0,) * empty))
        controls = replace(controls, mix=None)
    else:
        tab = "one" if len(styles) == 1 else "mix"
        # The page's weights end at 1; the shares are the same.
        controls = replace(controls, mix=controls.mix and tuple(weight / max(controls.mix) for weight in controls.mix))
    named = Request[str | None](
        str(request.content),
        styles,
        controls,
        request.max_side,
        regions,
        request.polish,
        request.stroke_size,
        request.enlarge,
        request.dpi,
        request.match_regions,
        parts,
    )
    return Choice(tab, named)


def _named(regions: Regions[File] | None) -> Regions[str | None] | None:
    if regions is None:
        return None
    return Regions(regions.drawn, tuple(map(str, regions.pictures)), regions.softness, regions.strengths)
