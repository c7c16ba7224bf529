"""Too much of everything: requests, bodies, files, connections. Each has an end, and others go on as before."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from sanet.web.examples import CONTENTS
from sanet.web.serving.surroundings import OWN_FOLDER
from tests.attack.conftest import SMALL
from tests.support.hostile import API, ask, client_of, connections, events_of, harmless, is_closed, outcome, session
from tests.support.served import Served
from tests.support.waiting import eventually

pytestmark = pytest.mark.attack
JSON = {"Content-Type": "application/json"}
STRANGERS = [f"127.0.1.{number}" for number in range(1, 9)]


@pytest.fixture
def paint(http: httpx.Client) -> dict[str, Any]:
    """The event that paints with one style."""
    return next(event for event in events_of(http)[1] if event["api_name"] == "stylize")


@pytest.fixture
def values(http: httpx.Client) -> str:
    """What the page sends for a small picture of the examples, as JSON."""
    return values_of(upload_two(http), 256)


def values_of(paths: list[str], side: int) -> str:
    content, style = (f'{{"path": "{path}", "meta": {{"_type": "gradio.FileData"}}}}' for path in paths)
    return f"[{content}, {style}, 1, {side}, false]"


def upload_two(http: httpx.Client) -> list[str]:
    files = [("files", (f"{i}.jpg", CONTENTS[i].path.read_bytes())) for i in range(2)]
    return http.post(f"{API}/upload", files=files).json()


@pytest.fixture
def strangers(server: Served) -> Iterator[list[httpx.Client]]:
    """Programs at many addresses."""
    clients = [client_of(server.url, address) for address in STRANGERS]
    yield clients
    for client in clients:
        client.close()


def test_no_visitor_has_many_requests_waiting(http: httpx.Client, paint: dict[str, Any], values: str) -> None:
    visitor, larger = session(), values_of(upload_two(http), 1024)  # the first is not done before the last comes
    statuses = [ask(http, paint, larger, visitor).status_code for _ in range(8)]
    assert set(statuses) == {200, 429}
    assert outcome(http, paint, values) == ""  # another one is served


def test_the_queue_has_an_end(
    server: Served, http: httpx.Client, strangers: list[httpx.Client], paint: dict[str, Any], values: str
) -> None:
    before = server.megabytes
    with ThreadPoolExecutor(len(strangers)) as pool:  # one connection each, so that none is closed to make room
        asked = [pool.submit(ask_often, client, paint, values) for client in strangers]
        answers = [answer for one in asked for answer in one.result()]
    assert {200, 503} <= {answer.status_code for answer in answers} <= {200, 429, 503}
    refused = [answer.json()["detail"] for answer in answers if answer.status_code == 503]
    assert [sentence for sentence in refused if SMALL["SANET_QUEUE_SIZE"] not in sentence] == []
    assert server.megabytes < before + 300  # what a picture itself takes is among it
    eventually(lambda: outcome(http, paint, values) == "", 120)  # what nobody reads goes by itself
    assert server.lives


def ask_often(http: httpx.Client, event: dict[str, Any], data: str) -> list[httpx.Response]:
    """Twenty requests of as many visitors at one address."""
    return [ask(http, event, data, session()) for _ in range(20)]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_has_an_end(server: Served, http: httpx.Client, chunked: bool) -> None:
    body = b'{"data": ["' + b"MARK" * 500_000 + b'"], "fn_index": 1, "session_hash": "a"}'
    content = iter([body[i : i + 60_000] for i in range(0, len(body), 60_000)]) if chunked else body
    before = server.megabytes
    try:
        status = http.post(f"{API}/queue/join", content=content, headers=JSON).status_code
    except httpx.TransportError:  # the connection was closed while the rest was on its way
        status = 413
    assert status == 413
    assert server.megabytes < before + 50
    assert "MARKMARK" not in server.log


@pytest.mark.parametrize("address", ["queue/join", "component_server", "run/predict"])
def test_a_form_is_no_call(http: httpx.Client, address: str) -> None:
    assert http.post(f"{API}/{address}", data={"data": "x" * 1000}).status_code == 415


def test_an_upload_has_an_end(server: Served, http: httpx.Client) -> None:
    many = [("files", (f"{i}.png", b"x")) for i in range(4)]
    assert http.post(f"{API}/upload", files=many).status_code == 413
    large = [("files", ("a.png", bytes(9_000_000)))]
    try:
        status = http.post(f"{API}/upload", files=large).status_code
    except httpx.TransportError:
        status = 413
    assert status == 413
    assert http.post(f"{API}/upload", files=[("other", ("a.png", b"x"))]).status_code == 400
    assert http.post(f"{API}/upload", content=b"x", headers=JSON).status_code == 400
    eventually(lambda: not pieces(server))


def test_an_upload_that_breaks_off_leaves_nothing(server: Served) -> None:
    head = (
        f"POST {API}/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    )
    with connections(server.url, 5, head.encode() + bytes(100_000)):
        eventually(lambda: len(pieces(server)) > 0)
    eventually(lambda: not pieces(server))


def pieces(server: Served) -> list[Path]:
    """Uploads that are not whole."""
    return [path for path in (server.log_file.parent / "uploads" / OWN_FOLDER).iterdir() if path.is_file()]


@pytest.mark.parametrize(
    "first",
    [b"", b"GET / HTTP/1.1\r\nHost:", b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"],
    ids=["nothing", "half a head", "half a body"],
)
def test_slow_connections_are_closed(server: Served, first: bytes) -> None:
    with connections(server.url, 1, first) as (connection,):
        assert is_closed(connection, 60)


def test_idle_connections_keep_nobody_out(server: Served, strangers: list[httpx.Client]) -> None:
    before = server.descriptors
    with connections(server.url, 200):
        for stranger in strangers:
            assert stranger.get("/healthz").text == "ok"
        assert server.descriptors < before + int(SMALL["SANET_CONNECTIONS"]) + 20
    assert len(server.log) < 20_000
    eventually(lambda: server.descriptors < before + 20, 60)


def test_listeners_that_never_read_keep_nobody_out(server: Served, http: httpx.Client) -> None:
    """Connections that are being answered for ever: the visitor with the most of them loses some."""
    lines = f"GET {API}/heartbeat/{session()} HTTP/1.1\r\nHost: a\r\n\r\n"
    with connections(server.url, 100, lines.encode()), client_of(server.url, "127.0.2.1") as other:
        assert other.get("/healthz").text == "ok"


def test_many_visitors_leave_nothing_behind(server: Served, http: httpx.Client) -> None:
    event, values = quick(http)
    for _ in range(30):
        ask(http, event, values, session())
    before, threads = server.megabytes, server.threads
    for _ in range(90):
        ask(http, event, values, session())
    assert server.megabytes < before + 25  # 20 of them are remembered
    assert server.threads <= threads + 8


def quick(http: httpx.Client) -> tuple[dict[str, Any], str]:
    """An event that is answered at once, and its values."""
    widgets, events = events_of(http)
    event = next(one for one in events if not one["queue"] and one["inputs"])
    return event, json.dumps([harmless(widgets[number]) for number in event["inputs"]])
