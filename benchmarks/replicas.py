"""Crowds of visitors at a page that paints in replicas, and what is lost when these are killed one after the other."""

import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
from gradio_client import Client, handle_file

from benchmarks.report import table
from sanet.web.examples import CONTENTS, STYLES
from tests.support.browser import app_process
from tests.support.waiting import eventually

KILL_EVERY = 10.0  # seconds
PERSISTENT = 4  # visitors while replicas are killed
REPLICA = b"ray::ServeReplica"


@contextmanager
def page_with(replicas: int) -> Iterator[tuple[str, int]]:
    """The address of a page whose replicas are ready, and its process."""
    count = str(replicas)
    with (
        tempfile.TemporaryDirectory() as folder,
        app_process(Path(folder), SANET_ENGINE="ray", SANET_REPLICAS_MIN=count, SANET_REPLICAS_MAX=count) as (
            url,
            process,
        ),
    ):
        eventually(lambda: httpx.get(f"{url}/readyz", timeout=60).status_code == 200, seconds=300)
        yield url, process.pid


def crowds(
    numbers: list[int], visitors: list[int], each: int, crowd: Callable[[str, int, int], dict[str, float]]
) -> str:
    """Pictures a second and latency for each number of replicas and of visitors, as a table."""
    rows = []
    for replicas in numbers:
        with page_with(replicas) as (url, _):
            crowd(url, replicas, 4 * replicas)  # what is done for the first time takes longer
            for count in visitors:
                found = crowd(url, count, each)
                rows.append((replicas, count, *(f"{found[name]:.2f}" for name in ("a second", "p50", "p95"))))
    return table(("replicas", "visitors", "pictures a second", "p50 in seconds", "p95 in seconds"), rows)


def kill_in_turn(minutes: float) -> str:
    """How many requests were answered and how many lost while a replica was killed every ten seconds."""
    with page_with(2) as (url, page):
        end, killed = time.monotonic() + 60 * minutes, 0
        over = threading.Event()
        with ThreadPoolExecutor(PERSISTENT) as pool:
            asking = [pool.submit(_ask_until, url, seed, over) for seed in range(PERSISTENT)]
            while time.monotonic() < end:
                time.sleep(KILL_EVERY)
                running = replicas_of(page)
                if running:
                    os.kill(random.choice(running), signal.SIGKILL)
                    killed += 1
            over.set()
            answered, lost = (sum(counts) for counts in zip(*(one.result() for one in asking), strict=True))
    return table(("replicas killed", "requests answered", "requests lost"), [(killed, answered, lost)])


def _ask_until(url: str, seed: int, over: threading.Event) -> tuple[int, int]:
    """Ask for pictures one after the other; how many were answered, and how many were not."""
    client = Client(url, verbose=False, download_files=False, httpx_kwargs={"timeout": 300})
    choose, answered, lost = random.Random(seed), 0, 0
    while not over.is_set():
        given = handle_file(choose.choice(CONTENTS).path), handle_file(choose.choice(STYLES).path)
        try:
            client.predict(*given, choose.choice((1.0, 0.6)), choose.choice((256, 384)), False, api_name="/stylize")
            answered += 1
        except Exception as error:
            print("lost:", error, flush=True)
            lost += 1
    return answered, lost


def replicas_of(page: int) -> list[int]:
    """The processes of the replicas that descend from the page's process."""
    parents = dict(_parents())
    found = []
    for process in parents:
        ancestor = process
        while ancestor > 1 and ancestor != page:
            ancestor = parents.get(ancestor, 0)
        if ancestor == page and Path(f"/proc/{process}/cmdline").read_bytes().startswith(REPLICA):
            found.append(process)
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                after_name = (folder / "stat").read_text().rpartition(") ")[2]
            except OSError:  # ended meanwhile
                continue
            yield int(folder.name), int(after_name.split()[1])
