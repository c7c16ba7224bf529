"""The tab "Live" in a real browser with a camera that shows a test picture."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import (
    PHONE,
    SIZES,
    fits,
    grave_violations,
    open_tab,
    press,
    run_and_wait,
    set_number,
    until,
)

PACE = re.compile(r"[\d.]+ pictures a second, \d+ ms behind")


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    return visit(permissions=["camera"])


def open_live(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("tab", name="Live").click()
    expect(page.locator("#live-camera .painted")).to_be_hidden()


def start(page: Page) -> None:
    """Until the first painted picture is seen."""
    press(page, "#live-camera [data-tool=start]")
    expect(page.locator("#live-camera .painted")).to_be_visible()
    expect(page.locator("#live-camera .pace")).to_have_text(PACE)


@SIZES
def test_the_camera_is_painted_while_settings_change_until_it_is_stopped(
    visit: Callable[..., Page], url: str, size: dict
) -> None:
    page = visit(size, permissions=["camera"])
    open_live(page, url)
    start(page)
    painted = page.locator("#live-camera .painted")
    expect(painted).to_have_js_property("naturalWidth", 256)
    assert fits(page)
    assert grave_violations(page) == []
    first = painted.get_attribute("src")
    until(page, lambda: painted.get_attribute("src") != first)
    set_number(page.get_by_label("number input for Picture size").and_(page.locator(":visible")), "128")
    expect(painted).to_have_js_property("naturalWidth", 128)
    page.locator("#live-style-examples .thumbnail-item").nth(1).click()
    press(page, "#live-camera [data-tool=stop]")
    expect(page.locator("#live-camera .told")).to_contain_text("Start the camera")
    last = painted.get_attribute("src")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "component_server" in request.url else None)
    page.wait_for_timeout(1500)
    assert asked == []
    assert painted.get_attribute("src") == last


@SIZES
def test_a_snapshot_is_a_photograph_with_the_style(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size, permissions=["camera"])
    open_live(page, url)
    start(page)
    press(page, "#live-camera [data-tool=snapshot]")
    expect(page.get_by_role("tab", name="One style")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#one-content img").first).to_have_attribute("src", re.compile("snapshot"))
    expect(page.locator("#one-result img").last).to_have_attribute("src", re.compile("snapshot-starry-night"))


def test_the_camera_goes_off_on_another_tab_and_a_hidden_page(page: Page, url: str) -> None:
    open_live(page, url)
    start(page)
    page.get_by_role("tab", name="Mix").click()
    page.get_by_role("tab", name="Live").click()
    expect(page.locator("#live-camera [data-tool=start]")).to_be_visible()
    assert page.locator("#live-camera video").evaluate("(video) => video.srcObject === null")
    start(page)
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    expect(page.locator("#live-camera [data-tool=start]")).to_be_visible()
    assert page.locator("#live-camera video").evaluate("(video) => video.srcObject === null")


def test_a_camera_that_is_allowed_too_late_stays_off(page: Page, url: str) -> None:
    page.add_init_script("""
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      window.given = [];
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        await new Promise((allow) => (window.allow = allow));
        window.given.push(await ask(wanted));
        return window.given.at(-1);
      };""")
    open_live(page, url)
    press(page, "#live-camera [data-tool=start]")
    page.wait_for_function("() => Boolean(window.allow)")
    page.get_by_role("tab", name="Mix").click()
    expect(page.locator("#mix-run")).to_be_visible()
    page.evaluate("() => window.allow()")
    page.wait_for_function("given.length === 1 && given[0].getTracks().every((track) => track.readyState === 'ended')")
    page.get_by_role("tab", name="Live").click()
    expect(page.locator("#live-camera .told")).to_contain_text("Start the camera")


def test_without_a_camera_there_is_one_sentence(visit: Callable[..., Page], url: str) -> None:
    page = visit(PHONE, permissions=[])
    page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('NotFoundError'))")
    open_live(page, url)
    press(page, "#live-camera [data-tool=start]")
    expect(page.locator("#live-camera .told")).to_contain_text("There is no camera, or your browser does not allow it")
    expect(page.locator("#live-camera [data-tool=start]")).to_be_visible()


def test_a_picture_goes_before_the_frames_of_a_camera(visit: Callable[..., Page], url: str) -> None:
    camera, other = visit(permissions=["camera"]), visit()
    open_live(camera, url)
    start(camera)
    open_tab(other, url, "One style")
    run_and_wait(other, "one")
    seen = camera.locator("#live-camera .painted").get_attribute("src")
    until(camera, lambda: camera.locator("#live-camera .painted").get_attribute("src") != seen)
