"""Every value of every event, in ways that no page would send it: the server lives and answers one sentence."""

import json
import random
from typing import Any, NamedTuple

import httpx
import pytest

from tests.support.hostile import API, STRANGE_NUMBERS, ask, events_of, harmless, outcome, session
from tests.support.served import Served

pytestmark = pytest.mark.attack

WRONG = (
    "null",
    "true",
    '"text"',
    "-1",
    "12345678",
    "[]",
    "{}",
    '{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}',
    '{"path": "http://127.0.0.1:1/a.png", "meta": {"_type": "gradio.FileData"}}',
    '[{"path": "../../../etc/passwd", "meta": {"_type": "gradio.FileData"}}]',
    '{"path": 7, "url": {}, "meta": 3}',
    '"<img src=x onerror=alert(1)>"',
    '"\\u0000"',
    '{"width": 1e14, "height": -1, "runs": "1 999999999999999999999999"}',
)


class Place(NamedTuple):
    """Where a value goes: an event, and which of its values."""

    event: dict[str, Any]
    index: int
    kind: str
    values: list[Any]

    def with_value(self, value: str) -> str:
        """All values as JSON, this one as it is."""
        parts = [value if i == self.index else json.dumps(given) for i, given in enumerate(self.values)]
        return f"[{', '.join(parts)}]"


def places(http: httpx.Client) -> list[Place]:
    widgets, events = events_of(http)
    return [
        Place(event, i, widgets[number]["type"], [harmless(widgets[given]) for given in event["inputs"]])
        for event in events
        for i, number in enumerate(event["inputs"])
    ]


@pytest.mark.parametrize("number", STRANGE_NUMBERS, ids=lambda number: number[:9])
def test_no_strange_number_gets_anywhere(http: httpx.Client, number: str) -> None:
    numeric = [place for place in places(http) if place.kind in ("slider", "number")]
    assert len(numeric) > 200
    assert {place.event["api_visibility"] for place in numeric} == {"public", "private"}
    for place in numeric:
        answer = ask(http, place.event, place.with_value(number), "a")
        assert answer.status_code == 400
        assert answer.json()["detail"].count(".") >= 1
        assert "\n" not in answer.json()["detail"]


@pytest.mark.parametrize("number", STRANGE_NUMBERS, ids=lambda number: number[:9])
def test_nor_by_another_way_in(http: httpx.Client, number: str) -> None:
    bodies = {
        "call/spatial": f'{{"data": [{number}]}}',
        "call/v2/spatial": f'{{"softness": {number}}}',
        "component_server": f'{{"data": {{"x": {number}}}, "component_id": 1, "fn_name": "draw", "session_hash": "a"}}',
        "cancel": f'{{"session_hash": "a", "fn_index": {number}, "event_id": "b"}}',
        "queue/join": f'{{"data": [], "event_data": {{"index": {number}}}, "fn_index": 1, "session_hash": "a"}}',
    }
    for address, body in bodies.items():
        answer = http.post(f"{API}/{address}", content=body, headers={"Content-Type": "application/json"})
        assert (address, answer.status_code) == (address, 400)


def test_what_does_not_fit_is_one_sentence(http: httpx.Client, server: Served) -> None:
    """A choice of all pairs of a place and a wrong value; the fixture finds the tracebacks."""
    chance = random.Random(1)
    pairs = [(place, value) for place in places(http) if place.kind != "state" for value in WRONG]
    uploads = str(server.log_file.parent)
    for place, value in chance.sample(pairs, 150):
        said = outcome(http, place.event, place.with_value(value))
        assert uploads not in said
        assert "<" not in said
        assert "\n" not in said


@pytest.mark.parametrize(
    "event_data",
    ["null", "[]", '{"index": 99, "value": 1}', '{"index": "x", "value": 1}', '{"index": [0], "value": 1}'],
)
def test_a_click_on_a_picture_that_is_not_there_is_refused(http: httpx.Client, event_data: str) -> None:
    widgets, events = events_of(http)
    for event in events:
        if any(kind == "select" for _, kind in event["targets"]):
            values = json.dumps([harmless(widgets[number]) for number in event["inputs"]])
            body = f'{{"data": {values}, "event_data": {event_data}, "fn_index": {event["id"]}, "session_hash": "a"}}'
            answer = http.post(f"{API}/run/predict", content=body, headers={"Content-Type": "application/json"})
            assert "do not fit" in answer.json()["error"]


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("queue/join", '{"data": [], "fn_index": 99999, "session_hash": "a"}', 404),
        ("queue/join", '{"data": [], "fn_index": 0}', 400),
        ("queue/join", '{"data": [], "fn_index": 0, "session_hash": {"a": 1}}', 400),
        ("queue/join", '{"data": [], "fn_index": 0, "session_hash": "../a"}', 400),
        ("queue/join", '{"data": [], "fn_index": 0, "session_hash": "a", "batched": true}', 400),
        ("queue/join", '["data"]', 400),
        ("queue/join", "[" * 20_000, 400),
        ("queue/join", '{"data": "\\ud800", "fn_index": 0, "session_hash": "a"}', 400),
        ("queue/join", '{"data": 5, "fn_index": 0, "session_hash": "a"}', 422),
        ("queue/join", "", 400),
        ("call/nothing", '{"data": []}', 404),
        ("call/_checked", '{"data": []}', 404),
        ("call/v2/nothing", "{}", 404),
        ("run/stylize", '{"data": []}', 400),
        ("run/stylize", '{"data": [], "session_hash": "a"}', 404),
        ("component_server", '{"data": 1, "component_id": "x", "fn_name": "draw", "session_hash": "a"}', 404),
        ("component_server", '{"data": 1, "component_id": 1, "fn_name": "__init__", "session_hash": "a"}', 404),
    ],
)
def test_a_call_of_nothing_is_refused(http: httpx.Client, address: str, body: str, status: int) -> None:
    answer = http.post(f"{API}/{address}", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status


def test_the_queue_cannot_be_passed_by(http: httpx.Client) -> None:
    """An event that paints is called as one that is answered at once."""
    widgets, events = events_of(http)
    stylize = next(event for event in events if event["api_name"] == "stylize")
    values = [harmless(widgets[number]) for number in stylize["inputs"]]
    body = {"data": values, "fn_index": stylize["id"], "session_hash": session()}
    assert http.post(f"{API}/run/predict", json=body).status_code == 404
    assert http.post(f"{API}/api/stylize", json=body).status_code == 404
