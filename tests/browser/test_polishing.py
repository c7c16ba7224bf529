"""Polish on the page: the button comes with a result, pictures come every few steps, and Stop keeps what is reached."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sanet.web.page import build_app, launch_options
from tests.support.browser import MADE, press
from tests.support.fake_engine import GatedEngine
from tests.support.waiting import eventually


@pytest.fixture
def engine() -> GatedEngine:
    return GatedEngine()


@pytest.fixture
def gated(engine: GatedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A page whose pictures are done one at a time, when they are let."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    app = build_app(engine)
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield url
    app.close()


def test_each_few_steps_are_shown_and_stop_keeps_them(page: Page, gated: str, engine: GatedEngine):
    page.goto(gated)
    button, note = page.locator("#one-polish"), page.locator("#one-note")
    expect(button).to_be_enabled()  # the page begins with a result
    engine.gate.release()
    press(page, "#one-run")
    expect(note).to_contain_text(MADE)
    button.click()
    for steps in (5, 10):
        engine.gate.release()
        expect(note).to_contain_text(f"polished in {steps} steps")
    eventually(lambda: [request.polish for request in engine.requests] == [0, 5, 10, 15])
    press(page, "#one-stop")
    expect(note).to_contain_text("Stopped")
    engine.gate.release()
    eventually(lambda: engine.stopped == 1)
    engine.gate.release(4)
    button.click()
    expect(note).to_contain_text("polished in 30 steps")
    assert [request.polish for request in engine.requests] == [0, 5, 10, 15, 15, 20, 25, 30]
