"""What goes with the visitor in a real browser: over the tabs, a reload, the browser's Back, another language."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from sanet.web.examples import STYLES
from sanet.web.i18n import WORDS
from tests.support.browser import open_tab, press, set_number, upload


def picture(page: Page, elem_id: str) -> Locator:
    return page.locator(f"#{elem_id} img")


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
    gone = "() => localStorage.setItem(KEY, localStorage.getItem(KEY).replaceAll('astronaut', 'gone'))"
    page.evaluate(gone)
    page.reload()
    shows(page, "one-content", "neuschwanstein")
    expect(page.get_by_test_id("toast-body")).to_have_count(0)


def open_tab_of(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()
