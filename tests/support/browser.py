"""What the browser tests share: a Chromium, the app served as a visitor meets it, and what visitors do on it."""

import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    FloatRect,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from sanet.paths import ROOT
from tests.support.served import free_port
from tests.support.waiting import eventually

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
expect.set_options(timeout=60_000)  # a busy machine is no failure
APP = (sys.executable, "app.py")
DESKTOP: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
AXE = ROOT / "tests/node_modules/axe-core/axe.min.js"
MADE = re.compile(r"\d+ × \d+ px in \d")
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
# Whether a tap reached the button, the page left it alone, and the browser made a click of it.
WATCH_TAP = """(button) => {
  window.tapped = "missed";
  window.tapWatch?.abort();
  window.tapWatch = new AbortController();
  const { signal } = window.tapWatch;
  const here = (event) => button.contains(event.target);
  const touched = (event) => here(event) && (window.tapped = event.defaultPrevented ? "swallowed" : "touched");
  addEventListener("touchend", touched, { signal });
  addEventListener("click", (event) => here(event) && (window.tapped = "clicked"), { signal, capture: true });
}"""
MOTIONLESS = """() => document.getAnimations().every((motion) =>
  motion.playState !== "running" || motion.effect.getComputedTiming().endTime === Infinity)"""
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A headless Chromium of the system, with a camera that shows a test picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *CAMERA, *flags])
        yield browser
        browser.close()


@contextmanager
def served_app(folder: Path, port: int = 0, **environment: str) -> Iterator[str]:
    """As `app_process`, without the process."""
    with app_process(folder, port, APP, ROOT, **environment) as (url, _):
        yield url


@contextmanager
def app_process(
    folder: Path, port: int = 0, command: Sequence[str | Path] = APP, cwd: Path = ROOT, **environment: str
) -> Iterator[tuple[str, subprocess.Popen]]:
    """`python app.py` in a process of its own on `port` or a free one; yields its address and the process.

    `command` is another way to serve the page, begun in the folder `cwd`.
    """
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    env = os.environ | {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_TEMP_DIR": str(folder),
        **environment,
    }
    with subprocess.Popen(command, cwd=cwd, env=env) as process:
        try:
            eventually(lambda: _answers(url, process), seconds=120)
            yield url, process
        finally:
            process.terminate()


def _answers(url: str, process: subprocess.Popen) -> bool:
    assert process.poll() is None, "the app stopped by itself"
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        return False
    return True


def until(page: Page, true: Callable[[], bool], seconds: float = 30.0) -> None:
    """As `eventually`; in between, the page's events reach their handlers here."""

    def so_far() -> bool:
        page.wait_for_timeout(50)
        return true()

    eventually(so_far, seconds)


def resting_box(place: Locator) -> FloatRect:
    """Where an element is drawn, once it has stayed there for a moment: what is above it may still be loading."""
    found: FloatRect | None = None

    def rests() -> bool:
        nonlocal found
        before, found = found, place.bounding_box()
        place.page.wait_for_timeout(150)
        return found is not None and found == before

    until(place.page, rests)
    assert found is not None
    return found


def stand_still(page: Page) -> None:
    """Wait until nothing fades or slides any more; what turns for ever does not count."""
    page.wait_for_function(MOTIONLESS)


def open_tab(page: Page, url: str, tab: str) -> None:
    """Load the page and go to a tab."""
    page.goto(url)
    page.get_by_role("tab", name=tab).click()
    page.get_by_role("button", name="Stylize").and_(page.locator(":visible")).wait_for()


def open_window(browser: Browser, size: ViewportSize, **options: Any) -> BrowserContext:
    """A visitor of their own; PHONE is a phone, with a finger for a pointer."""
    phone = size is PHONE
    context = browser.new_context(viewport=size, has_touch=phone, is_mobile=phone, **options)
    context.set_default_timeout(60_000)
    return context


def open_settings(page: Page) -> None:
    """Bring up the sheet of a phone's settings, unless it is there; elsewhere they are on the page."""
    if page.viewport_size == PHONE and not page.locator(".settings-sheet").count():
        press(page, ".open-settings:visible")
        page.locator(".settings-sheet").wait_for()


def reach(place: Locator) -> None:
    """The same where `place` is among the settings; put the sheet away where it may cover `place`."""
    if place.page.viewport_size != PHONE:
        return
    if place.evaluate("(place) => Boolean(place.closest('.setting'))"):
        open_settings(place.page)
    elif place.evaluate(
        "(place) => document.querySelector('.settings-sheet')?.parentElement.contains(place) === false"
    ):
        place.page.keyboard.press("Escape")


def size_field(page: Page) -> Locator:
    """The number of the picture size on the open tab."""
    open_settings(page)
    return page.get_by_label("number input for Picture size").and_(page.locator(":visible"))


def press(page: Page, selector: str) -> None:
    """Tap on a phone, click elsewhere."""
    reach(page.locator(selector))
    if page.viewport_size != PHONE:
        page.click(selector)
        return
    button = page.locator(selector)
    button.scroll_into_view_if_needed()
    for _ in range(5):
        button.evaluate(WATCH_TAP)
        page.tap(selector)
        try:
            page.wait_for_function("window.tapped === 'clicked'", timeout=10_000)
            return
        except PlaywrightTimeout:
            # The button may have moved under the finger, and Chromium may make no click of a tap soon after a script's
            # scroll. What the page swallows is not repeated.
            if page.evaluate("window.tapped") not in ("missed", "touched"):
                return


@lru_cache(8)
def finger_of(page: Page) -> CDPSession:
    """One for each page: of touches from several sessions, Chromium makes no clicks."""
    return page.context.new_cdp_session(page)


def stroke(page: Page, points: Sequence[tuple[float, float]]) -> None:
    """Press, move and let go along points of the window, by finger on a phone, by mouse elsewhere."""
    if page.viewport_size != PHONE:
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=3)
        page.mouse.up()
        return
    finger = finger_of(page)
    for i, (x, y) in enumerate(points):
        kind = "touchMove" if i else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def run_and_wait(page: Page, name: str) -> None:
    """Press Stylize on the tab and wait for a new picture, and its note of size and time."""
    after = page.locator(f"#{name}-result img:not(.live-preview)").last
    former = after.get_attribute("src") if after.count() else ""
    press(page, f"#{name}-run")
    expect(after).to_have_attribute("src", re.compile("."))
    expect(after).not_to_have_attribute("src", str(former))
    expect(page.locator(f"#{name}-note")).to_contain_text(MADE)


def upload(page: Page, elem_id: str, file: Path) -> None:
    """Put a file in the place of the picture that is there."""
    page.locator(f"#{elem_id} button[aria-label='Clear'], #{elem_id} button[aria-label='Remove Image']").click()
    page.locator(f"#{elem_id} input[type=file]").set_input_files(file)


def download(page: Page, button: str) -> tuple[str, bytes]:
    """Click, and return the suggested name and what came."""
    with page.expect_download() as coming:
        press(page, button)
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


def set_number(field: Locator, value: str) -> None:
    """Type into a number field, and leave it."""
    reach(field)
    field.fill(value)
    field.press("Enter")


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    assert page.viewport_size is not None  # window.innerWidth would grow with the page on a phone
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def grave_violations(page: Page) -> list[tuple[str, str]]:
    """What axe-core calls serious or critical: rule and element. Needs `make axe` wherever there is npm."""
    if not AXE.exists() and shutil.which("npm") is None:
        return []
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    stand_still(page)  # what fades in has its contrast at the end
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]


@contextmanager
def behind_proxy(url: str, prefix: str) -> Iterator[str]:
    """A reverse proxy that hands everything below `prefix` on to `url`, without the prefix; yields its address."""
    client = httpx.AsyncClient(base_url=url, timeout=None)

    async def forward(request: Request) -> StreamingResponse:
        host, port = request.url.hostname, request.url.port
        headers = {**request.headers, "x-forwarded-host": f"{host}:{port}", "x-forwarded-proto": "http"}
        path = request.url.path.removeprefix(prefix) or "/"
        asked = client.build_request(
            request.method, path, params=request.query_params, headers=headers, content=request.stream()
        )
        answer = await client.send(asked, stream=True)
        closing = BackgroundTask(answer.aclose)
        return StreamingResponse(answer.aiter_raw(), answer.status_code, dict(answer.headers), background=closing)

    routes = [Route(f"{prefix}{{rest:path}}", forward, methods=["GET", "HEAD", "POST"])]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}{prefix}/"
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
