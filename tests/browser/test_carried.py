"""What goes with the visitor in a real browser: over the tabs, a reload, the browser's Back, another language."""

import io
import re
from pathlib import Path

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Locator, Page, expect

from sanet.web.examples import STYLES
from sanet.web.i18n import WORDS
from tests.support.browser import open_tab, press, run_and_wait, set_number, upload
from tests.support.waiting import eventually


def picture(page: Page, elem_id: str) -> Locator:
    return page.locator(f"#{elem_id} img").last


def shows(page: Page, elem_id: str, stem: str) -> None:
    expect(picture(page, elem_id)).to_have_attribute("src", re.compile(stem))


def test_pictures_and_settings_go_with_the_visitor(page: Page, url: str, tmp_path: Path) -> None:
    photo = tmp_path / "holiday.png"
    Image.new("RGB", (300, 200), (200, 30, 40)).save(photo)
    open_tab(page, url, "Four styles")
    page.locator("#four-style-examples button").nth(9).click()  # into A
    open_tab_of(page, "One style")
    page.locator("#one-style-examples button").nth(5).click()
    shows(page, "one-style", STYLES[5].path.stem)
    open_tab_of(page, "Mix")
    shows(page, "mix-style-1", STYLES[5].path.stem)
    shows(page, "mix-style-2", STYLES[1].path.stem)
    upload(page, "mix-content", photo)
    shows(page, "mix-content", "holiday")
    for name, tab in (("one", "One style"), ("paint", "Paint regions"), ("all", "All styles"), ("four", "Four styles")):
        open_tab_of(page, tab)
        shows(page, f"{name}-content", "holiday")
    shows(page, "four-style-4", STYLES[9].path.stem)
    set_number(page.locator("#four-x input[type=number]"), "0.9")
    assert page.url.endswith("?tab=four")
    page.go_back()
    expect(page.get_by_role("tab", name="All styles")).to_have_attribute("aria-selected", "true")
    page.go_forward()
    expect(page.get_by_role("tab", name="Four styles")).to_have_attribute("aria-selected", "true")

    page.reload()
    expect(page.locator("#four-x input[type=number]")).to_have_value("0.9")
    expect(page.locator("#style-square .share").first).to_have_text("A 5 %")
    shows(page, "four-content", "holiday")
    open_tab_of(page, "Mix")
    shows(page, "mix-style-1", STYLES[5].path.stem)
    expect(page.locator("#mix-style .entry:visible")).to_have_count(3)

    press(page, "#languages [lang=ko]")
    expect(page.locator("#mix-run")).to_have_text(WORDS["ko"]["stylize"])
    shows(page, "mix-content", "holiday")
    press(page, "#mix-run")
    expect(page.locator("#mix-note")).to_contain_text("걸림")


def test_a_photograph_that_the_server_has_cleared_away_makes_way_for_the_example(page: Page, url: str) -> None:
    open_tab(page, url, "One style")
    page.locator("#one-content-examples button").nth(1).click()
    shows(page, "one-content", "astronaut")
    page.wait_for_function("() => localStorage.getItem(KEY)?.includes('astronaut')")
    gone = "() => localStorage.setItem(KEY, localStorage.getItem(KEY).replaceAll('astronaut', 'gone'))"
    page.evaluate(gone)
    page.reload()
    shows(page, "one-content", "neuschwanstein")
    expect(page.get_by_test_id("toast-body")).to_have_count(0)


def open_tab_of(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()


def pixels(place: Locator) -> Image.Image:
    return Image.open(io.BytesIO(place.screenshot(animations="allow"))).convert("RGB")


def unlike(one: Image.Image, other: Image.Image) -> float:
    """In levels of 255, on average."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other.resize(one.size))).mean) / 3


def spread(picture: Image.Image) -> float:
    """How far its pixels are from its mean."""
    return sum(ImageStat.Stat(picture).stddev) / 3


def test_a_reload_shows_a_picture_of_the_photograph_that_was_there(page: Page, url: str) -> None:
    open_tab(page, url, "One style")
    result, of_others = page.locator("#one-result"), re.compile("")
    begun_with = pixels(result)
    page.locator("#one-content-examples button").nth(1).click()
    shows(page, "one-result", "astronaut-starry-night")
    expect(result).not_to_have_attribute("data-of-others", of_others)
    made = pixels(result)
    page.reload()
    shows(page, "one-content", "astronaut")
    shows(page, "one-result", "astronaut-starry-night")
    expect(result).not_to_have_attribute("data-of-others", of_others)
    eventually(lambda: unlike(made, pixels(result)) < unlike(made, begun_with) / 4, seconds=60)


def test_a_tab_shows_no_picture_of_another_photograph_as_if_it_were_of_this_one(page: Page, url: str) -> None:
    open_tab(page, url, "Four styles")
    run_and_wait(page, "four")
    open_tab_of(page, "Paint regions")
    page.get_by_role("radio", name="Left / right").check()
    run_and_wait(page, "paint")
    result = page.locator("#paint-result")
    bright = pixels(result)
    open_tab_of(page, "All styles")
    press(page, "#all-run")
    expect(page.locator("#all-note")).to_contain_text(re.compile("[1-9] of 16"))
    press(page, "#all-stop")
    open_tab_of(page, "One style")
    page.locator("#one-content-examples button").nth(1).click()
    shows(page, "one-result", "astronaut")

    open_tab_of(page, "Four styles")  # which paints by itself
    shows(page, "four-result", "astronaut-mix")
    open_tab_of(page, "Paint regions")
    expect_said_over(result)
    eventually(lambda: spread(pixels(result)) < 0.7 * spread(bright), seconds=60)
    run_and_wait(page, "paint")
    eventually(lambda: spread(pixels(result)) > 0.7 * spread(bright), seconds=60)
    open_tab_of(page, "All styles")
    expect_said_over(page.locator("#all-sheet"))


def expect_said_over(result: Locator) -> None:
    words = WORDS["en"]["own_of_others"]
    expect(result).to_have_attribute("data-of-others", words)
    assert result.evaluate("(place) => getComputedStyle(place, '::after').content") == f'"{words}"'
