"""The page by the keyboard alone and with little motion: stops of the Tab key, what is focused, the handle."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import DESKTOP, open_tab, resting_box, run_and_wait, set_number, size_field, until
from tests.support.waiting import eventually

MOVING = """() => document.getAnimations()
  .filter((motion) => motion.playState === "running" && motion.effect.getComputedTiming().endTime > 100).length"""


def pixels(place: Locator) -> Image.Image:
    return Image.open(io.BytesIO(place.screenshot(animations="allow"))).convert("RGB")


def differs(one: Image.Image, other: Image.Image) -> float:
    """In levels of 255, on average."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.fixture
def page(visit: Callable[..., Page], url: str) -> Page:
    page = visit(DESKTOP, reduced_motion="reduce")
    open_tab(page, url, "One style")
    return page


def test_a_gallery_is_one_stop_and_its_arrows_go_from_picture_to_picture(page: Page) -> None:
    thumbnails = page.locator("#one-content-examples .thumbnail-item")
    expect(thumbnails.nth(1)).to_have_attribute("tabindex", "-1")
    page.get_by_role("tab", name="One style").focus()
    stops = 0
    while not page.evaluate("document.activeElement.id === 'one-run'"):
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 14
    thumbnails.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(thumbnails.nth(2)).to_be_focused()
    before = page.locator("#one-content img").first.get_attribute("src")
    page.keyboard.press("Enter")
    expect(page.locator("#one-content img").first).not_to_have_attribute("src", str(before))


def test_what_has_the_focus_is_seen(page: Page) -> None:
    slider = page.locator("input[type=range]").and_(page.locator(":visible")).first
    place = slider.locator("xpath=ancestor::*[contains(@class, 'block')][1]")
    idle = pixels(place)
    page.locator("#one-run").focus()
    page.keyboard.press("Tab")
    slider.focus()
    page.keyboard.press("Shift")  # by the keyboard
    assert differs(idle, pixels(place)) > 0.3


def test_the_row_of_tabs_is_one_stop_and_its_arrows_go_from_tab_to_tab(page: Page) -> None:
    tabs = page.get_by_role("tab")

    def stops() -> list[int]:
        return tabs.evaluate_all("(tabs) => tabs.flatMap((tab, i) => (tab.tabIndex < 0 ? [] : [i]))")

    eventually(lambda: stops() == [0])
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    eventually(lambda: stops() == [1])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=tablist]') === null")


def test_a_size_that_the_photograph_does_not_have_can_be_typed(page: Page) -> None:
    failed: list[str] = []
    page.on("response", lambda got: failed.append(got.url) if got.status >= 500 else None)
    size = size_field(page)
    expect(size).to_have_attribute("max", "1024")
    size.press_sequentially("99", delay=50)
    set_number(size, "5000")
    size.blur()
    expect(page.locator("#one-cost")).to_contain_text("1024 × 683 px")
    expect(size).to_have_value("1024")
    assert failed == []


def test_the_handle_follows_the_arrow_keys_and_a_held_picture_is_the_photograph(page: Page) -> None:
    run_and_wait(page, "one")
    result, handle = page.locator("#one-result"), page.locator("#one-result [data-testid=slider]")
    shown = pixels(result)
    around, box = resting_box(result), resting_box(handle)
    assert box["x"] + box["width"] / 2 < around["x"] + 0.25 * around["width"]
    handle.focus()
    page.keyboard.press("End")
    photograph = pixels(result)
    assert differs(shown, photograph) > 10
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    until(page, lambda: resting_box(handle)["x"] > around["x"] + 0.1 * around["width"])
    page.mouse.move(around["x"] + 0.5 * around["width"], around["y"] + 0.5 * around["height"])
    page.mouse.down()
    expect(result).to_contain_class("held")
    assert differs(pixels(result), photograph) < differs(pixels(result), shown)
    page.mouse.up()
    expect(result).not_to_contain_class("held")
    assert page.evaluate(MOVING) == 0
