"""Who is there. A request whose visitor has left is dropped at once, waiting or running; nobody has too many of them.

A page and Gradio's clients keep a connection open as long as they are there, and another one to read results by. Knows
Gradio's queue, and nothing of what is asked.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.server_messages import EstimationMessage
from gradio.utils import cancel_tasks

from sanet.errors import RefusedError
from sanet.web.serving.limits import Limits
from sanet.web.serving.refusals import RequestRefusedError

LOOK_EVERY = 0.1  # seconds
GRACE = 0.3  # seconds for a client that opens its next connection after it has closed the last
FORGET_AFTER = 60.0  # seconds
TOO_MANY = "{count} of your requests are waiting already; wait for one of them, or stop it."
FULL = "{count} requests are waiting already; try again in a moment."


@dataclass
class Presence:
    """The connections of one session, and when one broke off or results were read for the last time."""

    open: int = 0
    readers: int = 0
    broke_off: float = 0.0
    last_read: float = 0.0

    def has_left(self, asked: float, now: float, patience: float) -> bool:
        """Whether nobody waits any longer for what was asked at the time `asked`."""
        if self.readers:
            return False
        if not self.open and self.broke_off > asked:
            return now - self.broke_off > GRACE
        return now - max(asked, self.last_read) > patience


class Visitors:
    """The sessions of one page. To be used from the server's event loop only."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._known: dict[str, Presence] = {}
        self._idle: dict[str, float] = {}  # sessions that Gradio still keeps messages for, and since when in vain

    @contextmanager
    def connected(self, session: str, reads: bool) -> Iterator[Presence]:
        """While a connection of `session` is open; whoever sees it break off notes when."""
        presence = self._known.setdefault(session, Presence())
        presence.open += 1
        presence.readers += reads
        try:
            yield presence
        finally:
            presence.open -= 1
            presence.readers -= reads
            if reads:
                presence.last_read = time.monotonic()

    def check_room(self, page: gr.Blocks, session: str | None, address: str) -> None:
        """Raises `RequestRefusedError` if the visitor, or all at the same address, have too many requests already."""
        if len(page._queue) >= self._limits.queue_size:
            raise RequestRefusedError(503, RefusedError(FULL, count=len(page._queue)))
        events = _events(page)
        of_visitor = sum(event.session_hash == session for event in events)
        at_address = sum(_address(event) == address for event in events)
        if of_visitor >= self._limits.visitor_requests or at_address >= self._limits.address_requests:
            count = of_visitor if of_visitor >= self._limits.visitor_requests else at_address
            raise RequestRefusedError(429, RefusedError(TOO_MANY, count=count))

    async def watch(self, page: gr.Blocks) -> None:
        """Drop what nobody waits for, without end."""
        last_forgotten = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            now = time.monotonic()
            for event in reversed(_events(page)):  # none that waits takes the place of one that runs
                presence = self._known.get(event.session_hash, Presence())
                if presence.has_left(event.enqueue_time, now, self._limits.unread_seconds):
                    await drop(page, event)
            if now - last_forgotten > FORGET_AFTER / 4:
                self._forget(page, now)
                last_forgotten = now

    def _forget(self, page: gr.Blocks, now: float) -> None:
        """What Gradio keeps of sessions without requests and connections, and what is kept here."""
        queue = page._queue
        busy = {event.session_hash for event in _events(page)}
        busy |= {session for session, presence in self._known.items() if presence.open}
        kept = {*queue.pending_messages_per_session, *queue.pending_event_ids_session, *self._known}
        self._idle = {session: self._idle.get(session, now) for session in kept - busy}
        for session in [name for name, since in self._idle.items() if now - since > FORGET_AFTER]:
            queue.pending_messages_per_session.pop(session, None)
            queue.pending_event_ids_session.pop(session, None)
            self._known.pop(session, None)


def order_fairly(page: gr.Blocks) -> None:
    """No address has a second request served before every other has had its first; else first come, first served."""
    for line in page._queue.event_queue_per_concurrency_id.values():
        before: Counter[str] = Counter()
        places = []
        for event in sorted(line.queue, key=lambda event: event.enqueue_time):
            places.append((before[_address(event)], event.enqueue_time, event))
            before[_address(event)] += 1
        line.queue[:] = [event for *_, event in sorted(places, key=lambda place: place[:2])]


def count_all_who_wait(page: gr.Blocks, line: str, painters: int) -> None:
    """The places that visitors read in the queue of `line` count those whom it let in and who wait for their turn."""
    queue, send = page._queue, page._queue.send_message

    def send_counted(event: Any, message: Any) -> None:
        if isinstance(message, EstimationMessage) and event.concurrency_id == line:
            let_in = max(0, queue.event_queue_per_concurrency_id[line].current_concurrency - painters)
            message.rank, message.queue_size = (message.rank or 0) + let_in, message.queue_size + let_in
        send(event, message)

    setattr(queue, "send_message", send_counted)  # noqa: B010  mypy knows it as a method


async def drop(page: gr.Blocks, event: Any) -> None:
    """Take an event out of the queue, or stop it where it runs."""
    await page._queue.clean_events(event_id=event._id)
    await cancel_tasks({f"{event.session_hash}_{event.fn._id}"})


def _events(page: gr.Blocks) -> list[Any]:
    """All that wait or run."""
    return list(page._queue.event_ids_to_events.values())


def _address(event: Any) -> str:
    client = event.request.client
    return client.host if client else ""
