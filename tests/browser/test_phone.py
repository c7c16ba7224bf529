"""A phone, by boxes: how long the pages are, what is on the first screen, in which order, and the sheet of settings."""

import itertools
from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import DESKTOP, PHONE, fits, open_settings, open_tab, press, resting_box, size_field

# Pixels of CSS: half of what the pages had with all settings on them.
MOST = {"One style": 980, "Four styles": 1240, "Paint regions": 1710, "All styles": 1055, "Mix": 1230}
# What has the focus, but for the buttons at the foot, which stand apart; "round" once it is the open tab's again.
FOCUSED = """() => {
  const { activeElement: element } = document;
  if (element.matches("[role=tab]")) return "round";
  if (element === document.body || element.closest(".row:has(> .run), .row:has(> .row > .run)")) return null;
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return [left, top + scrollY, right, bottom + scrollY];
}"""


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


def box(place: Locator) -> Box:
    found = resting_box(place)
    return Box(found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"])


def focused(page: Page) -> list[Box]:
    """Where the focus goes from the open tab on, by the Tab key, until it is there again."""
    page.get_by_role("tab", selected=True).focus()
    boxes: list[Box] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found == "round":
            return boxes
        boxes += [Box(*found)] if found else []
    raise AssertionError("120 steps of the Tab key do not lead around the page")


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    return visit(PHONE)


@pytest.mark.parametrize("tab", MOST)
def test_a_page_is_short_and_the_tab_key_goes_down_it(page: Page, url: str, tab: str) -> None:
    open_tab(page, url, tab)
    assert page.evaluate("document.documentElement.scrollHeight") <= MOST[tab]
    assert fits(page)
    boxes = focused(page)
    assert len(boxes) > 5
    for before, after in itertools.pairwise(boxes):
        beside = after.left >= before.right - 1 or after.right <= before.left + 1
        assert beside or after.bottom > before.top, (before, after)


def test_the_first_screen_has_what_a_picture_is_made_of_stylize_and_the_result(page: Page, url: str) -> None:
    open_tab(page, url, "One style")
    for part in ("content", "style", "run", "settings"):
        expect(page.locator(f"#one-{part}")).to_be_in_viewport(ratio=1)
    result, buttons = page.locator("#one-result"), box(page.locator("#one-run"))
    expect(result).to_be_in_viewport(ratio=1)
    assert box(page.locator("#one-content")).bottom < box(result).top < box(result).bottom < buttons.top


def test_the_tabs_are_one_row_which_shows_the_open_one(page: Page, url: str) -> None:
    open_tab(page, url, "One style")
    tabs = page.get_by_role("tab").all()
    assert len({box(tab).top for tab in tabs}) == 1
    assert min(box(tab).right - box(tab).left for tab in tabs) >= 44
    assert tabs[-1].evaluate("(tab) => tab.getBoundingClientRect().right > innerWidth")
    for tab in (tabs[-1], tabs[0]):
        tab.focus()
        page.keyboard.press("Enter")
        expect(tab).to_be_in_viewport(ratio=1)


def test_the_settings_come_up_in_a_sheet_and_go_again(page: Page, url: str) -> None:
    open_tab(page, url, "One style")
    sheet, colours = page.get_by_role("dialog", name="Settings"), page.get_by_label("Keep the photograph's colours")
    expect(colours.and_(page.locator(":visible"))).to_have_count(0)
    open_settings(page)
    for part in (sheet, page.locator("#one-polish"), page.locator("#one-cost"), size_field(page)):
        expect(part).to_be_in_viewport(ratio=1)
    assert box(page.locator("#one-result")).bottom <= box(sheet).top
    assert box(sheet).bottom <= box(page.locator("#one-run")).top
    size_field(page).fill("256")
    size_field(page).press("Enter")
    expect(page.locator("#one-cost")).to_contain_text("256 × 171 px")
    sheet.get_by_role("button", name="More control").click()
    sheet.get_by_label("The photograph's", exact=True).check()
    expect(page.locator("#one-note")).to_contain_text("256 × 171 px in")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.locator("#one-settings")).to_be_focused()
    expect(page.locator("#one-polish")).to_be_hidden()
    press(page, "#one-settings")
    expect(sheet).to_be_focused()
    page.keyboard.press("Tab")
    assert sheet.evaluate("(sheet) => sheet.contains(document.activeElement)")
    page.touchscreen.tap(195, 20)
    expect(sheet).to_have_count(0)
    press(page, "#one-settings")
    press(page, "#one-settings")
    expect(sheet).to_have_count(0)


def test_what_a_sheet_has_lent_is_back_where_the_window_grows(page: Page, url: str) -> None:
    open_tab(page, url, "Four styles")
    open_settings(page)
    expect(page.locator("#four-x")).to_be_in_viewport(ratio=1)
    settings = page.locator(".settings-sheet > *")
    assert len({(box(setting).left, box(setting).right) for setting in settings.all() if setting.is_visible()}) == 1
    page.set_viewport_size(DESKTOP)
    expect(page.get_by_role("dialog", name="Settings")).to_have_count(0)
    square, x, y = (box(page.locator(place)) for place in ("#style-square", "#four-x", "#four-y"))
    assert square.bottom <= x.top < y.top
