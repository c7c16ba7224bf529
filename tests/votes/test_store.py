"""Votes are kept once each, within bounds, and outlive processes that are killed while they write."""

import itertools
import multiprocessing
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from itertools import combinations, permutations
from math import exp
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from sanet.paths import ROOT
from sanet.votes.results import standings
from sanet.votes.store import LEFT, QUESTIONS, RIGHT, Pair, Vote, VoteStore

# The log of how much each is liked; the last two questions are answered the other way round.
LIKED = {"sanet": 0.8, "gatys": 0.5, "wct": 0.0, "avatar-net": -0.4, "adain": -0.9}
MANY = 10**9
FORK = multiprocessing.get_context("fork")
# Votes of the people argv[2] to argv[3], each told once it is stored. Who is told that the server is busy tries again.
VOTER = """
import sys
from pathlib import Path
from tests.votes.test_store import simulated, store_at
store = store_at(Path(sys.argv[1]))
for person in range(int(sys.argv[2]), int(sys.argv[3])):
    while True:
        try:
            store.add(simulated(person), f"person-number-{person:06}")
            break
        except ValueError as error:
            if "could not be stored" not in str(error):
                raise
    print(person, flush=True)
"""
# Votes until the file may grow no further, says what is told then, and votes once more after that.
FULL = """
import resource, sys
from pathlib import Path
from tests.votes.test_store import simulated, store_at
store = store_at(Path(sys.argv[1]))
unbounded = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, unbounded[1]))
person = 0
try:
    while True:
        store.add(simulated(person), f"person-number-{person:06}")
        person += 1
except ValueError as error:
    print(person, error, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, unbounded)
store.add(simulated(person), f"person-number-{person:06}")
"""


def store_at(path: Path, of_browser: int = MANY, in_all: int = MANY) -> VoteStore:
    return VoteStore(path, of_browser, in_all)


def simulated(person: int) -> Vote:
    """What somebody votes who prefers one to another with the odds that `LIKED` says."""
    chance = random.Random(person)
    left, right = chance.sample(list(LIKED), 2)
    lead = LIKED[left] - LIKED[right]
    answers = tuple(LEFT if chance.random() < 1 / (1 + exp(-way * lead)) else RIGHT for way in (1, -1, -1))
    return Vote(Pair("koala", "ducks", left, right), answers, "ko", 4000 + person)


def start(path: Path, first: int, end: int) -> subprocess.Popen:
    command = [sys.executable, "-c", VOTER, str(path), str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def kept(path: Path) -> Counter[int]:
    """The people whose votes are there, by the time that each took."""
    return Counter(int(row["milliseconds"]) - 4000 for row in store_at(path).rows())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "votes.sqlite"


@pytest.fixture
def store(path: Path) -> VoteStore:
    return store_at(path)


VOTE = Vote(Pair("koala", "ducks", "sanet", "wct"), (LEFT, RIGHT, LEFT), "en", 5000)


def test_a_vote_is_found_by_a_store_that_starts_later_without_the_browser(path: Path, store: VoteStore) -> None:
    key = secrets.token_urlsafe(16)
    store.add(VOTE, key)
    (row,) = store_at(path).rows()
    assert str(row.pop("voted_at")).startswith(time.strftime("%Y-", time.gmtime()))
    assert list(row.values()) == ["koala", "ducks", "sanet", "wct", "left", "right", "left", "en", 5000]
    assert store_at(path).voted_on(key) == {("koala", "ducks", frozenset(("sanet", "wct")))}
    assert store_at(path).voted_on(secrets.token_urlsafe(16)) == set()
    store.close()
    assert key.encode() not in path.read_bytes()


def test_wins_are_counted_by_question_whichever_side_it_was_shown_on(store: VoteStore) -> None:
    store.add(VOTE, "a" * 16)
    store.add(VOTE._replace(pair=Pair("koala", "ducks", "wct", "sanet")), "b" * 16)
    won, lost = ("sanet", "wct"), ("wct", "sanet")
    assert store.wins() == {key: Counter({won: 1, lost: 1}) for key in QUESTIONS}
    store.add(VOTE, "c" * 16)
    assert [wins[won] for wins in store.wins().values()] == [2, 1, 2]


def test_a_browser_has_one_vote_on_a_pair_on_either_side(store: VoteStore) -> None:
    store.add(VOTE, "a" * 16)
    with pytest.raises(ValueError, match="have voted on this pair already"):
        store.add(VOTE._replace(pair=Pair("koala", "ducks", "wct", "sanet")), "a" * 16)
    store.add(VOTE._replace(pair=Pair("koala", "poppies", "sanet", "wct")), "a" * 16)
    store.add(VOTE, "b" * 16)
    assert len(list(store.rows())) == 3


@pytest.mark.parametrize(
    ("vote", "key"),
    [
        (VOTE._replace(answers=(LEFT, RIGHT, "both")), "a" * 16),
        (VOTE._replace(answers=(LEFT, RIGHT)), "a" * 16),
        (VOTE._replace(pair=Pair("koala", "ducks", "wct", "wct")), "a" * 16),
        (VOTE._replace(milliseconds=-1), "a" * 16),
        (VOTE._replace(milliseconds=10**12), "a" * 16),
        (VOTE, "short"),
        (VOTE, "a" * 65),
    ],
)
def test_what_is_no_vote_is_refused(store: VoteStore, vote: Vote, key: str) -> None:
    with pytest.raises(ValueError, match="no vote on a pair"):
        store.add(vote, key)
    assert list(store.rows()) == []


def test_a_minute_has_so_many_votes_of_a_browser_and_of_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, now = store_at(path, of_browser=2, in_all=3), time.time()
    pairs = [Pair("koala", "ducks", *methods) for methods in combinations(LIKED, 2)]
    add = [lambda key, pair=pair: store.add(VOTE._replace(pair=pair), key * 16) for pair in pairs]
    monkeypatch.setattr(time, "time", lambda: now)
    add[0]("a")
    add[1]("a")
    with pytest.raises(ValueError, match="has voted 2 times within a minute"):
        add[2]("a")
    add[2]("b")
    with pytest.raises(ValueError, match="Very many people"):
        store_at(path, of_browser=2, in_all=3).add(VOTE, "c" * 16)
    monkeypatch.setattr(time, "time", lambda: now + 61)
    add[3]("a")
    assert len(list(store.rows())) == 4


def fill(store: VoteStore, taken: list[int]) -> None:
    """Store votes until one is refused; `taken` gets the number of each that was not."""
    for number in itertools.count():
        store.add(simulated(number), f"person-number-{number:06}")
        taken.append(number)


def test_a_file_that_is_full_takes_no_vote_and_loses_none(path: Path) -> None:
    taken: list[int] = []
    with pytest.raises(ValueError, match="could not be stored"):
        fill(VoteStore(path, MANY, MANY, max_bytes=80_000), taken)
    count = len(taken)
    assert count > 100
    assert kept(path) == Counter(range(count))
    store_at(path).add(simulated(count), "with-more-room-again")
    assert kept(path) == Counter(range(count + 1))


def test_a_disk_that_is_full_takes_no_vote_and_loses_none(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    count, sentence = done.stdout.split(maxsplit=1)
    assert sentence.startswith("The vote could not be stored")
    assert int(count) > 10
    assert kept(path) == Counter(range(int(count) + 1))


def test_a_locked_file_costs_a_sentence(path: Path, store: VoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(simulated(0), "person-number-000000")
    monkeypatch.setattr("sanet.votes.store.PATIENCE", 0.05)
    impatient, other = store_at(path), sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ValueError, match="could not be stored"):
        impatient.add(simulated(1), "person-number-000001")
    assert sum(impatient.wins()["keep"].values()) == 1
    other.execute("ROLLBACK")
    impatient.add(simulated(1), "person-number-000001")
    assert kept(path) == Counter((0, 1))


def test_a_file_of_something_else_is_refused(path: Path) -> None:
    path.write_text("no votes " * 1000)
    with pytest.raises(ValueError, match=r"votes\.sqlite cannot be used"):
        store_at(path)


def test_without_a_file_votes_are_counted_until_the_end() -> None:
    store = VoteStore(None)
    store.add(VOTE, "a" * 16)
    assert not store.is_lasting
    assert sum(store.wins()["style"].values()) == 1
    assert list(VoteStore(None).rows()) == []


def begin(path: Path, together: Barrier, person: int) -> None:
    """What each process does with a file that is not there yet."""
    together.wait()
    store_at(path).add(simulated(person), f"person-number-{person:06}")


def test_processes_that_begin_a_file_together_all_vote(tmp_path: Path) -> None:
    for number in range(10):
        path, together = tmp_path / f"{number}.sqlite", FORK.Barrier(8)
        voters = [FORK.Process(target=begin, args=(path, together, person)) for person in range(8)]
        for voter in voters:
            voter.start()
        for voter in voters:
            voter.join()
        assert [voter.exitcode for voter in voters] == [0] * 8
        assert kept(path) == Counter(range(8))


@pytest.mark.slow
def test_8_processes_lose_none_of_5000_votes_which_give_the_ranking_back(path: Path) -> None:
    voters = [start(path, first, first + 625) for first in range(0, 5000, 625)]
    told = [line for voter in voters for line in voter.communicate()[0].split()]
    assert [voter.returncode for voter in voters] == [0] * 8
    assert kept(path) == Counter(map(int, told)) == Counter(range(5000))
    for way, wins in zip((1, -1, -1), store_at(path).wins().values(), strict=True):
        found = standings(wins)
        assert list(found) == sorted(LIKED, key=lambda method: -way * LIKED[method])
        for better, worse in permutations(LIKED, 2):
            lead = way * (LIKED[better] - LIKED[worse])
            assert (found[better].score.value > found[worse].score.value) == (lead > 0)
        for method, liked in LIKED.items():
            assert found[method].score.low < way * liked < found[method].score.high


@pytest.mark.slow
def test_no_vote_that_was_told_is_lost_while_voters_are_killed(path: Path) -> None:
    """Two go on all the time; a third is killed again and again, and the next begins where it was."""
    steady = [start(path, first, first + 400) for first in (100_000, 200_000)]
    chance, kills, of_victims = random.Random(2), 0, ""
    while any(voter.poll() is None for voter in steady) or kills < 15:
        victim = start(path, 1000 * kills, 1000 * kills + 999)
        assert victim.stdout is not None
        of_victims += victim.stdout.readline()
        time.sleep(chance.uniform(0, 0.1))
        victim.send_signal(signal.SIGKILL)
        of_victims += "".join(line for line in victim.communicate()[0].splitlines(True) if line.endswith("\n"))
        kills += 1
    told = of_victims.split() + [line for voter in steady for line in voter.communicate()[0].split()]
    assert [voter.returncode for voter in steady] == [0, 0]
    assert len(told) >= 800 + kills
    found = kept(path)
    assert set(map(int, told)) <= set(found)
    assert set(found.values()) == {1}
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
