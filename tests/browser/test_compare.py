"""Tab "Compare" in a real browser: methods appear one after the other, the lens, the sheet, and Stop."""

import io
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page, expect

from sanet.methods.methods import NAMES
from tests.support.browser import (
    PHONE,
    SIZES,
    download,
    fits,
    grave_violations,
    open_tab,
    press,
    resting_box,
    set_number,
)


def look_at(page: Page, place: str) -> None:
    """Point at the middle of a picture, or tap on it."""
    page.locator(place).scroll_into_view_if_needed()
    box = resting_box(page.locator(place))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if page.viewport_size == PHONE:
        page.touchscreen.tap(x, y)
    else:
        page.mouse.move(x, y)


@SIZES
def test_methods_appear_one_after_the_other_under_one_lens(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, url, "Compare")
    note, glasses, slow = page.locator("#compare-note"), page.locator(".lens-glass"), page.locator("#compare-slow")
    set_number(page.locator("#compare-side input[type=number]"), "256")
    expect(page.locator("#compare-download")).to_be_disabled()
    expect(slow).to_have_text(re.compile(r"Paint Gatys \(.+\)"))
    press(page, "#compare-run")
    expect(note).to_contain_text(re.compile(r"Now painting .+; [0-3] of 4 are done"))
    expect(note).to_contain_text("Gatys takes longer", timeout=300_000)
    for name in NAMES:
        shown = page.locator(f"#compare-{name} img")
        if name == "gatys":
            expect(shown).to_have_count(0)
        else:
            expect(shown).to_have_js_property("naturalWidth", 256)
            expect(page.locator(f"#compare-{name}-seconds")).to_have_text(re.compile(r"\d s"))
    look_at(page, "#compare-wct img")
    expect(glasses).to_have_count(5)  # the photograph has one, too
    assert fits(page)
    assert grave_violations(page) == []
    name, data = download(page, "#compare-download")
    assert name == "neuschwanstein-castle-starry-night-a100-compared.png"
    assert Image.open(io.BytesIO(data)).width == 4 * 260 + 4
    press(page, "#compare-slow")
    expect(note).to_contain_text("Now painting Gatys et al.; 4 of 5 are done.")
    press(page, "#compare-stop")
    expect(note).to_contain_text("Stopped.")


def test_the_arrow_keys_move_the_lens(page: Page, url: str) -> None:
    open_tab(page, url, "Compare")
    page.locator("#compare-stop").focus()
    lens = page.get_by_role("slider", name="Lens over all pictures")
    for _ in range(30):
        page.keyboard.press("Tab")
        if lens.evaluate("(lens) => lens === document.activeElement"):
            break
    expect(page.locator("#compare-content .lens-glass")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(lens).to_have_attribute("aria-valuetext", "54 % from the left, 50 % from the top")
    page.keyboard.press("Escape")
    expect(page.locator(".lens-glass")).to_have_count(0)
