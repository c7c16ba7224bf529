"""Whose turn it is: one at a time, who is due first before the others, nobody too late, and only what fits together."""

import threading
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from torch import nn

from sanet.engine import interrupts
from sanet.engine.cost import Estimate
from sanet.progress import unreported
from sanet.web.serving.runs import LeftError, Run
from sanet.web.serving.turns import Place, Turns
from tests.support.waiting import eventually


def place(arrived: float, seconds: float | None = 0.0, memory: int = 1, free: int | None = 100) -> Place:
    return Place(Estimate((8, 8), seconds, memory, free), arrived)


class Line:
    """Painters in threads of their own, each of which takes its turn, and the steps that they are let take."""

    def __init__(self) -> None:
        self.turns, self.steps = Turns(), list[str]()
        self.told: dict[str, list[float | None]] = {}
        self._more: dict[str, threading.Semaphore] = {}
        self._threads: list[threading.Thread] = []

    def join(self, name: str, place: Place) -> None:
        """Returns when it paints or is told to wait."""
        self._more[name], self.told[name] = threading.Semaphore(0), []
        self._threads.append(threading.Thread(target=self._paint, args=(name, place)))
        self._threads[-1].start()
        eventually(lambda: bool(self.told[name]) or f"{name}0" in self.steps)

    def step(self, name: str) -> None:
        self._more[name].release()

    def close(self) -> None:
        for more in self._more.values():
            more.release(10)
        for thread in self._threads:
            thread.join(60)

    def _paint(self, name: str, place: Place) -> None:
        with self.turns.taken(place, self.told[name].append):
            self.steps.append(f"{name}0")
            for count in range(1, 3):
                self._more[name].acquire()
                place.done = count / 2
                self.turns.give_way(place, self.told[name].append)
                self.steps.append(f"{name}{count}")


@pytest.fixture
def line() -> Line:
    with ExitStack() as opened:
        line = Line()
        opened.callback(line.close)
        yield line


def painted(line: Line) -> list[str]:
    """All steps, once everyone is done."""
    line.close()
    return line.steps


def test_one_paints_at_a_time_and_who_came_first_goes_first(line: Line) -> None:
    for number, name in enumerate("abc"):
        line.join(name, place(number, 10.0))
    assert line.steps == ["a0"]
    assert painted(line) == ["a0", "a1", "a2", "b0", "b1", "b2", "c0", "c1", "c2"]


def test_a_small_picture_passes_a_large_one_between_two_steps(line: Line) -> None:
    line.join("large", place(0, 60.0))
    line.join("small", place(10, 2.0))
    line.step("small")
    line.step("small")
    line.step("large")
    eventually(lambda: line.steps == ["large0", "small0", "small1", "small2", "large1"])
    assert painted(line)[-1] == "large2"


def test_it_passes_between_two_layers_too() -> None:
    turns, layer = Turns(), nn.Identity()
    interrupts.heed_interrupts(layer)
    begun, passed = threading.Event(), threading.Event()

    def paint_large() -> None:
        with Run(turns, 180.0).turn(unreported, Estimate((8, 8), 60.0, 1, 100)):
            while not passed.is_set():
                layer(None)
                begun.set()

    large = threading.Thread(target=paint_large)
    large.start()
    try:
        assert begun.wait(60)
        with Run(turns, 180.0).turn(unreported, Estimate((8, 8), 1.0, 1, 100)):
            assert large.is_alive()
    finally:
        passed.set()
        large.join(60)


def test_what_would_be_done_later_waits(line: Line) -> None:
    """So a picture is passed only until it is due, 60 seconds after it came."""
    line.join("large", place(0, 60.0))
    line.join("small", place(59, 2.0))
    assert painted(line) == ["large0", "large1", "large2", "small0", "small1", "small2"]


@pytest.mark.parametrize(
    "small",
    [place(1, 2.0, memory=41), place(1, 2.0, memory=41, free=200), place(1, 2.0, free=None), place(1, None)],
    ids=["too large", "too large by what was free before", "memory unknown", "cost unknown"],
)
def test_only_what_is_known_to_fit_beside_it_passes_a_picture(line: Line, small: Place) -> None:
    line.join("large", place(0, 60.0, memory=60))
    line.join("small", small)
    assert painted(line) == ["large0", "large1", "large2", "small0", "small1", "small2"]


def test_what_fits_beside_it_passes(line: Line) -> None:
    line.join("large", place(0, 60.0, memory=60))
    line.join("small", place(1, 2.0, memory=40))
    assert painted(line)[:4] == ["large0", "small0", "small1", "small2"]


def test_who_waits_is_told_how_long(line: Line) -> None:
    large = place(0, 60.0)
    line.join("large", large)
    line.join("larger", place(0, 100.0))
    assert line.told["larger"][-1] == 60.0
    line.join("small", place(0, 2.0))
    eventually(lambda: line.told["larger"][-1] == 62.0)
    eventually(lambda: line.told["small"][-1] == 60.0)  # until who paints gives way
    line.step("large")
    eventually(lambda: line.told["larger"][-1] == 32.0)
    eventually(lambda: bool(line.told["large"]) and line.told["large"][-1] == 2.0)


def test_nobody_is_told_what_is_not_known(line: Line) -> None:
    line.join("first", place(0, None))
    line.join("second", place(1, 2.0))
    assert line.told["second"][-1] is None


def test_who_leaves_the_line_lets_the_others_pass() -> None:
    turns, run = Turns(), Run(Turns(), 1)
    run.leave()

    def wait(seconds: float | None) -> None:
        run.check()

    with turns.taken(place(0), nobody_waits), pytest.raises(LeftError), turns.taken(place(1), wait):
        pytest.fail("it had its turn")
    with turns.taken(place(2), nobody_waits):
        pass


def test_who_leaves_while_others_pass_leaves_nothing_behind(line: Line) -> None:
    def leave(seconds: float | None) -> None:
        raise LeftError

    def paint_and_leave() -> None:
        large = place(0, 60.0)
        with line.turns.taken(large, nobody_waits):
            line.join("small", place(1, 2.0))
            line.turns.give_way(large, leave)

    with pytest.raises(LeftError):
        paint_and_leave()
    assert painted(line) == ["small0", "small1", "small2"]


def test_waiting_is_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, now = Turns(), [0.0]
    monkeypatch.setattr(interrupts, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    def wait(seconds: float | None) -> None:
        now[0] += 100
        if now[0] > 400:
            raise LeftError

    before = interrupts.seconds_worked()
    with turns.taken(place(0), nobody_waits):
        now[0] += 5
        with pytest.raises(LeftError), turns.taken(place(1), wait):
            pass
    assert interrupts.seconds_worked() - before == pytest.approx(5)


def nobody_waits(seconds: float | None) -> None:
    pytest.fail("somebody is still in the line")


def test_what_is_painted_elsewhere_takes_no_turn_here() -> None:
    turns = Turns()
    run = Run(turns, 180.0)
    with run.turn(unreported, Estimate((8, 8), 60.0, 1, 100, elsewhere=True)) as watched:
        watched(0.5, "Painting")
        assert turns.is_idle()
        run.leave()
        with pytest.raises(LeftError):
            watched(0.6, "Painting")
