"""`sanet votes`: what the operator reads of the votes."""

import csv
from pathlib import Path

import pytest

from sanet.votes.store import LEFT, RIGHT, Pair, Vote, VoteStore
from tests.support.command_line import call, one_line

HEAD = [
    *("voted_at", "photograph", "style", "left_method", "right_method"),
    *("closer_to_style", "keeps_photograph", "would_keep", "language", "milliseconds"),
]


@pytest.fixture
def votes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of three votes, where SANET_VOTES says."""
    path = tmp_path / "votes.sqlite"
    store = VoteStore(path)
    for number, side in enumerate((LEFT, LEFT, RIGHT)):
        vote = Vote(Pair("koala", "ducks", "sanet", "adain"), (side, RIGHT, side), "ko", 5000 + number)
        store.add(vote, f"person-number-{number:06}")
    monkeypatch.setenv("SANET_VOTES", str(path))
    return path


def test_every_vote_is_a_line_without_its_browser(votes: Path, tmp_path: Path, capsys) -> None:
    assert call("votes", "export", "-o", tmp_path / "votes.csv") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'votes.csv'}\n"
    with (tmp_path / "votes.csv").open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == HEAD
    assert [row[1:] for row in rows] == [
        ["koala", "ducks", "sanet", "adain", "left", "right", "left", "ko", "5000"],
        ["koala", "ducks", "sanet", "adain", "left", "right", "left", "ko", "5001"],
        ["koala", "ducks", "sanet", "adain", "right", "right", "right", "ko", "5002"],
    ]
    assert call("votes", "export") == 0
    assert capsys.readouterr().out.splitlines()[0] == ",".join(HEAD)


def test_results_are_a_table_for_each_question(votes: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.delenv("SANET_VOTES")
    assert call("votes", "results", "--votes", votes) == 0
    lines = capsys.readouterr().out.splitlines()
    titles = [line for line in lines if line.endswith("votes") or line.endswith(": 3 votes")]
    assert titles == [f"{title}: 3 votes" for title in TITLES]
    first = next(line for line in lines if line.startswith("sanet"))
    assert first.split()[:6] == ["sanet", "3", "66.7", "(", "20.8", "to"]
    kept = [line.split()[0] for line in lines if line.startswith(("sanet", "adain"))]
    assert kept == ["sanet", "adain", "adain", "sanet", "sanet", "adain"]


TITLES = ("Closer to the style", "Keeps the photograph better", "Would be kept")


@pytest.mark.parametrize("command", ["export", "results"])
def test_no_votes_are_one_line(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("votes", command, "--votes", tmp_path / "votes.sqlite") == 2
    assert "There are no votes at" in one_line(capsys)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "other").write_text("no votes " * 1000)
    assert call("votes", command, "--votes", tmp_path / "other") == 2
    assert "cannot be used" in one_line(capsys)
