"""Tab "Vote", without a server: which pair comes, what becomes of answers, and what is told of all of them."""

import json
import secrets
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from sanet.votes.store import LEFT, RIGHT, Pair, Vote, VoteStore
from sanet.web.page import build_app
from sanet.web.tabs.vote import Booth, show_next, take_vote
from tests.support.exhibition import exhibition
from tests.support.fake_engine import FakeEngine
from tests.support.locales import asking_for

PAIR = Pair("koala", "great-wave", "wct", "sanet")


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    return Booth(exhibition(tmp_path), VoteStore(tmp_path / "votes.sqlite"))


def ballot(key: str, *answers: str) -> dict[str, Any]:
    return {"key": key, "answers": list(answers), "milliseconds": 4321}


def test_a_browser_is_shown_every_pair_once_and_never_what_it_is(booth: Booth) -> None:
    key, pair, seen = secrets.token_urlsafe(16), None, set()
    for _ in range(6):
        widget, pair, note = show_next(booth, ballot(key), pair)
        assert pair is not None
        assert note == ""
        assert set(widget.props["pictures"]) == {"photograph", "style", "left", "right"}
        assert all(address.startswith("data:image/") for address in widget.props["pictures"].values())
        assert widget.props["methods"] == []
        seen.add(pair.unordered)
        take_vote(booth, ballot(key, LEFT, RIGHT, LEFT), pair)
    assert len(seen) == 6
    widget, pair, note = show_next(booth, ballot(key), None)
    assert (widget.props["pictures"], pair, note) == ({}, None, "You have voted on every pair. Thank you!")


def test_skipping_shows_another_pair(booth: Booth) -> None:
    for _ in range(20):
        _, pair, _ = show_next(booth, ballot("a" * 16), PAIR)
        assert pair is not None
        assert pair.unordered != PAIR.unordered


def test_a_vote_is_stored_in_the_visitors_language_and_the_results_are_told(booth: Booth) -> None:
    for person in range(8):
        booth.store.add(Vote(PAIR, (RIGHT, LEFT, RIGHT), "en", 1000), f"person-number-{person:06}")
    visitor = SimpleNamespace(headers={"accept-language": "ko"})
    with asking_for("ko"):
        widget, pair, note, results, count, chart, table = take_vote(
            booth, ballot("a" * 16, LEFT, LEFT, RIGHT), PAIR, visitor
        )
    assert (widget.props["methods"], pair, note) == (["WCT", "SANet"], None, "")
    assert results["visible"] is True
    assert count.startswith("지금까지 9표")
    last = list(booth.store.rows())[-1]
    assert list(last.values())[1:] == [*PAIR, "left", "left", "right", "ko", 4321]
    values = json.loads(chart.plot)["data"]["values"]
    shares = {(value["question"], value["method"]): round(value["share"]) for value in values}
    assert shares == {
        ("화풍에 더 가까움", "SANet"): 89,
        ("화풍에 더 가까움", "WCT"): 11,
        ("사진을 살림", "SANet"): 0,
        ("사진을 살림", "WCT"): 100,
        ("간직할 것", "SANet"): 100,
        ("간직할 것", "WCT"): 0,
    }
    sanet = next(line for line in table.splitlines() if line.startswith("| SANet"))
    assert sanet.replace("\u00a0", " ").replace("\u2060", "").startswith("| SANet | 89 % (57–98) | 0 % (0–30) | 100 %")


@pytest.mark.parametrize(
    ("cast", "pair"),
    [
        (None, PAIR),
        ("a", PAIR),
        ({}, PAIR),
        (ballot("a" * 16, LEFT, RIGHT), PAIR),
        (ballot("a" * 16, LEFT, RIGHT, "both"), PAIR),
        (ballot("short", LEFT, RIGHT, LEFT), PAIR),
        (ballot("a" * 16, LEFT, RIGHT, LEFT) | {"milliseconds": "soon"}, PAIR),
        (ballot("a" * 16, LEFT, RIGHT, LEFT) | {"milliseconds": float("inf")}, PAIR),
        (ballot("a" * 16, LEFT, RIGHT, LEFT), None),
    ],
)
def test_what_is_no_vote_is_one_sentence(booth: Booth, cast: Any, pair: Pair | None) -> None:
    with pytest.raises(gr.Error, match="no vote on a pair"):
        take_vote(booth, cast, pair)
    assert list(booth.store.rows()) == []


def test_the_tab_is_there_with_something_to_vote_on(booth: Booth) -> None:
    def ids(page: gr.Blocks) -> set[str | None]:
        return {block.elem_id for block in page.blocks.values()}

    forgetful = booth._replace(store=VoteStore(None))
    assert not {"tab-vote", "vote-ballot"} & ids(build_app(FakeEngine()))
    assert {"tab-vote", "vote-ballot"} <= (lasting := ids(build_app(FakeEngine(), booth=booth)))
    assert "vote-forgotten" not in lasting
    assert "vote-forgotten" in ids(build_app(FakeEngine(), booth=forgetful))
