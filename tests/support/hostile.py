"""What hostile visitors do, one at a time and with an end. On the loopback only."""

import json
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

API = "/gradio_api"
STRANGE_NUMBERS = ("NaN", "Infinity", "-Infinity", "1" + "0" * 400, "1e400", "-1" + "0" * 5000)


def client_of(url: str, address: str = "127.0.0.1") -> httpx.Client:
    """A program at one of the loopback's many addresses."""
    without_certificates = httpx.HTTPTransport(local_address=address, verify=False)  # which take 40 ms to read
    return httpx.Client(base_url=url, timeout=60, transport=without_certificates)


def session() -> str:
    """The name of a new visitor."""
    return secrets.token_hex(6)


def events_of(http: httpx.Client) -> tuple[dict[int, dict[str, Any]], list[dict[str, Any]]]:
    """The widgets by number, and the events that run on the server, as the page tells every browser."""
    config = http.get("/config").json()
    widgets = {widget["id"]: widget for widget in config["components"]}
    return widgets, [event for event in config["dependencies"] if event["backend_fn"]]


def harmless(widget: dict[str, Any]) -> Any:
    """What the page itself sends at first."""
    return widget["props"].get("value") if widget["type"] != "state" else None


def ask(http: httpx.Client, event: dict[str, Any], data: str, visitor: str) -> httpx.Response:
    """Call an event as the page does; `data` is JSON as it is to travel, sound or not."""
    address = f"{API}/queue/join" if event["queue"] else f"{API}/run/predict"
    body = f'{{"data": {data}, "fn_index": {event["id"]}, "session_hash": "{visitor}", "trigger_id": null}}'
    return http.post(address, content=body, headers={"Content-Type": "application/json"})


def results(http: httpx.Client, visitor: str) -> Iterator[dict[str, Any]]:
    """What the server tells a visitor, until it has nothing more to tell."""
    with http.stream("GET", f"{API}/queue/data", params={"session_hash": visitor}) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


def outcome(http: httpx.Client, event: dict[str, Any], data: str) -> str:
    """The sentence that refuses a call, or "" if it is answered."""
    visitor = session()
    asked = ask(http, event, data, visitor)
    if not event["queue"] or asked.status_code != 200:
        return str(asked.json().get("error") or asked.json().get("detail") or "")
    done = next(message for message in results(http, visitor) if message["msg"] == "process_completed")
    return "" if done["success"] else str(done["output"]["error"])


@contextmanager
def connections(url: str, count: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many open connections that have sent `first` and then nothing."""
    where = urlsplit(url)
    opened = []
    try:
        for _ in range(count):
            opened.append(socket.create_connection((where.hostname, where.port), timeout=60))
            if first:
                opened[-1].sendall(first)
        yield opened
    finally:
        for one in opened:
            one.close()


def is_closed(connection: socket.socket, seconds: float) -> bool:
    """Whether the server ends a connection in time."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:  # reset
        return True
    return True
