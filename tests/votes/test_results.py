"""Shares and scores, against tables, closed forms and simulations."""

import random
from collections import Counter
from math import exp, log

import pytest

from sanet.votes.results import bradley_terry, standings, wilson

LIKED = {"a": 1.0, "b": 0.2, "c": -0.3, "d": -0.9}


def test_wilson_gives_the_published_intervals() -> None:
    """Newcombe (1998), table I, method 3."""
    for chosen, shown, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        assert wilson(chosen, shown) == pytest.approx((chosen / shown, low, high), abs=6e-5)
    assert wilson(29, 29)[1:] == pytest.approx((0.8830, 1.0), abs=6e-5)
    assert wilson(0, 0) == (0.5, 0.0, 1.0)


def test_two_methods_have_the_log_of_their_odds() -> None:
    """The half vote for each side counts; the variance of the log of odds is 1/n + 1/m."""
    found = bradley_terry({("a", "b"): 300, ("b", "a"): 100})
    lead = log(300.5 / 100.5)
    reach = 1.959964 * (1 / 300.5 + 1 / 100.5) ** 0.5
    assert found["a"] == pytest.approx((lead / 2, (lead - reach) / 2, (lead + reach) / 2))
    assert found["b"].value == pytest.approx(-lead / 2)


def test_a_method_that_never_lost_has_a_finite_score() -> None:
    found = bradley_terry({("a", "b"): 5, ("b", "c"): 5})
    assert found["a"].value > found["b"].value > found["c"].value
    assert found["a"].high < 10


def test_nine_of_ten_intervals_or_more_hold_the_truth() -> None:
    """Of 95 % intervals; 400 of them miss more than 40 times once in 10,000 times."""
    held = 0
    for seed in range(100):
        chance, wins = random.Random(seed), Counter()
        for _ in range(300):
            one, other = chance.sample(list(LIKED), 2)
            first = chance.random() < 1 / (1 + exp(LIKED[other] - LIKED[one]))
            wins[(one, other) if first else (other, one)] += 1
        found = bradley_terry(wins)
        held += sum(found[name].low < liked < found[name].high for name, liked in LIKED.items())
    assert 360 <= held < 400


def test_standings_are_in_the_order_of_scores() -> None:
    found = standings({("a", "b"): 1, ("b", "a"): 3, ("c", "b"): 4})
    assert list(found) == ["c", "b", "a"]
    assert [(one.chosen, one.shown) for one in found.values()] == [(4, 4), (3, 8), (1, 4)]
    assert found["b"].share == wilson(3, 8)
    assert standings({}) == {}
