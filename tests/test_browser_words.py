"""The page in a real browser that asks for Chinese, Korean, English or a language that the page does not have."""

from collections.abc import Iterator

import pytest
from browser import chromium, served_app
from playwright.sync_api import Browser, Page, expect

from sanet.web.words import WORDS

expect.set_options(timeout=60_000)
TABS = ("one", "four", "paint", "all", "mix")
# Every text and every attribute, whether it is seen or not.
LEFTOVERS = """() => [...document.body.querySelectorAll("*:not(script)")].flatMap((element) => [
  ...[...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent),
  ...[...element.attributes].map((attribute) => attribute.value),
]).filter((text) => /__i18n__|translation_metadata|\\[object Object\\]|undefined/.test(text))"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_app(tmp_path_factory.mktemp("gradio")) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def visible_text(page: Page) -> str:
    return page.locator("body").inner_text()


@pytest.mark.parametrize(
    ("locale", "language"), [("zh-CN", "zh-CN"), ("ko", "ko"), ("ko-KR", "ko"), ("en-US", "en"), ("fr-FR", "en")]
)
def test_the_page_speaks_the_language_of_the_browser(browser: Browser, url: str, locale: str, language: str) -> None:
    words = WORDS[language]
    page = browser.new_context(locale=locale, viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(60_000)
    page.goto(url)
    expect(page.locator("#header")).to_contain_text(words["header"].split("\n")[1])
    expect(page.locator("#one-run")).to_have_text(words["stylize"])
    expect(page.get_by_label(words["strength"]).first).to_be_visible()
    expect(page.get_by_text(words["own_arrivals"])).to_be_visible()
    keys = {key for key in words if "_" in key}
    for name in TABS:
        tab = page.get_by_role("tab", name=words[f"tab_{name}"], exact=True)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(page.locator(f"#{name}-run")).to_have_text(words["stylize"])
        assert page.evaluate(LEFTOVERS) == []
        assert not keys & set(visible_text(page).split())
    page.get_by_role("tab", name=words["tab_paint"], exact=True).click()
    expect(page.get_by_role("button", name=words["own_fill"])).to_be_visible()
    expect(page.locator("#paint-canvas .told")).to_contain_text(words["own_unpainted"])
    # A choice shows its translation and hands over its English value.
    page.get_by_role("radio", name=words["regions_quadrants"]).check()
    expect(page.locator("#paint-canvas .told")).to_have_text(words["own_regions_seen"])
    expect(page.get_by_role("button", name=words["paint_on"])).to_be_visible()
    page.context.close()
