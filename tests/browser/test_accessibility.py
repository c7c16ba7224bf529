"""Every tab with a result and its panels open: what fits, what a finger hits, what can be read, in which order."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP, PHONE, fits, grave_violations, open_settings, open_tab, press, run_and_wait

TABS = {"One style": "one", "Four styles": "four", "Paint regions": "paint", "All styles": "all", "Mix": "mix"}
FINGER = 44  # pixels of CSS
# A box or a radio button is hit by its label, a list of choices by the field around its text.
TARGETS = """(finger) => {
  const inText = (element) => element.matches("p a");
  const target = (element) => element.matches("[type=checkbox], [type=radio]") ? element.closest("label")
    : element.matches("[role=combobox]") ? element.closest(".wrap") : element;
  const seen = { opacityProperty: true, visibilityProperty: true };
  return [...document.querySelectorAll("button, a[href], input, select, textarea, summary, [tabindex='0']")]
    .filter((element) => element.checkVisibility(seen) && !inText(element))
    .map((element) => [element.outerHTML.slice(0, 200), target(element).getBoundingClientRect()])
    .filter(([, { width, height }]) => width && height && Math.min(width, height) < finger - 0.01)
    .map(([html, { width, height }]) => `${width} x ${height}: ${html}`);
}"""
# The least contrast of what lies over pictures, be the picture black or white; axe-core leaves it undecided.
CONTRAST = """(selector) => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.map((level) => level / 255)
    .map((level) => (level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4))
    .reduce((sum, level, i) => sum + [0.2126, 0.7152, 0.0722][i] * level, 0);
  const against = (element, picture) => {
    const { color, backgroundColor } = getComputedStyle(element);
    const [r, g, b, alpha = 1] = channels(backgroundColor);
    const ground = light([r, g, b].map((level) => alpha * level + (1 - alpha) * picture));
    const ink = light(channels(color).slice(0, 3));
    return (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
  };
  const found = [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
  return found.flatMap((element) => [against(element, 0), against(element, 255)]);
}"""
# Boxes whose content is wider than they are.
CUT_OFF = """() => [...document.querySelectorAll(".block")]
  .filter((box) => box.checkVisibility() && box.clientWidth && box.scrollWidth > box.clientWidth + 1)
  .map((box) => `${box.scrollWidth} in ${box.clientWidth}: ${box.id}`)"""
OVER_PICTURES = {
    "one": "#one-content label.float",
    "four": "#style-square .share",
    "paint": "#paint-canvas .numbers .number",
    "all": "#all-sheet .caption-label",
    "mix": "#mix-style-1 label.float",
}


def check(page: Page) -> None:
    """In the light and in the dark."""
    assert fits(page)
    assert page.evaluate(CUT_OFF) == []
    if page.viewport_size == PHONE:
        assert page.evaluate(TARGETS, FINGER) == []
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        page.evaluate("(dark) => document.body.classList.toggle('dark', dark)", theme == "dark")
        assert grave_violations(page) == []
    page.evaluate("document.body.classList.remove('dark')")


def make_and_open(page: Page, name: str) -> None:
    """A result on the tab, side by side, with every panel open."""
    if name == "all":
        press(page, "#all-run")
        expect(page.locator("#all-note")).to_contain_text(re.compile(r"[2-9] of 16"))
        press(page, "#all-stop")
        expect(page.locator("#all-note")).to_contain_text("Stopped.")
        return
    if name == "paint":
        page.get_by_role("radio", name="Left / right").check()
        expect(page.locator("#paint-canvas .numbers .number:not([hidden])")).to_have_count(2)
    run_and_wait(page, name)
    page.get_by_label("Side by side").and_(page.locator(":visible")).check()
    if name == "four":
        page.get_by_role("button", name="Tour: an animation").click()
        expect(page.locator("#tour-run")).to_be_visible()
    press(page, f"#{name}-format")
    page.locator(f"#{name}-format-panel").get_by_role("radio", name="JPEG").check()
    expect(page.locator(f"#{name}-format-panel").get_by_label("number input for Quality")).to_be_visible()
    press(page, f"#{name}-share")
    press(page, f"#{name}-share-create")
    press(page, f"#{name}-share-more button.label-wrap")
    expect(page.locator(f"#{name}-share-delete")).to_be_visible()


def links(page: Page, name: str) -> list[str]:
    fields = [page.locator(f"#{name}-share-{kind} :is(input, textarea)") for kind in ("link", "sent", "delete")]
    return [field.input_value() for field in fields]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_tab_fits_and_has_no_serious_violation(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size, bypass_csp=True)  # for axe-core, on the pages that allow no script
    elsewhere: list[str] = []
    errors: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else elsewhere.append(r.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{url}?__theme=light")
    boxes = [page.get_by_role("tab", name=tab).bounding_box() for tab in TABS]
    assert len({box["y"] for box in boxes if box}) == 1  # one line
    for tab, name in TABS.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.locator(f"#{name}-run")).to_be_visible()
        make_and_open(page, name)
        check(page)
        if size is PHONE and name != "all":
            open_settings(page)
            check(page)
            page.keyboard.press("Escape")
        contrasts = page.evaluate(CONTRAST, OVER_PICTURES[name])
        assert contrasts
        assert min(contrasts) >= 4.5
    link, preview, delete = links(page, "mix")
    page.goto(f"{link}&__theme=light")
    expect(page.locator("#shared")).to_contain_text("shared this picture")
    page.locator("#mix-content").get_by_role("button", name="Remove Image").click()
    page.locator("#mix-content input[type=file]").set_input_files(Path(__file__))
    expect(page.get_by_test_id("toast-body")).to_be_visible()
    check(page)
    page.goto(delete)
    check(page)
    page.route(preview, lambda route: route.fulfill(body=route.fetch().text().replace("http-equiv", "name")))
    page.goto(preview)
    check(page)
    assert elsewhere == []
    assert errors == []


def test_the_tab_key_follows_what_is_seen_and_the_result_is_above_the_fold(page: Page, url: str) -> None:
    open_tab(page, url, "One style")
    run_and_wait(page, "one")
    expect(page.locator("#one-result")).to_be_in_viewport(ratio=1)
    press(page, "#one-share")
    expect(page.locator("#one-share-create")).to_be_visible()
    page.get_by_role("tab", name="One style").focus()
    met: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        met.append(page.evaluate("document.activeElement.closest('[id^=one-], #open-result')?.id ?? ''"))
    order = [
        "content",
        "content-choose",
        "content-examples",
        "style",
        "style-choose",
        "style-examples",
        "run",
        "stop",
        "surprise",
        "result",
    ]
    order += ["side", "share", "format", "download", "polish", "share-copy", "share-create"]
    wanted = [*(f"one-{part}" for part in order), "open-result"]
    assert list(dict.fromkeys(part for part in met if part in wanted)) == wanted
    for tab, name in list(TABS.items())[1:]:
        page.get_by_role("tab", name=tab).click()
        page.evaluate("scrollTo(0, 0)")
        if name != "paint":
            expect(page.locator(f"#{name}-run")).to_be_in_viewport(ratio=1)
        if name == "all":
            press(page, "#all-run")
            expect(page.locator("#all-note")).to_contain_text(re.compile(r"[1-9] of 16"))
            expect(page.locator("#all-sheet .thumbnail-item").first).to_be_in_viewport(ratio=1)
            press(page, "#all-stop")
            continue
        if name == "paint":
            page.get_by_role("radio", name="Left / right").check()
        run_and_wait(page, name)
        expect(page.locator(f"#{name}-result")).to_be_in_viewport(ratio=1)
