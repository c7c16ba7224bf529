"""The page in a real browser that asks for Chinese, Korean, English or a language that the page does not have."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sanet.web.examples import CONTENTS, STYLES
from sanet.web.i18n import WORDS
from sanet.web.serving.limits import Limits
from tests.support.browser import DESKTOP, PHONE, SIZES, fits, open_settings, press, set_number

TABS = ("one", "four", "paint", "all", "mix", "compare")
# Every text and every attribute, whether it is seen or not.
LEFTOVERS = """() => [...document.body.querySelectorAll("*:not(script)")].flatMap((element) => [
  ...[...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent),
  ...[...element.attributes].map((attribute) => attribute.value),
]).filter((text) => /__i18n__|translation_metadata|\\[object Object\\]|undefined/.test(text))"""

# What can be seen or is read out.
SHOWN = """() => [...document.body.querySelectorAll("*:not(script, style)")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .flatMap((element) => [
    ...[...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent),
    ...["alt", "aria-label", "aria-valuetext", "placeholder", "title"].map((name) => element.getAttribute(name) ?? ""),
  ])"""
# Names are the same in every language.
NAMES = re.compile(
    "|".join(
        ["SANet Studio", "SANet", "Gradio", "Park & Lee", "CVPR", "JPEG", "WebP", "AVIF", "HEIC"]
        + ["examples/README.md", "embedded", "mix of", "English"]
        + [example.label for example in (*CONTENTS, *STYLES)]
    ),
    re.IGNORECASE,
)


def english(page: Page) -> set[str]:
    """What of the page is in English, names aside."""
    return {text for text in page.evaluate(SHOWN) if re.search("[A-Za-z]{4}", NAMES.sub("", text))}


def filled(text: str) -> re.Pattern[str]:
    """A text with anything in its places."""
    return re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(text)))


def opened(visit: Callable[..., Page], url: str, size: dict, locale: str) -> Page:
    page = visit(size, locale=locale)
    page.goto(url)
    return page


def check_first_tab(page: Page, words: dict[str, str]) -> None:
    expect(page.locator("#header")).to_contain_text(words["header"].split("\n")[1])
    expect(page.locator("#one-run")).to_have_text(words["stylize"])
    label = words["gradio_number"].format(label=words["strength"])
    expect(page.get_by_label(label, exact=True).and_(page.locator(":visible"))).to_be_visible()
    if page.viewport_size == DESKTOP:  # on a phone nothing is dropped
        expect(page.get_by_text(words["own_arrivals"])).to_be_visible()


@SIZES
@pytest.mark.parametrize("locale", ["zh-CN", "ko"])
def test_every_tab_is_translated(visit: Callable[..., Page], url: str, locale: str, size: dict) -> None:
    page, words = opened(visit, url, size, locale), WORDS[locale]
    check_first_tab(page, words)
    keys = {key for key in words if "_" in key}
    for name in TABS:
        page.get_by_role("tab", name=words[f"tab_{name}"], exact=True).click()
        expect(page.locator(f"#{name}-run")).to_have_text(words["stylize"])
        assert page.evaluate(LEFTOVERS) == []
        assert fits(page)
        assert not keys & set(page.locator("body").inner_text().split())
    page.get_by_role("tab", name=words["tab_paint"], exact=True).click()
    expect(page.get_by_role("button", name=words["own_fill"])).to_be_visible()
    # A choice shows its translation and hands over its English value.
    page.get_by_role("radio", name=words["regions_quadrants"]).check()
    open_settings(page)
    expect(page.get_by_role("button", name=words["paint_on"])).to_be_visible()


@SIZES
@pytest.mark.parametrize("locale", ["zh-CN", "ko"])
def test_what_happens_is_told_in_the_same_language(
    visit: Callable[..., Page], url: str, tmp_path: Path, locale: str, size: dict
) -> None:
    page, words = opened(visit, url, size, locale), WORDS[locale]

    def go_to(name: str) -> None:
        page.get_by_role("tab", name=words[f"tab_{name}"], exact=True).click()

    open_settings(page)
    label = words["gradio_number"].format(label=words["working_size"])
    set_number(page.get_by_label(label, exact=True).and_(page.locator(":visible")), "256")
    press(page, "#one-run")
    expect(page.locator("#one-note")).to_have_text(filled(words["said_made"]))
    expect(page.locator("#one-cost")).to_have_text(filled(words["said_cost_time"]))
    expect(page.get_by_role("img", name=filled(words["said_after"]))).to_be_visible()
    press(page, "#one-format")
    press(page, "#one-share")
    expect(page.locator("#one-share-panel")).to_contain_text(filled(words["said_share_stored"].split("**")[-1]))
    press(page, "#one-share-create")
    press(page, "#one-share-more button.label-wrap")
    expect(page.locator("#one-share-delete")).to_contain_text(words["link_delete"])
    expect(page.locator("#checkpoint")).to_have_count(0)  # there is only one to choose
    assert english(page) == set()

    (tmp_path / "notes.jpg").write_text("no picture")
    page.locator("#one-content").get_by_label(words["gradio_remove"]).click()
    page.locator("#one-content input[type=file]").set_input_files(tmp_path / "notes.jpg")
    expect(page.get_by_test_id("toast-text")).to_contain_text(words["error_no_picture"])
    go_to("four")
    press(page, "#tour button")
    expect(page.locator("#tour-note")).to_have_text(filled(words["said_tour_costs"]))
    assert english(page) == set()

    go_to("paint")
    press(page, "#paint-run")
    expect(page.get_by_text(words["error_unpainted"])).to_be_visible()
    assert english(page) == set()

    go_to("all")
    press(page, "#all-run")
    expect(page.locator("#all-note")).to_have_text(filled(words["said_sheet_doing"]))
    assert english(page) == set()
    press(page, "#all-stop")
    expect(page.locator("#all-note")).to_have_text(words["said_stopped"])

    go_to("mix")
    press(page, "#mix-add")
    expect(page.get_by_text(words["said_no_picture"].format(letter="D"))).to_be_visible()
    assert english(page) == set()


@pytest.mark.parametrize("locale", ["en", "zh-CN", "ko"])
def test_refused_uploads_are_told_in_the_same_language(
    visit: Callable[..., Page], url: str, tmp_path: Path, locale: str
) -> None:
    page, words = opened(visit, url, DESKTOP, locale), WORDS[locale]
    notes = [tmp_path / f"{name}.txt" for name in ("$&", "b")]
    for file in notes:
        file.write_text("no picture")
    large = tmp_path / "large.png"
    large.write_bytes(bytes(Limits().clip_bytes + 1))

    def check_refused(field: str, files: list[Path], key: str, **values: Any) -> None:
        page.locator(f"#{field} input[type=file]").set_input_files(files)
        expect(page.get_by_test_id("toast-text")).to_have_text(words[key].format(**values))
        page.get_by_test_id("toast-close").click()
        expect(page.get_by_test_id("toast-text")).to_have_count(0)

    page.locator("#one-content").get_by_role("button").first.click()
    check_refused("one-content", notes[:1], "gradio_wrong_file", names="$&.txt", types="image/*", plural="")
    check_refused("one-content", [large], "gradio_too_large", size="57.2 Mb", names='"large.png"')
    page.get_by_role("tab", name=words["tab_paint"], exact=True).click()
    page.get_by_role("radio", name=words["regions_uploaded"]).check()
    check_refused("paint-masks", notes, "error_no_picture")


@pytest.mark.parametrize(("locale", "size"), [("en-US", DESKTOP), ("fr-FR", PHONE)], ids=["english", "french"])
def test_other_languages_get_english(visit: Callable[..., Page], url: str, locale: str, size: dict) -> None:
    page = opened(visit, url, size, locale)
    check_first_tab(page, WORDS["en"])
    assert page.evaluate(LEFTOVERS) == []
