"""Previews of the moving point: tickets instead of paths, smaller where the machine is slow."""

import base64
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sanet.engine.request import Request
from sanet.web.widgets import live_preview
from sanet.web.widgets.live_preview import LivePreview


@pytest.fixture
def paths(tmp_path: Path, noise) -> list[str]:
    files = [tmp_path / f"{i}.png" for i in range(5)]
    for i, file in enumerate(files):
        noise(300, 200, i).save(file)
    return [str(file) for file in files]


def request(paths: list[str | None]) -> Request[str | None]:
    return Request(paths[0], tuple(paths[1:]))


def decoded(address: str) -> Image.Image:
    kind, _, data = address.partition(";base64,")
    assert kind == "data:image/jpeg"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_a_ticket_draws_a_small_picture_that_depends_on_the_point(engine, paths: list[str]) -> None:
    live = LivePreview(engine)
    ticket = live.ticket(request(paths))
    first, second = (live.draw(ticket, mix=mix) for mix in ((1, 0, 0, 0), (0, 0, 0, 1)))
    assert max(decoded(first).size) in live_preview.SIDES
    assert first != second


def test_no_ticket_no_picture(engine, paths: list[str], tmp_path: Path) -> None:
    live = LivePreview(engine)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    assert live.draw(paths[0], mix=(1, 0, 0, 0)) == ""
    assert live.ticket(request([None, *paths[1:]])) == ""
    assert live.ticket(request([*paths[:4], None])) == ""
    ticket = live.ticket(request([str(broken), *paths[1:]]))
    assert live.draw(ticket, mix=(1, 0, 0, 0)) == ""
    broken.unlink()
    assert live.draw(ticket, mix=(1, 0, 0, 0)) == ""


def test_an_engine_without_previews_has_no_tickets(engine, paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "has_previews", False)
    assert LivePreview(engine).ticket(request(paths)) == ""


def test_who_cannot_be_served_soon_gets_none(engine, paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_preview, "PATIENCE", 0.01)
    live = LivePreview(engine)
    ticket, inside, out = live.ticket(request(paths)), threading.Event(), threading.Event()

    def hold(*choices):
        inside.set()
        assert out.wait(20)
        raise ValueError

    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(engine, "paint", hold)
        first = pool.submit(live.draw, ticket, mix=(1, 0, 0, 0))
        assert inside.wait(20)
        assert live.draw(ticket, mix=(1, 0, 0, 0)) == ""
        assert live.ticket(request(paths))  # needs no place
        out.set()
        assert first.result() == ""
    monkeypatch.undo()
    assert live.draw(ticket, mix=(1, 0, 0, 0))


def test_a_slow_machine_gets_smaller_previews(engine, paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    live = LivePreview(engine)
    ticket = live.ticket(request(paths))
    clock = iter(range(100))
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(clock)))
    sides = [max(decoded(live.draw(ticket, mix=(1, 1, 1, 1))).size) for _ in range(7)]
    assert sides == [256, 256, 192, 192, 128, 128, 128]


@pytest.mark.parametrize(("max_side", "largest"), [(512, 300), (280, 280), (128, 128)])
def test_a_fast_machine_gets_previews_as_large_as_the_result(
    engine, paths: list[str], monkeypatch: pytest.MonkeyPatch, max_side: int, largest: int
) -> None:
    live = LivePreview(engine)
    ticket = live.ticket(replace(request(paths), max_side=max_side))
    monkeypatch.setattr(time, "perf_counter", lambda: 0.0)
    sides = [max(decoded(live.draw(ticket, mix=(1, 1, 1, 1))).size) for _ in range(4)]
    assert sides == [min(256, largest), min(256, largest), largest, largest]
