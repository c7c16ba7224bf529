"""Connections: how many there may be, and how long one may take for its requests and its answers.

uvicorn 0.54 closes none that has not asked anything, and ends accepting any once the process has no descriptors left.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from sanet.web.serving.limits import Limits

try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None  # type: ignore[assignment]

SPARE = 256  # descriptors for files, and for connections to the Hub


class Connection(H11Protocol):
    """One connection; made by `connections_within`."""

    limits: Limits

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._end: asyncio.TimerHandle | None = None  # when it is closed unless something happens

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        others = [one for one in self.connections if one is not self and not one.transport.is_closing()]
        if len(others) >= self.limits.connections:
            self._make_room(others)
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_answering:
            if not self.flow.write_paused:
                self._stop_timer()
        else:  # a part of a head, or the rest of a body that was refused
            self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._close_after(self.limits.answer_seconds)

    def resume_writing(self) -> None:
        self._stop_timer()
        super().resume_writing()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_request(self) -> None:
        """Close it unless a request has come in time."""
        if self._end is None and not self._is_answering:
            self._close_after(self.limits.request_seconds)

    def _close_after(self, seconds: float) -> None:
        self._stop_timer()
        self._end = self.loop.call_later(seconds, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._end:
            self._end.cancel()
        self._end = None

    def _make_room(self, others: Sequence[Any]) -> None:
        """Close one of the address that has the most of them: one that has asked nothing, or else the newest."""
        counts = Counter(map(_address, (self, *others)))
        greediest = max(counts, key=lambda address: counts[address])
        theirs = [one for one in others if _address(one) == greediest]
        idle = sorted((one for one in theirs if not one._is_answering), key=lambda one: one.cycle is not None)
        victim = idle[0] if idle else self if _address(self) == greediest else theirs[0]
        victim.transport.abort()


def connections_within(limits: Limits) -> type[Connection]:
    """The protocol for uvicorn's `http` option, with as many connections as the process may have descriptors for."""
    most = max(1, min(limits.connections, _descriptors(limits.connections + SPARE) - SPARE))
    return type("BoundedConnection", (Connection,), {"limits": replace(limits, connections=most)})


def _descriptors(wanted: int) -> int:
    """How many files this process may open, after asking the system for those that are wanted."""
    if resource is None:
        return wanted
    soft, hard = (wanted if limit == resource.RLIM_INFINITY else limit for limit in _limits())
    if soft < wanted:
        soft = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, _limits()[1]))
    return soft


def _limits() -> tuple[int, int]:
    return resource.getrlimit(resource.RLIMIT_NOFILE)


def _address(connection: Any) -> str:
    return connection.client[0] if connection.client else ""
