"""Where votes go: beside the shares, where the operator says, or nowhere."""

from pathlib import Path

import pytest

from sanet.votes.store import VoteStore
from sanet.web.serving import serve
from sanet.web.serving.limits import Limits
from sanet.web.serving.serve import votes_file, voting_booth
from tests.support.exhibition import exhibition


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({}, "shares/votes.sqlite"),
        ({"SANET_SHARE_DIR": "/data/shares"}, "/data/shares/votes.sqlite"),
        ({"SANET_SHARE_DIR": "/data/shares", "SANET_VOTES": "/data/a.sqlite"}, "/data/a.sqlite"),
        ({"SPACE_ID": "a/b", "SANET_SHARE_DIR": "/data/shares"}, "/data/shares/votes.sqlite"),
        ({"SPACE_ID": "a/b"}, None),
        ({"SANET_SHARE_DIR": ""}, None),
        ({"SANET_VOTES": ""}, None),
    ],
)
def test_the_file(environment: dict[str, str], path: str | None) -> None:
    assert votes_file(environment) == (Path(path) if path else None)


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sanet.paths.EXAMPLES", tmp_path)
    return tmp_path


def test_there_is_no_booth_without_pictures(examples: Path, tmp_path: Path) -> None:
    assert voting_booth({"SANET_VOTES": str(tmp_path / "votes.sqlite")}, Limits()) is None
    assert list(tmp_path.iterdir()) == []


def store(environment: dict[str, str], examples: Path) -> VoteStore:
    exhibition(examples / "votes")
    booth = voting_booth(environment, Limits())
    assert booth is not None
    return booth.store


def test_a_folder_that_cannot_be_written_is_refused_if_it_was_named(examples: Path) -> None:
    assert store({"SANET_VOTES": str(examples / "a" / "votes.sqlite")}, examples).is_lasting
    assert not store({"SANET_VOTES": ""}, examples).is_lasting
    with pytest.raises(ValueError, match=r"/proc/votes cannot be written .* set SANET_VOTES"):
        store({"SANET_VOTES": "/proc/votes/votes.sqlite"}, examples)


def test_else_votes_are_forgotten_and_the_log_says_so(examples: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert not store({"SANET_SHARE_DIR": "/proc/shares"}, examples).is_lasting
    assert "votes are forgotten" in caplog.text
    assert serve.logger.name in {record.name for record in caplog.records}
