"""The pictures that are voted on, as they ship: results of several methods for the same photograph and style.

`manifest.json` lists them; `benchmarks/vote_pictures.py` writes it. Knows no vote.
"""

import json
import random
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from sanet.votes.store import Pair

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Exhibition:
    """A folder of results, `<photograph>--<style>/<method>.webp`."""

    folder: Path
    combinations: tuple[tuple[str, str], ...]  # of a photograph and a style, by the names of the examples
    methods: tuple[str, ...]

    def file(self, photograph: str, style: str, method: str) -> Path:
        """Where a result lies."""
        return self.folder / f"{photograph}--{style}" / f"{method}.webp"

    def draw(self, without: Collection[tuple[str, str, frozenset[str]]] = ()) -> Pair | None:
        """Any pair but those in `without`, as `Pair.unordered`, with sides by chance; None if there is no other."""
        pairs = [
            Pair(photograph, style, left, right)
            for photograph, style in self.combinations
            for left, right in combinations(self.methods, 2)
        ]
        left_over = [pair for pair in pairs if pair.unordered not in without]
        if not left_over:
            return None
        pair = random.choice(left_over)
        return random.choice((pair, pair._replace(left=pair.right, right=pair.left)))


def read_exhibition(folder: Path) -> Exhibition | None:
    """What the manifest in `folder` lists; None if there is none. Raises ValueError if a picture of it is missing."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    chosen = tuple((photograph, style) for photograph, style in listed["combinations"])
    found = Exhibition(folder, chosen, tuple(listed["methods"]))
    for photograph, style in chosen:
        for method in found.methods:
            if not (path := found.file(photograph, style, method)).is_file():
                raise ValueError(f"{path} is missing, which {folder / MANIFEST} lists.")
    return found
