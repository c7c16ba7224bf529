"""Honest visitors among hostile ones: how many requests are lost, how long they wait, and what the server takes.

Hostile visitors flood, leave, break off and send what is no picture, in bounded loops, from addresses of their own on
the loopback, with the server's limits as they are. Part of `python -m benchmarks.load`.
"""

import json
import random
import re
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import httpx

from benchmarks.report import table
from sanet.web.examples import CONTENTS, STYLES
from tests.support.hostile import API, STRANGE_NUMBERS, ask, client_of, connections, events_of, results, session
from tests.support.served import Served, served

HONEST = 2  # visitors, one request after another each
WARM_UP = 20.0  # seconds of honest visitors before anything is measured
LOOK_EVERY = 2.0
SPAN = 300  # seconds
SIDE = 256  # pixels


class Asked(NamedTuple):
    """An honest request: when, how long it took, and why it was lost ("" if it was not)."""

    at: float
    seconds: float
    lost: str


class Taken(NamedTuple):
    """What the server took of the machine."""

    at: float
    megabytes: float
    threads: int
    descriptors: int


def painted(http: httpx.Client, event: dict[str, Any], chance: random.Random) -> str:
    """Upload two pictures and have them painted; why that failed, or ""."""
    pictures = [chance.choice(CONTENTS).path, chance.choice(STYLES).path]
    sent = http.post(f"{API}/upload", files=[("files", (path.name, path.read_bytes())) for path in pictures])
    if sent.status_code != 200:
        return f"upload {sent.status_code}"
    files = [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in sent.json()]
    visitor = session()
    asked = ask(http, event, json.dumps([*files, 1.0, SIDE, False]), visitor)
    if asked.status_code != 200:
        return f"join {asked.status_code}"
    done = [message for message in results(http, visitor) if message["msg"] == "process_completed"]
    return "" if done and done[0]["success"] else str(done[0]["output"] if done else "no answer")


def visit(url: str, number: int, end: float) -> list[Asked]:
    """An honest visitor's requests until `end`."""
    chance, asked = random.Random(number), []
    with client_of(url, f"127.0.3.{number + 1}") as http:
        http.timeout = httpx.Timeout(300)
        event = stylize_event(http)
        while time.monotonic() < end:
            start = time.monotonic()
            try:
                lost = painted(http, event, chance)
            except httpx.HTTPError as error:
                lost = repr(error)
            asked.append(Asked(start, time.monotonic() - start, lost))
    return asked


def stylize_event(http: httpx.Client) -> dict[str, Any]:
    """The event that paints with one style."""
    return next(event for event in events_of(http)[1] if event["api_name"] == "stylize")


def flood(http: httpx.Client, chance: random.Random) -> None:
    """Ask many times and read nothing."""
    event, visitor = stylize_event(http), session()
    for _ in range(100):
        ask(http, event, f"[null, null, 1, {SIDE}, false]", chance.choice((visitor, session())))


def leave(http: httpx.Client, chance: random.Random) -> None:
    """Ask for large pictures and leave while they are painted."""
    paths = http.post(f"{API}/upload", files=[("files", (f"{i}.jpg", CONTENTS[i].path.read_bytes())) for i in range(2)])
    if paths.status_code == 200:
        files = [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths.json()]
        visitor = session()
        ask(http, stylize_event(http), json.dumps([*files, 1.0, 2048, False]), visitor)
        for message in results(http, visitor):
            if message["msg"] == "process_starts":
                break


def break_off(http: httpx.Client, chance: random.Random) -> None:
    """Begin uploads and end the connection midway."""
    head = f"POST {API}/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n"
    kind = "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    part = 'Content-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    with connections(str(http.base_url), 10, (head + kind + part).encode() + bytes(chance.randrange(200_000))):
        time.sleep(0.2)


def idle(http: httpx.Client, chance: random.Random) -> None:
    """Open connections and say nothing, or half a word."""
    with connections(str(http.base_url), 200, chance.choice((b"", b"GET / HTTP/1.1\r\nHo"))):
        time.sleep(2)


def overfill(http: httpx.Client, chance: random.Random) -> None:
    """Send bodies that are too large, and numbers that are none."""
    event = stylize_event(http)
    ask(http, event, f"[{chance.choice(STRANGE_NUMBERS)}]", session())
    ask(http, event, f'["{"x" * 10_000_000}"]', session())


def damage(http: httpx.Client, chance: random.Random) -> None:
    """Upload what begins as a picture and goes on as noise, and have it painted."""
    path = chance.choice(CONTENTS).path
    noise = path.read_bytes()[: chance.randrange(20_000)] + chance.randbytes(20_000)
    sent = http.post(f"{API}/upload", files=[("files", ("a.jpg", noise)), ("files", ("b.png", noise))])
    if sent.status_code == 200:
        files = [{"path": place, "meta": {"_type": "gradio.FileData"}} for place in sent.json()]
        visitor = session()
        if ask(http, stylize_event(http), json.dumps([*files, 1.0, SIDE, False]), visitor).status_code == 200:
            list(results(http, visitor))


ATTACKS: tuple[Callable[[httpx.Client, random.Random], None], ...] = (flood, leave, break_off, idle, overfill, damage)


def attack(url: str, number: int, end: float) -> None:
    """One hostile visitor, who does everything in turn until `end`."""
    chance = random.Random(number)
    with client_of(url, f"127.0.4.{number + 1}") as http:
        while time.monotonic() < end:
            try:
                chance.choice(ATTACKS)(http, chance)
            except (httpx.HTTPError, OSError):  # refused
                time.sleep(0.1)


def look(server: Served, until: threading.Event) -> list[Taken]:
    """What the server takes, again and again."""
    seen = []
    while not until.wait(LOOK_EVERY):
        seen.append(Taken(time.monotonic(), server.megabytes, server.threads, server.descriptors))
    return seen


def measure(minutes: float, attackers: int = len(ATTACKS)) -> str:
    """Serve the app, a third of the time to honest visitors alone, and then to all; what came of it as a table."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server, ThreadPoolExecutor() as pool:
        start = time.monotonic() + WARM_UP
        calm, end = start + 20 * minutes, start + 60 * minutes
        stop = threading.Event()
        seen = pool.submit(look, server, stop)
        honest = [pool.submit(visit, server.url, number, end) for number in range(HONEST)]
        time.sleep(max(0.0, calm - time.monotonic()))
        hostile = [pool.submit(attack, server.url, number, end) for number in range(attackers)]
        asked = [one for visitor in honest for one in visitor.result() if one.at > start]
        for one in hostile:
            one.result()
        stop.set()
        return report(asked, seen.result(), calm, server.log)


def report(asked: list[Asked], seen: list[Taken], calm: float, log: str) -> str:
    """The figures, quiet and under attack."""
    quiet, loud = [one for one in asked if one.at <= calm], [one for one in asked if one.at > calm]
    before, after = [one for one in seen if one.at <= calm], [one for one in seen if one.at > calm]
    rows: list[tuple[str, ...]] = [("honest requests", str(len(quiet)), str(len(loud)))]
    rows += [("lost", *(str(sum(bool(one.lost) for one in part)) for part in (quiet, loud)))]
    rows += [("95th percentile in seconds", *(f"{percentile(part):.2f}" for part in (quiet, loud)))]
    for name in Taken._fields[1:]:
        rows += [(f"{name}, median and most", *(middle_and_most(part, name) for part in (before, after)))]
    lines = [table(("", "quiet", "attacked"), rows), table(("minutes attacked", "megabytes"), over_time(after, calm))]
    lines += [f"Tracebacks in the log: {len(re.findall('Traceback', log))}."]
    return "\n\n".join([*lines, *sorted({f"Lost: {one.lost}" for one in asked if one.lost})])


def over_time(seen: list[Taken], start: float) -> list[tuple[str, ...]]:
    """The median of the megabytes in each five minutes since `start`."""
    spans: dict[int, list[float]] = {}
    for one in seen:
        spans.setdefault(int((one.at - start) // SPAN), []).append(one.megabytes)
    minutes = SPAN // 60
    return [(f"{i * minutes} to {(i + 1) * minutes}", f"{median(some):.0f}") for i, some in sorted(spans.items())]


def percentile(asked: list[Asked]) -> float:
    """The 95th of the seconds."""
    seconds = sorted(one.seconds for one in asked)
    return seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))] if seconds else float("nan")


def middle_and_most(seen: list[Taken], name: str) -> str:
    """Of one figure."""
    figures = sorted(getattr(one, name) for one in seen)
    return f"{figures[len(figures) // 2]:.0f}, {figures[-1]:.0f}" if figures else ""
