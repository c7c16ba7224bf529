"""JSON as programs send it, read so that nothing in it can harm what comes after. Knows no event and no widget."""

import json
from typing import Any, NoReturn

from sanet.errors import RefusedError

LARGEST = 1e15  # milliseconds since 1970 and sizes of files are below
MOST_VALUES = 20_000
DEEPEST = 32  # lists in lists
NO_JSON = "The request is not JSON that can be read."
TOO_MUCH = "The request holds more than {most} values, or lists more than {deepest} deep."
NO_NUMBER = "Every number must be finite and between -1e15 and 1e15, got {number}."


def parse_body(body: bytes) -> Any:
    """What `body` says. Raises `RefusedError` for what is no JSON or too much, and for numbers that are none."""
    try:
        data = json.loads(body, parse_constant=_refuse)
        _check(data)
    except RefusedError:
        raise
    except (ValueError, RecursionError) as error:  # letters that are none; a number of over 4,300 digits
        raise RefusedError(NO_JSON) from error
    return data


def _check(data: Any) -> None:
    left, count = [(data, 0)], 0
    while left:
        value, depth = left.pop()
        if isinstance(value, str):
            value.encode()  # half a pair of surrogates can be neither shown nor sent
        elif isinstance(value, int | float) and not abs(value) <= LARGEST:  # what is no number is not below, either
            _refuse(str(value))
        elif isinstance(value, dict | list):
            inside = [*value, *value.values()] if isinstance(value, dict) else value
            count += len(inside)
            if count > MOST_VALUES or depth == DEEPEST:
                raise RefusedError(TOO_MUCH, most=MOST_VALUES, deepest=DEEPEST)
            left.extend((item, depth + 1) for item in inside)


def _refuse(number: str) -> NoReturn:
    raise RefusedError(NO_NUMBER, number=number[:20])
