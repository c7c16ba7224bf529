"""More control in a real browser: closed at first, heeded by what is painted, and brought back by links and files."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browser import (
    MADE,
    SIZES,
    download,
    fits,
    grave_violations,
    open_settings,
    open_tab,
    press,
    run_and_wait,
    set_number,
    size_field,
    upload,
)

SMALL = "256"  # pixels: strokes of four times the size take ten times the seconds
TABS = {"one": "One style", "four": "Four styles", "mix": "Mix"}


def more(page: Page, name: str) -> None:
    """Open the panel."""
    open_settings(page)
    press(page, f"#{name}-more button.label-wrap")
    expect(page.locator(f"#{name}-strokes")).to_be_visible()


@SIZES
@pytest.mark.parametrize("name", TABS)
def test_colours_and_strokes_are_heeded_and_a_link_brings_them_back(
    visit: Callable[..., Page], url: str, size: dict, name: str
) -> None:
    page = visit(size)
    open_tab(page, url, TABS[name])
    set_number(size_field(page), SMALL)
    expect(page.locator(f"#{name}-colors")).to_be_hidden()
    result = page.locator(f"#{name}-result img:not(.live-preview)").last
    run_and_wait(page, name)
    before = result.get_attribute("src")
    more(page, name)
    page.locator(f"#{name}-colors").get_by_role("radio", name="palette").check()
    expect(result).not_to_have_attribute("src", str(before))
    expect(page.locator(f"#{name}-note")).to_contain_text(MADE)
    before = result.get_attribute("src")
    set_number(page.locator(f"#{name}-stroke-size input"), "2")
    expect(page.locator(f"#{name}-strokes input[type=range]")).to_have_value("1")
    expect(result).not_to_have_attribute("src", str(before))
    assert fits(page)
    assert grave_violations(page) == []
    press(page, f"#{name}-share")
    field = page.locator(f"#{name}-share-sent :is(input, textarea)")
    expect(field).to_have_value(re.compile(r"\?recipe=[\w-]+$"))
    link = field.input_value()
    page = visit(size)
    page.goto(link)
    expect(page.locator(f"#{name}-note")).to_contain_text(MADE)
    more(page, name)
    expect(page.locator(f"#{name}-colors").get_by_role("radio", name="palette")).to_be_checked()
    expect(page.locator(f"#{name}-stroke-size input")).to_have_value("2")
    expect(page.locator(f"#{name}-strokes input[type=range]")).to_have_value("1")


@SIZES
def test_the_slider_of_strokes_paints_and_a_surprise_keeps_it(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, url, "One style")
    set_number(size_field(page), SMALL)
    run_and_wait(page, "one")
    more(page, "one")
    result = page.locator("#one-result img:not(.live-preview)").last
    before = result.get_attribute("src")
    slider = page.locator("#one-strokes input[type=range]")
    slider.focus()
    slider.press("End")
    expect(page.locator("#one-stroke-size input")).to_have_value("4")
    expect(result).not_to_have_attribute("src", str(before))
    before = result.get_attribute("src")
    press(page, "#one-surprise")
    expect(result).not_to_have_attribute("src", str(before))
    expect(page.locator("#one-stroke-size input")).to_have_value("4")


@SIZES
def test_a_small_photograph_is_painted_for_paper(
    visit: Callable[..., Page], url: str, tmp_path: Path, size: dict
) -> None:
    page = visit(size)
    open_tab(page, url, "One style")
    photograph = tmp_path / "small.png"
    Image.new("RGB", (300, 212), "teal").save(photograph)
    upload(page, "one-content", photograph)
    expect(page.locator("#one-note")).to_contain_text("300 × 212 px in")  # painted by itself
    more(page, "one")
    paper = page.locator("#one-paper input")
    paper.evaluate("(field) => field.scrollIntoView({ block: 'center' })")
    paper.click()
    page.get_by_role("option", name="A5, 150 dpi").click()
    expect(page.locator("#one-cost")).to_contain_text("1237 × 874 px")
    expect(page.locator("#one-dpi input")).to_have_value("150")
    expect(page.locator("#one-enlarge input")).to_be_checked()
    set_number(page.locator("#one-dpi input"), "300")
    run_and_wait(page, "one")
    expect(page.locator("#one-note")).to_contain_text("1237 × 874 px in")
    _, data = download(page, "#one-download")
    picture = Image.open(io.BytesIO(data))
    assert (picture.size, round(picture.info["dpi"][0])) == ((1237, 874), 300)
    open_settings(page)
    page.locator("#one-enlarge input").uncheck()
    expect(page.locator("#one-cost")).to_contain_text("300 × 212 px")


@SIZES
def test_regions_are_looked_at_and_matched(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, url, "One style")
    run_and_wait(page, "one")
    more(page, "one")
    expect(page.locator("#one-regions-shown")).to_be_hidden()
    press(page, "#one-show-regions")
    expect(page.locator("#one-regions-shown img")).to_have_count(2)
    result = page.locator("#one-result img:not(.live-preview)").last
    before = result.get_attribute("src")
    set_number(page.locator("#one-match input[type=number]"), "1")
    expect(result).not_to_have_attribute("src", str(before))
    assert fits(page)
    assert grave_violations(page) == []
