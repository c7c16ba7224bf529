"""Visitors who ask for large pictures and go, and a server that is killed: the next visitor finds it as it was."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sanet.web.examples import CONTENTS
from tests.attack.conftest import SMALL
from tests.support.hostile import API, ask, client_of, events_of, outcome, results, session
from tests.support.served import Served, served
from tests.support.waiting import eventually

pytestmark = pytest.mark.attack


def stylize_event(http: httpx.Client) -> dict[str, Any]:
    return next(event for event in events_of(http)[1] if event["api_name"] == "stylize")


def values(http: httpx.Client, side: int) -> str:
    """An upload of two pictures, and how large the result is to be, as JSON."""
    files = [("files", (f"{i}.jpg", CONTENTS[i].path.read_bytes())) for i in range(2)]
    paths = http.post(f"{API}/upload", files=files).json()
    return json.dumps([*({"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths), 1, side, False])


def test_who_leaves_leaves_nothing_behind(server: Served, http: httpx.Client) -> None:
    event, large, small = stylize_event(http), values(http, 2048), values(http, 256)
    assert outcome(http, event, small) == ""
    threads, descriptors = server.threads, server.descriptors
    for number in range(6):
        with client_of(server.url, f"127.0.5.{number + 1}") as leaving:
            visitor = session()
            assert ask(leaving, event, large, visitor).status_code == 200
            next(message for message in results(leaving, visitor) if message["msg"] == "process_starts")
    assert outcome(http, event, small) == ""
    eventually(lambda: server.threads <= threads + 4)
    eventually(lambda: server.descriptors <= descriptors + 4)


def test_a_killed_server_serves_again(tmp_path: Path) -> None:
    """Killed with half an upload and a picture on its way; uploads of before are there, and can be painted."""
    with served(tmp_path, **SMALL) as server, client_of(server.url) as http:
        small = values(http, 256)
        ask(http, stylize_event(http), small, session())
        server.process.kill()
        server.process.wait()
    with served(tmp_path, **SMALL) as server, client_of(server.url) as http:
        assert outcome(http, stylize_event(http), small) == ""
        assert "Traceback" not in server.log
