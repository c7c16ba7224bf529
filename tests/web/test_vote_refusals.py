"""Every refusal of a vote that has a text is provoked in the real functions, and said in the visitor's language."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sanet.votes import store
from sanet.votes.store import LEFT, Pair, Vote, VoteStore
from tests.support.locales import check_said

VOTES = [
    Vote(Pair("koala", "ducks", *methods), (LEFT, LEFT, LEFT), "en", 5000) for methods in (("wct", "adain"), "ab", "cd")
]
KEY = "a" * 16


def filled(folder: Path, **bounds: int) -> VoteStore:
    """With one vote of `KEY`."""
    votes = VoteStore(folder / "votes.sqlite", **bounds)
    votes.add(VOTES[0], KEY)
    return votes


def locked(folder: Path) -> None:
    votes, other = filled(folder), sqlite3.connect(folder / "votes.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        votes.add(VOTES[1], KEY)
    finally:
        other.execute("ROLLBACK")


def unreadable(folder: Path) -> Any:
    votes = filled(folder)
    votes.close()
    return votes.wins()


ABOUT_VOTES: dict[str, Callable[[Path], Any]] = {
    "error_vote_twice": lambda folder: filled(folder).add(VOTES[0], KEY),
    "error_vote_many": lambda folder: filled(folder, of_browser=1).add(VOTES[1], KEY),
    "error_vote_busy": lambda folder: filled(folder, in_all=1).add(VOTES[1], "b" * 16),
    "error_vote_unwritten": locked,
    "error_vote_unread": unreadable,
    "error_vote_unfit": lambda folder: filled(folder).add(VOTES[1], "short"),
}


@pytest.mark.parametrize("locale", ["en", "zh-CN", "ko"])
@pytest.mark.parametrize("key", ABOUT_VOTES)
def test_what_is_refused_of_votes(key: str, locale: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.01)
    check_said(key, locale, lambda: ABOUT_VOTES[key](tmp_path))
