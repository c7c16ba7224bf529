"""The pictures of the vote are painted once each, and listed so that they can be voted on."""

import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image

import sanet
from benchmarks import vote_pictures
from sanet.image.size import fit
from sanet.paths import EXAMPLES
from sanet.votes.pictures import read_exhibition


class PlainMethods:
    """Hands the photograph back, and remembers what it was asked."""

    asked: ClassVar[list[str]] = []

    def __init__(self, engine: Any) -> None:
        pass

    def paint(self, name: str, content: Image.Image, style: Image.Image, max_side: int, steps: int) -> Image.Image:
        self.asked.append(name)
        return fit(content, max_side)


def test_what_is_missing_is_painted_and_all_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote_pictures, "Methods", PlainMethods)
    monkeypatch.setattr(vote_pictures, "COMBINATIONS", (("koala", "ducks"), ("honey-bee", "poppies")))
    monkeypatch.setattr(PlainMethods, "asked", [])
    monkeypatch.setattr(sanet, "load", lambda *options: None)
    monkeypatch.setattr(sys, "argv", ["vote_pictures", "--out", str(tmp_path)])
    vote_pictures.main()
    shown = read_exhibition(tmp_path)
    assert shown is not None
    assert (shown.combinations, shown.methods) == (vote_pictures.COMBINATIONS, vote_pictures.NAMES)
    assert PlainMethods.asked == [*vote_pictures.NAMES] * 2
    assert max(Image.open(shown.file("koala", "ducks", "wct")).size) == 384
    shown.file("honey-bee", "poppies", "gatys").unlink()
    vote_pictures.main()
    assert PlainMethods.asked[10:] == ["gatys"]


def test_the_examples_are_there() -> None:
    for photograph, style in vote_pictures.COMBINATIONS:
        assert (EXAMPLES / "content" / f"{photograph}.jpg").is_file()
        assert (EXAMPLES / "style" / f"{style}.jpg").is_file()
    assert 12 <= len(set(vote_pictures.COMBINATIONS)) == len(vote_pictures.COMBINATIONS) <= 16
