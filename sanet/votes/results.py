"""What votes say: shares with Wilson's intervals, and the scores of Bradley and Terry. Knows no file and no page.

Votes are taken to be independent of each other. Those of one browser on several pairs are not quite, so that the true
intervals are somewhat wider.
"""

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

import numpy as np

Z = 1.959964  # of a 95 % interval
STEPS, CLOSE = 10_000, 1e-10


class Measured(NamedTuple):
    """An estimate and its 95 % interval."""

    value: float
    low: float
    high: float


class Standing(NamedTuple):
    """One method by one question."""

    chosen: int  # votes
    shown: int  # votes on a pair that it was in
    share: Measured  # chosen / shown
    score: Measured


def standings(wins: Mapping[tuple[str, str], int]) -> dict[str, Standing]:
    """Every method in `wins`, (winner, loser) -> votes, the best score first."""
    methods = sorted({method for pair in wins for method in pair})
    scores = bradley_terry(wins)
    found = {}
    for method in methods:
        chosen = sum(count for (winner, _), count in wins.items() if winner == method)
        shown = sum(count for pair, count in wins.items() if method in pair)
        found[method] = Standing(chosen, shown, wilson(chosen, shown), scores[method])
    return dict(sorted(found.items(), key=lambda item: -item[1].score.value))


def wilson(chosen: int, shown: int) -> Measured:
    """A share with the interval of Wilson (1927), which holds for few votes and for shares near 0 and 1, too."""
    if not shown:
        return Measured(0.5, 0.0, 1.0)
    share, square = chosen / shown, Z**2 / shown
    middle = (share + square / 2) / (1 + square)
    reach = Z / (1 + square) * sqrt(share * (1 - share) / shown + square / (4 * shown))
    return Measured(share, max(0.0, middle - reach), min(1.0, middle + reach))


def bradley_terry(wins: Mapping[tuple[str, str], int]) -> dict[str, Measured]:
    """Scores s with P(i is preferred to j) = 1 / (1 + exp(s_j - s_i)), and mean 0 over the methods.

    By the minorisation-maximisation of Hunter (2004); intervals from the Fisher information. Every pair of methods
    begins with half a vote for each side, without which the score of a method that never lost would be infinite.
    """
    methods = sorted({method for pair in wins for method in pair})
    if not methods:
        return {}
    won = np.full((len(methods), len(methods)), 0.5)  # (M, M), winners in rows
    for (winner, loser), count in wins.items():
        won[methods.index(winner), methods.index(loser)] += count
    np.fill_diagonal(won, 0.0)
    scores = np.log(_strengths(won))
    errors = np.sqrt(np.diag(np.linalg.pinv(_information(won, scores))))
    return {
        method: Measured(float(score), float(score - Z * error), float(score + Z * error))
        for method, score, error in zip(methods, scores, errors, strict=True)
    }


def _strengths(won: np.ndarray) -> np.ndarray:
    """Positive, with geometric mean 1."""
    met, strengths = won + won.T, np.ones(len(won))
    for _ in range(STEPS):
        new = won.sum(axis=1) / (met / np.add.outer(strengths, strengths)).sum(axis=1)
        new /= np.exp(np.log(new).mean())
        if np.abs(new / strengths - 1).max() < CLOSE:
            return new
        strengths = new
    return strengths


def _information(won: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Of the scores; a matrix whose rows add up to 0, for only differences of scores can be seen."""
    preferred = 1 / (1 + np.exp(np.subtract.outer(scores, scores)))
    seen = (won + won.T) * preferred * (1 - preferred)
    return np.diag(seen.sum(axis=1)) - seen
