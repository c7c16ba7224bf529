"""The page in a real browser, served by app.py with the embedded weights."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Page, expect

from sanet.web.errors import CLEARED_AWAY
from sanet.web.examples import CONTENTS
from tests.support.browser import (
    DESKTOP,
    SIZES,
    download,
    open_tab,
    press,
    resting_box,
    run_and_wait,
    set_number,
    size_field,
    upload,
)


def original(picture: Image.Image, index: int) -> Image.Image:
    return Image.open(CONTENTS[index].path).convert("RGB").resize(picture.size)


@SIZES
@pytest.mark.parametrize(
    ("tab", "name", "file"),
    [
        ("One style", "one", "brandenburg-gate-great-wave-a100.png"),
        ("Four styles", "four", "brandenburg-gate-mix-x50-y50-a100.png"),
        ("Paint regions", "paint", "brandenburg-gate-regions-a100.png"),
    ],
)
def test_example_run_see_and_download(
    visit: Callable[..., Page], url: str, size: dict, tab: str, name: str, file: str
) -> None:
    page = visit(size)
    index = [example.path.stem for example in CONTENTS].index("brandenburg-gate")
    open_tab(page, url, tab)
    if name == "paint":
        page.get_by_role("radio", name="Left / right").check()
    page.locator(f"#{name}-content-examples button").nth(index).click()
    expect(page.locator(f"#{name}-content img")).to_have_attribute("src", re.compile("brandenburg-gate"))
    if name == "one":
        page.locator("#one-style-examples button").nth(1).click()
        expect(page.locator("#one-style img").first).to_have_attribute("src", re.compile("great-wave"))
    run_and_wait(page, name)
    after = page.locator(f"#{name}-result img").last
    expect(after).to_have_attribute("src", re.compile(re.escape(file)), timeout=60_000)
    expect(after).to_have_js_property("naturalWidth", 512)
    suggested, data = download(page, f"#{name}-download")
    picture = Image.open(io.BytesIO(data))
    assert (suggested, picture.format, picture.size) == (file, "PNG", (512, 384))
    # A stylized picture, not the photograph and not a flat colour.
    assert sum(ImageStat.Stat(ImageChops.difference(picture, original(picture, index))).mean) / 3 > 15
    assert min(ImageStat.Stat(picture).stddev) > 15


@SIZES
def test_the_page_begins_with_a_picture_whose_place_the_next_one_takes(
    visit: Callable[..., Page], url: str, size: dict
) -> None:
    page = visit(size)
    page.goto(url)
    expect(page.get_by_role("img", name="Result: Neuschwanstein Castle in the style of Starry night")).to_be_visible()
    suggested, data = download(page, "#one-download")
    opening = Image.open(io.BytesIO(data))
    assert (suggested, opening.format) == ("neuschwanstein-castle-starry-night-a100.png", "PNG")
    places = [page.locator(place) for place in ("#one-result", "#one-share", "#one-strength")]
    before = [place.evaluate("(place) => place.getBoundingClientRect().top + scrollY") for place in places]
    run_and_wait(page, "one")
    after = [place.evaluate("(place) => place.getBoundingClientRect().top + scrollY") for place in places]
    assert after == pytest.approx(before, abs=1)
    made = Image.open(io.BytesIO(download(page, "#one-download")[1]))
    assert made.size == opening.size
    assert sum(ImageStat.Stat(ImageChops.difference(made, opening)).mean) / 3 < 4


@SIZES
def test_dragging_the_strength_shows_previews_in_sight(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, url, "One style")
    result, live = page.locator("#one-result"), page.locator("#one-result .live-preview")
    slider = page.locator("#one-strength input[type=range]")
    slider.evaluate("(slider) => slider.scrollIntoView({ block: 'start' })")  # the result goes out of sight
    box = resting_box(slider)
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2, steps=5)
    expect(live).to_have_attribute("src", re.compile("^data:image"))
    expect(live).to_be_in_viewport(ratio=0.9)
    page.mouse.up()
    full = re.compile(r"a(45|50|55)\.png")
    expect(result.locator("img:not(.live-preview)").last).to_have_attribute("src", full)
    if size is DESKTOP:  # a phone's page is short: its result is in sight, and takes the place of the preview
        expect(live).to_have_attribute("src", full)
        expect(live).to_be_in_viewport(ratio=0.9)
        result.scroll_into_view_if_needed()
    expect(live).to_have_count(0)


def test_moving_the_strength_renders_again(page: Page, url: str) -> None:
    open_tab(page, url, "One style")
    run_and_wait(page, "one")
    set_number(page.get_by_label("number input for Strength").and_(page.locator(":visible")), "0.3")
    expect(page.locator("#one-result img").last).to_have_attribute("src", re.compile("a30.png"))


def test_dragging_the_point_changes_the_shares_and_the_picture(page: Page, url: str) -> None:
    open_tab(page, url, "Four styles")
    run_and_wait(page, "four")
    square = page.locator("#style-square .square")
    square.scroll_into_view_if_needed()
    box = resting_box(square)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.6 * box["height"], steps=5)
    page.mouse.up()
    expect(square.locator(".share").nth(3)).to_have_text("D 48 %")
    expect(page.locator("#four-result img").last).to_have_attribute("src", re.compile("mix-x80-y60-a100.png"))


def test_the_sliders_move_the_point(page: Page, url: str) -> None:
    open_tab(page, url, "Four styles")
    for axis, value in (("x", "1"), ("y", "0")):
        set_number(page.locator(f"#four-{axis} input[type=number]"), value)
    expect(page.locator("#style-square .share").nth(1)).to_have_text("B 100 %")
    expect(page.locator("#four-result img").last).to_have_attribute("src", re.compile("mix-x100-y0-a100.png"))


@SIZES
def test_a_bad_upload_gets_one_sentence_and_loses_nothing(
    visit: Callable[..., Page], url: str, tmp_path: Path, size: dict
) -> None:
    page = visit(size)
    open_tab(page, url, "One style")
    run_and_wait(page, "one")
    drawing = tmp_path / "drawing.png"
    drawing.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    upload(page, "one-content", drawing)
    expect(page.get_by_test_id("toast-text")).to_contain_text("SVG drawings are not supported")
    expect(page.locator("#one-result img").last).to_be_visible()

    photograph = tmp_path / "photograph.png"
    Image.new("RGB", (40, 30)).save(photograph)
    page.locator("#one-content input[type=file]").set_input_files(photograph)
    shown = page.locator("#one-content img")
    expect(shown).to_have_attribute("src", re.compile("photograph"))
    cost = page.locator("#one-cost")
    expect(cost).to_contain_text("40 × 30 px")
    Path(unquote((shown.get_attribute("src") or "").split("file=")[1])).unlink()  # as the server does after a day
    page.get_by_test_id("toast-close").first.click()
    set_number(size_field(page), "256")
    expect(cost).to_have_text(CLEARED_AWAY)
    press(page, "#one-run")
    # In its place, over the last result, and until the visitor has seen it.
    mistake = page.locator("#one-result .error")
    expect(mistake).to_have_text(CLEARED_AWAY)
    expect(mistake).to_be_in_viewport(ratio=1)
    page.get_by_test_id("toast-close").first.click()
    expect(mistake).to_be_visible()
    page.locator("#one-result").get_by_role("button", name="Clear").click()
    expect(mistake).to_be_hidden()
    expect(page.locator("#one-result img").last).to_be_visible()
    page.locator("#one-content").get_by_role("button", name="Remove Image").click()
    press(page, "#one-run")
    expect(mistake).to_have_text("Choose a photograph first: upload one or click an example.")


def test_a_heic_upload_is_shown_and_stylized(page: Page, url: str, tmp_path: Path) -> None:
    photo = tmp_path / "phone.heic"
    Image.open(CONTENTS[0].path).resize((320, 200)).save(photo, "HEIF")
    open_tab(page, url, "One style")
    upload(page, "one-content", photo)
    shown = page.locator("#one-content img")
    expect(shown).to_have_js_property("naturalWidth", 320)
    run_and_wait(page, "one")
    _, data = download(page, "#one-download")
    assert Image.open(io.BytesIO(data)).size == (320, 200)
