"""Whoever leaves has nothing painted any longer, and whoever asks too much is told so before anything is."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from sanet.engine.cost import Estimate
from sanet.web.serving.border import guarded
from sanet.web.serving.guarded_page import GuardedPage
from sanet.web.serving.limits import Limits
from sanet.web.serving.runs import Run, turn
from sanet.web.serving.turns import Turns
from sanet.web.serving.visitors import Presence, order_fairly
from tests.support.hostile import API, ask, client_of, events_of, results, session
from tests.support.served import free_port
from tests.support.waiting import eventually

PATIENT = Limits(unread_seconds=600, picture_seconds=600)


class Studio:
    """A page whose one event paints until it is told to end."""

    def __init__(self, limits: Limits) -> None:
        self.begun, self.painting, self.ended = 0, 0, 0
        with GuardedPage(limits, analytics_enabled=False) as page:
            gr.Button().click(self.paint, None, None, concurrency_limit=4)
        page.bound_queue()
        port = free_port()
        page.launch(
            server_name="127.0.0.1",
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            ssr_mode=False,
            app_kwargs=guarded(limits, []),
        )
        self.page, self.http = page, client_of(f"http://127.0.0.1:{port}")
        (self.event,) = events_of(self.http)[1]

    def paint(self) -> None:
        self.begun += 1
        try:
            with turn(lambda done, stage: None) as watched:
                self.painting += 1
                while True:
                    watched(0.5, "Painting")
                    time.sleep(0.01)
        finally:
            self.ended += 1

    def join(self, visitor: str) -> None:
        assert ask(self.http, self.event, "[]", visitor).status_code == 200


@pytest.fixture
def open_studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Studio]]:
    with ExitStack() as opened:

        def opener(limits: Limits = PATIENT) -> Studio:
            studio = Studio(limits)
            opened.callback(studio.page.close)
            opened.callback(studio.http.close)
            return studio

        yield opener


def test_a_visitor_who_stops_reading_stops_the_picture(open_studio: Callable[..., Studio]) -> None:
    studio, visitor = open_studio(), session()
    studio.join(visitor)
    for message in results(studio.http, visitor):
        if message["msg"] == "process_starts":
            break
    eventually(lambda: studio.ended == 1)
    eventually(lambda: not studio.page._queue.event_ids_to_events)


def test_a_page_that_is_closed_takes_its_requests_along(open_studio: Callable[..., Studio]) -> None:
    """One is painted, the others wait in the queue and before the engine."""
    studio, visitor = open_studio(), session()
    with studio.http.stream("GET", f"{API}/heartbeat/{visitor}") as heartbeat:
        beats = heartbeat.iter_raw()  # which ends with its last reference
        next(beats)
        for _ in range(6):
            studio.join(visitor)
        eventually(lambda: studio.painting == 1)
    eventually(lambda: not studio.page._queue.event_ids_to_events)
    eventually(lambda: studio.ended == studio.begun)


def test_a_new_visitor_costs_next_to_nothing(open_studio: Callable[..., Studio]) -> None:
    """Gradio describes all widgets anew for each, or a flood of visitors stops the server's only loop."""
    studio, visitor = open_studio(), session()
    studio.join(visitor)
    eventually(lambda: studio.painting == 1)
    assert studio.page.state_holder.session_data[visitor].config_values == {}


def test_what_nobody_reads_is_dropped(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(Limits(unread_seconds=0.2))
    studio.join(session())
    eventually(lambda: studio.ended == 1)


def test_the_next_visitor_takes_the_turn(open_studio: Callable[..., Studio]) -> None:
    studio, leaving, staying = open_studio(), session(), session()
    studio.join(leaving)
    eventually(lambda: studio.painting == 1)
    studio.join(staying)
    studio.http.post(f"{API}/cancel", json={"session_hash": leaving, "fn_index": 0, "event_id": "a"})
    with studio.http.stream("GET", f"{API}/queue/data", params={"session_hash": leaving}):
        pass
    eventually(lambda: studio.painting == 2)


def test_a_picture_that_takes_too_long_is_given_up(open_studio: Callable[..., Studio]) -> None:
    studio, visitor = open_studio(Limits(picture_seconds=0.2)), session()
    studio.join(visitor)
    *_, last = (message for message in results(studio.http, visitor) if message["msg"] == "process_completed")
    assert "given up after 0 s" in last["output"]["error"]


def test_a_picture_that_would_take_too_long_is_not_begun() -> None:
    run = Run(Turns(), most_seconds=180)
    with pytest.raises(ValueError, match="about 400 s here, and 180 s are allowed"):
        run.refuse_too_long(Estimate((4096, 4096), seconds=400.0, memory=1, free=None))
    run.refuse_too_long(Estimate((512, 512), seconds=40.0, memory=1, free=None))
    run.refuse_too_long(Estimate((4096, 4096), seconds=400.0, memory=1, free=None), 900)


def test_a_crowd_at_one_address_waits_for_itself() -> None:
    waiting = [
        SimpleNamespace(name=name, enqueue_time=time, request=SimpleNamespace(client=SimpleNamespace(host=name[0])))
        for time, name in enumerate(["a1", "a2", "a3", "b1", "a4", "c1", "b2"])
    ]
    line = SimpleNamespace(queue=waiting)
    page: Any = SimpleNamespace(_queue=SimpleNamespace(event_queue_per_concurrency_id={"model": line}))
    order_fairly(page)
    assert [event.name for event in line.queue] == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]


@pytest.mark.parametrize(
    ("presence", "left"),
    [
        (Presence(open=2, readers=1, broke_off=15.0), False),
        (Presence(open=1, broke_off=15.0), False),
        (Presence(broke_off=15.0), True),
        (Presence(broke_off=9.0), False),  # before it was asked
        (Presence(broke_off=19.9), False),  # the next connection may be on its way
        (Presence(last_read=9.0), False),
    ],
)
def test_who_has_left(presence: Presence, left: bool) -> None:
    assert presence.has_left(asked=10.0, now=20.0, patience=15.0) is left
    assert presence.has_left(asked=10.0, now=50.0, patience=15.0) is (not presence.readers)
