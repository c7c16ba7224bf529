"""The working size in a real browser: up to the original, what it will cost, progress and Stop between tiles."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from sanet.web.examples import CONTENTS
from tests.support.browser import DESKTOP, PHONE, fits, open_tab, press, served_app, set_number, size_field, upload

LARGE = (2400, 800)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, visit: Callable[..., Page], tmp_path: Path) -> Iterator[Page]:
    """On a server of its own, which has painted nothing yet."""
    with served_app(tmp_path / "gradio") as url:
        page = visit(request.param)
        open_tab(page, url, "One style")
        yield page


def test_the_size_goes_up_to_the_original_with_a_cost_and_stops_between_tiles(page: Page, tmp_path: Path) -> None:
    cost, note = page.locator("#one-cost"), page.locator("#one-note")
    expect(size_field(page)).to_have_attribute("max", "1024")  # the example's longer side
    expect(cost).to_have_text("512 × 342 px")
    press(page, "#one-run")
    expect(note).to_contain_text("512 × 342 px in")
    expect(cost).to_have_text(re.compile(r"512 × 342 px, about \d+ s"))
    photo = tmp_path / "wide.jpg"
    Image.open(CONTENTS[0].path).resize(LARGE).save(photo)
    upload(page, "one-content", photo)
    expect(size_field(page)).to_have_attribute("max", "2432")
    set_number(size_field(page), "2432")
    expect(cost).to_have_text(re.compile(r"2400 × 800 px, about \d+ s"))
    press(page, "#one-run")  # often while the new photograph is still painted in the size of before
    expect(note).to_contain_text("512 × 171 px in")
    expect(page.locator("#one-result")).to_contain_text(re.compile("Matching style 1|Painting"))
    press(page, "#one-run")
    press(page, "#one-stop")
    expect(note).to_have_text("Stopped.")
    page.wait_for_timeout(1000)
    expect(page.locator("#one-result .progress-text")).to_have_count(0)  # nor what was asked for once more
    press(page, "#one-run")
    expect(note).to_contain_text("2400 × 800 px in", timeout=180_000)
    assert fits(page)
    upload(page, "one-content", CONTENTS[0].path)
    expect(size_field(page)).to_have_value("1024")  # what the photograph no longer has cannot be asked for
    expect(cost).to_contain_text("1024 × 683 px")
