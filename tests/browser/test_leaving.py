"""A tab that is closed or loaded again, in a real browser: what was asked for ends, and the next one has the turn."""

import time
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Page

from sanet.engine.request import Request
from sanet.progress import Progress, unreported
from sanet.web.page import build_app, launch_options
from tests.support.browser import open_tab, press
from tests.support.fake_engine import FakeEngine
from tests.support.waiting import eventually


class EndlessEngine(FakeEngine):
    """Paints for ever, and counts the pictures that were begun and those whose visitor has left."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.left = 0, 0

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        self.begun += 1
        try:
            while True:
                progress(0.5, "Painting")
                time.sleep(0.02)
        finally:
            self.left += 1


@pytest.fixture
def endless() -> Iterator[tuple[str, EndlessEngine]]:
    engine = EndlessEngine()
    app = build_app(engine)
    _, address, _ = app.launch(**launch_options(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield address, engine
    app.close()


def test_who_closes_the_tab_or_loads_it_again_leaves_the_turn_to_the_next(
    visit: Callable[..., Page], endless: tuple[str, EndlessEngine]
) -> None:
    address, engine = endless
    closing, reloading = visit(), visit()
    for page in (closing, reloading):
        open_tab(page, address, "One style")
        press(page, "#one-run")
        eventually(lambda: engine.begun == 1, seconds=60)
    closing.close()
    eventually(lambda: (engine.left, engine.begun) == (1, 2))
    reloading.reload()
    eventually(lambda: engine.left == 2)
