"""The votes of visitors, in a file of SQLite that several processes may write, and that survives being killed.

Each vote is a transaction that lies on the disk before `add` returns. Knows no page and no picture, only names.
"""

import hashlib
import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sanet.errors import RefusedError

LEFT, RIGHT = SIDES = ("left", "right")
QUESTIONS = ("style", "photograph", "keep")  # closer to the style? keeps the photograph better? which would you keep?
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
MINUTE = 60.0  # seconds
LONGEST = 3_600_000  # milliseconds; who takes longer was away
PATIENCE = 10.0  # seconds to wait for other writers
PAGE = 4096  # bytes
TWICE = "You have voted on this pair already; here each browser has one vote on a pair."
MANY = "This browser has voted {count} times within a minute; go on in a moment."
MANY_IN_ALL = "Very many people are voting at the moment; go on in a minute."
UNWRITTEN = "The vote could not be stored, the server has no room for it or is busy; try again in a moment."
UNREAD = "The votes cannot be read at the moment; try again in a moment."
UNUSABLE = "The votes in {path} cannot be used: {problem}."
UNFIT = "This is no vote on a pair of this page; load the page again."

TABLES = """
CREATE TABLE IF NOT EXISTS salt (salt BLOB NOT NULL);
INSERT INTO salt SELECT randomblob(16) WHERE NOT EXISTS (SELECT 1 FROM salt);
CREATE TABLE IF NOT EXISTS votes (
  number INTEGER PRIMARY KEY,
  voted_at REAL NOT NULL,
  browser BLOB NOT NULL,
  photograph TEXT NOT NULL,
  style TEXT NOT NULL,
  left_method TEXT NOT NULL,
  right_method TEXT NOT NULL CHECK (right_method <> left_method),
  closer_to_style TEXT NOT NULL CHECK (closer_to_style IN ('left', 'right')),
  keeps_photograph TEXT NOT NULL CHECK (keeps_photograph IN ('left', 'right')),
  would_keep TEXT NOT NULL CHECK (would_keep IN ('left', 'right')),
  language TEXT NOT NULL,
  milliseconds INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_vote_on_a_pair ON votes
  (browser, photograph, style, min(left_method, right_method), max(left_method, right_method));
CREATE INDEX IF NOT EXISTS by_time ON votes (voted_at, browser);
"""
LATELY = "SELECT count(*), coalesce(sum(browser = ?), 0) FROM votes WHERE voted_at > ?"
ANSWERS = ("closer_to_style", "keeps_photograph", "would_keep")  # in the order of QUESTIONS
COLUMNS = ("voted_at", "photograph", "style", "left_method", "right_method", *ANSWERS, "language", "milliseconds")
INSERT = f"INSERT INTO votes (browser, {', '.join(COLUMNS)}) VALUES (?{', ?' * len(COLUMNS)})"
TALLY = "SELECT left_method, right_method, {answer}, count(*) FROM votes GROUP BY 1, 2, 3"


class Pair(NamedTuple):
    """Two results of one photograph in one style, and on which side each is shown."""

    photograph: str
    style: str
    left: str  # methods
    right: str

    @property
    def unordered(self) -> tuple[str, str, frozenset[str]]:
        """The same whichever is shown on the left."""
        return self.photograph, self.style, frozenset((self.left, self.right))


class Vote(NamedTuple):
    """The answers to `QUESTIONS` about a pair: each LEFT or RIGHT."""

    pair: Pair
    answers: tuple[str, str, str]
    language: str
    milliseconds: int  # to answer


Wins = Counter[tuple[str, str]]  # (winner, loser) -> votes


class VoteStore:
    """One file of votes. To be used from any thread; other processes may have the same file open."""

    def __init__(self, path: Path | None, of_browser: int = 20, in_all: int = 300, max_bytes: int = 50_000_000) -> None:
        """Without a `path` the votes are forgotten with the store. `of_browser`, `in_all`: most votes in a minute.

        Raises `RefusedError` for a file that cannot be opened or is none of votes.
        """
        self.is_lasting = path is not None
        self._of_browser, self._in_all = of_browser, in_all
        self._lock = threading.Lock()
        try:
            self._file = sqlite3.connect(path or "", timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            self._file.execute(f"PRAGMA max_page_count = {max_bytes // PAGE}")
            self._file.execute("PRAGMA synchronous = FULL")
            self._write_ahead()
            with self._writing():
                for statement in filter(str.strip, TABLES.split(";")):
                    self._file.execute(statement)
                (self._salt,) = self._file.execute("SELECT salt FROM salt").fetchone()
        except sqlite3.Error as error:
            raise RefusedError(UNUSABLE, path=path, problem=str(error)) from error

    def add(self, vote: Vote, key: str) -> None:
        """Store a vote; once this returns, nothing but the loss of the disk takes it away.

        `key`: what the browser calls itself, of which only a salted hash is kept. Raises `RefusedError` for a second
        vote on a pair, for too many within a minute, for what is no vote, and where nothing can be written.
        """
        check(vote)
        browser, now = self._browser(key), time.time()
        row = (now, *vote.pair, *vote.answers, vote.language, vote.milliseconds)
        with self._lock:
            try:
                with self._writing():
                    self._check_pace(browser, now)
                    self._file.execute(INSERT, (browser, *row))
            except sqlite3.IntegrityError as error:
                raise RefusedError(TWICE) from error
            except sqlite3.Error as error:
                raise RefusedError(UNWRITTEN) from error

    def voted_on(self, key: str) -> set[tuple[str, str, frozenset[str]]]:
        """The pairs, as `Pair.unordered`, that a browser has voted on."""
        browser = self._browser(key)
        asked = "SELECT photograph, style, left_method, right_method FROM votes WHERE browser = ?"
        return {Pair(*row).unordered for row in self._read(asked, (browser,))}

    def wins(self) -> dict[str, Wins]:
        """By question, how many votes preferred one method to another."""
        found: dict[str, Wins] = {}
        for question, answer in zip(QUESTIONS, ANSWERS, strict=True):
            wins = found[question] = Counter()
            for left, right, chosen, count in self._read(TALLY.format(answer=answer)):
                wins[(left, right) if chosen == LEFT else (right, left)] += count
        return found

    def rows(self) -> Iterator[dict[str, str | int]]:
        """Every vote in the order of time, by `COLUMNS`: all that is kept but the browser."""
        for row in self._read(f"SELECT {', '.join(COLUMNS)} FROM votes ORDER BY number"):
            named = dict(zip(COLUMNS, row, strict=True))
            yield named | {"voted_at": datetime.fromtimestamp(row[0], UTC).isoformat(timespec="seconds")}

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _write_ahead(self) -> None:
        """While one process makes this of a new file, others are refused at once and not after `PATIENCE`."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._file.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
            time.sleep(0.01)

    def _browser(self, key: str) -> bytes:
        if not KEY.fullmatch(key):
            raise RefusedError(UNFIT)
        return hashlib.blake2b(key.encode(), digest_size=16, salt=self._salt).digest()

    def _check_pace(self, browser: bytes, now: float) -> None:
        in_all, of_browser = self._file.execute(LATELY, (browser, now - MINUTE)).fetchone()
        if of_browser >= self._of_browser:
            raise RefusedError(MANY, count=of_browser)
        if in_all >= self._in_all:
            raise RefusedError(MANY_IN_ALL)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction, begun as a writer so that what it reads still holds when it writes."""
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._file.execute("COMMIT")
        except BaseException:
            if self._file.in_transaction:  # a full disk has already ended it
                self._file.execute("ROLLBACK")
            raise

    def _read(self, asked: str, values: tuple[object, ...] = ()) -> list[tuple]:
        with self._lock:
            try:
                return self._file.execute(asked, values).fetchall()
            except sqlite3.Error as error:
                raise RefusedError(UNREAD) from error


def check(vote: Vote) -> None:
    """Raises `RefusedError` for answers that are none."""
    is_pair = vote.pair.left != vote.pair.right
    if not (is_pair and len(vote.answers) == len(QUESTIONS) and set(vote.answers) <= set(SIDES)):
        raise RefusedError(UNFIT)
    if not 0 <= vote.milliseconds <= LONGEST:
        raise RefusedError(UNFIT)
