"""What is voted on: the pictures that a manifest lists, in pairs by chance."""

from collections import Counter
from pathlib import Path

import pytest

from sanet.paths import EXAMPLES
from sanet.votes.pictures import read_exhibition
from tests.support.exhibition import exhibition


def test_the_manifest_lists_the_pictures(tmp_path: Path) -> None:
    assert read_exhibition(tmp_path) is None
    shown = exhibition(tmp_path)
    assert read_exhibition(tmp_path) == shown
    missing = shown.file("koala", "great-wave", "wct")
    missing.unlink()
    with pytest.raises(ValueError, match=r"wct\.webp is missing"):
        read_exhibition(tmp_path)


def test_what_ships_is_whole_and_small() -> None:
    """Or nothing ships."""
    read_exhibition(EXAMPLES / "votes")
    assert sum(path.stat().st_size for path in (EXAMPLES / "votes").rglob("*.webp")) <= 5_000_000


def test_every_pair_comes_about_as_often_on_either_side_until_it_is_left_out(tmp_path: Path) -> None:
    shown = exhibition(tmp_path)
    drawn = Counter(shown.draw() for _ in range(6000))
    assert len(drawn) == 12  # two combinations, three pairs, two sides
    assert all(350 < count < 650 for count in drawn.values())  # 500 ± 21
    without = set()
    for _ in range(6):
        pair = shown.draw(without)
        assert pair is not None
        assert pair.unordered not in without
        without.add(pair.unordered)
    assert shown.draw(without) is None
