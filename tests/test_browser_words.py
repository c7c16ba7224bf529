"""The page in a real browser that asks for Chinese, Korean, English or a language that the page does not have."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sanet.web.words import WORDS

TABS = ("one", "four", "paint", "all", "mix")
# Every text and every attribute, whether it is seen or not.
LEFTOVERS = """() => [...document.body.querySelectorAll("*:not(script)")].flatMap((element) => [
  ...[...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent),
  ...[...element.attributes].map((attribute) => attribute.value),
]).filter((text) => /__i18n__|translation_metadata|\\[object Object\\]|undefined/.test(text))"""


def opened(visit: Callable[..., Page], url: str, locale: str) -> Page:
    page = visit(locale=locale)
    page.goto(url)
    return page


def check_first_tab(page: Page, words: dict[str, str]) -> None:
    expect(page.locator("#header")).to_contain_text(words["header"].split("\n")[1])
    expect(page.locator("#one-run")).to_have_text(words["stylize"])
    expect(page.get_by_label(f"number input for {words['strength']}").and_(page.locator(":visible"))).to_be_visible()
    expect(page.get_by_text(words["own_arrivals"])).to_be_visible()


@pytest.mark.parametrize("locale", ["zh-CN", "ko"])
def test_every_tab_is_translated(visit: Callable[..., Page], url: str, locale: str) -> None:
    page, words = opened(visit, url, locale), WORDS[locale]
    check_first_tab(page, words)
    keys = {key for key in words if "_" in key}
    for name in TABS:
        page.get_by_role("tab", name=words[f"tab_{name}"], exact=True).click()
        expect(page.locator(f"#{name}-run")).to_have_text(words["stylize"])
        assert page.evaluate(LEFTOVERS) == []
        assert not keys & set(page.locator("body").inner_text().split())
    page.get_by_role("tab", name=words["tab_paint"], exact=True).click()
    expect(page.get_by_role("button", name=words["own_fill"])).to_be_visible()
    # A choice shows its translation and hands over its English value.
    page.get_by_role("radio", name=words["regions_quadrants"]).check()
    expect(page.get_by_role("button", name=words["paint_on"])).to_be_visible()


@pytest.mark.parametrize("locale", ["en-US", "fr-FR"])
def test_other_languages_get_english(visit: Callable[..., Page], url: str, locale: str) -> None:
    page = opened(visit, url, locale)
    check_first_tab(page, WORDS["en"])
    assert page.evaluate(LEFTOVERS) == []
