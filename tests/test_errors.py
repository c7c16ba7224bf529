"""Sentences that carry their template and values."""

import copy
import pickle

import pytest

from sanet.errors import Message, RefusedError, message_of

NARROW = RefusedError("{width} pixels are too {how}.", width=3, how="few {here}")


def test_a_message_reads_as_a_string():
    message = Message("Painting {number} of {count}", number=2, count=5)
    assert message == "Painting 2 of 5"
    assert (message.template, message.values) == ("Painting {number} of {count}", {"number": 2, "count": 5})


def test_values_may_be_called_like_the_parameters():
    assert Message("{cls} {template} {self}", cls=1, template=2, self=3) == "1 2 3"
    assert str(RefusedError("{self} {template}", template=2, self=3)) == "3 2"


def test_an_error_says_its_message():
    assert str(NARROW) == NARROW.message == message_of(NARROW) == "3 pixels are too few {here}."
    assert message_of(ValueError("no {pixels}")) == "no {pixels}"
    assert isinstance(NARROW, ValueError)


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))], ids=["copy", "pickle"])
def test_an_error_goes_to_another_process_whole(again):
    error = again(NARROW)
    assert type(error) is RefusedError
    assert str(error) == str(NARROW)
    assert (error.message.template, error.message.values) == (NARROW.message.template, NARROW.message.values)


def test_an_error_inside_another_keeps_its_message_and_nothing_else():
    outer = RefusedError("{path}: {problem}", path="a{0}.png", problem=NARROW)
    assert str(outer) == "a{0}.png: 3 pixels are too few {here}."
    problem = outer.message.values["problem"]
    assert isinstance(problem, Message)
    assert problem.template == NARROW.message.template
    assert RefusedError("{error}", error=OSError("gone")).message.values == {"error": "gone"}


def test_a_whole_message_is_taken_as_it_is():
    assert RefusedError(NARROW.message).message is NARROW.message
