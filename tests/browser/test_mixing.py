"""All styles at once, surprises, tours and the list of styles in a real browser."""

import io
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageChops, ImageSequence, ImageStat
from playwright.sync_api import Locator, Page, expect

from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.page import build_app, launch_options
from sanet.web.tabs import all_styles
from tests.support.browser import (
    DESKTOP,
    MADE,
    PHONE,
    SIZES,
    download,
    fits,
    open_tab,
    press,
    run_and_wait,
    set_number,
    size_field,
    upload,
)
from tests.support.fake_engine import GatedEngine
from tests.support.waiting import eventually


def unlike(first: Image.Image, second: Image.Image) -> float:
    """Mean difference in levels of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(first.convert("RGB"), second.convert("RGB"))).mean) / 3


@SIZES
def test_the_sheet_fills_in_and_a_click_goes_on(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, url, "All styles")
    page.locator("#all-content-examples button").nth(1).click()
    expect(page.locator("#all-content img")).to_have_attribute("src", re.compile(CONTENTS[1].path.stem))
    note, to_come = page.locator("#all-note"), page.locator("#all-sheet .caption-label", has_text="(to come)")
    expect(page.locator("#all-sheet .caption-label")).to_have_count(16)
    page.click("#all-run")
    expect(to_come.first).to_be_visible()
    expect(note).to_contain_text(re.compile(r"\b([1-9]|1[0-5]) of 16 painted\. Now: "))
    assert to_come.count() < 16
    expect(note).to_contain_text("16 of 16 painted")
    expect(to_come).to_have_count(0)
    cells = page.locator("#all-sheet .thumbnail-item")
    for i in (0, 15):
        expect(cells.nth(i).locator("img")).to_have_js_property("naturalWidth", all_styles.SIDE)
    assert fits(page)
    cells.nth(5).click()
    expect(page.get_by_role("tab", name="One style")).to_have_attribute("aria-selected", "true")
    name = f"{CONTENTS[1].path.stem}-{STYLES[5].path.stem}-a100.png"
    expect(page.locator("#one-result img").last).to_have_attribute("src", re.compile(re.escape(name)))
    expect(page.locator("#one-style img")).to_have_attribute("src", re.compile(STYLES[5].path.stem))


@pytest.fixture
def gated() -> Iterator[tuple[str, GatedEngine]]:
    engine = GatedEngine()
    app = build_app(engine)
    _, address, _ = app.launch(**launch_options(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield address, engine
    engine.gate.release(100)
    app.close()


@SIZES
def test_the_sheet_lets_others_in_begins_anew_and_stops(visit: Callable[..., Page], gated: tuple, size: dict) -> None:
    address, engine = gated
    first, second = visit(size), visit()
    open_tab(first, address, "All styles")
    open_tab(second, address, "One style")
    note, cell = first.locator("#all-note"), all_styles.SIDE
    press(first, "#all-run")
    eventually(lambda: engine.sizes == [cell], seconds=60)
    press(second, "#one-run")
    expect(second.get_by_text("Next in line").filter(visible=True)).to_be_visible()
    engine.gate.release(2)
    expect(second.locator("#one-note")).to_contain_text(MADE)
    expect(note).to_contain_text("1 of 16")
    eventually(lambda: engine.sizes == [cell, 512, cell], seconds=60)

    first.locator("#all-content-examples button").nth(1).click()
    expect(first.locator("#all-content img")).to_have_attribute("src", re.compile(CONTENTS[1].path.stem))
    press(first, "#all-run")
    expect(note).to_contain_text("0 of 16")
    engine.gate.release(17)  # the last of the old sheet, which is thrown away, and the new one
    expect(note).to_contain_text("16 of 16")
    assert engine.sizes.count(cell) == 18

    press(first, "#all-run")
    engine.gate.release(3)
    expect(note).to_contain_text("3 of 16")
    eventually(lambda: engine.sizes.count(cell) == 22, seconds=60)
    press(first, "#all-stop")
    expect(note).to_contain_text("Stopped.")
    press(second, "#one-run")
    engine.gate.release(2)
    eventually(lambda: engine.sizes[-1] == 512, seconds=60)
    expect(second.locator("#one-note")).to_contain_text(MADE)
    assert engine.sizes.count(cell) == 22
    expect(note).to_contain_text("Stopped.")
    expect(first.get_by_text("Error").filter(visible=True)).to_have_count(0)


# Gradio hands every message of the server to its events in a timer; here the answers of events wait while `hold`.
HOLD_ANSWERS = """(() => {
  const timer = window.setTimeout;
  window.held = [];
  window.setTimeout = (then, wait, ...given) => window.hold && given[0]?.msg === "process_completed"
    ? window.held.push(() => then(...given)) : timer(then, wait, ...given);
})()"""


def test_a_picture_that_comes_after_stop_has_not_the_last_word(page: Page, gated: tuple) -> None:
    address, engine = gated
    page.add_init_script(HOLD_ANSWERS)
    open_tab(page, address, "All styles")
    note, to_come = page.locator("#all-note"), page.locator("#all-sheet .caption-label", has_text="(to come)")
    press(page, "#all-run")
    eventually(lambda: engine.sizes == [all_styles.SIDE], seconds=60)
    page.evaluate("window.hold = true")
    engine.gate.release()
    page.wait_for_function("held.length === 1")  # the picture is made, and not yet on the page
    press(page, "#all-stop")
    expect(note).to_have_text("Stopped.")
    page.evaluate("held.shift()()")
    page.wait_for_function("held.length === 1")  # the next style is refused
    expect(to_come).to_have_count(15)
    page.evaluate("window.hold = false; held.shift()()")
    expect(note).to_have_text("Stopped.")
    assert engine.sizes == [all_styles.SIDE]


# How many events have joined the queue.
JOINED = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('queue/join')).length"


def test_the_last_picture_of_a_sheet_does_not_end_the_one_begun_after_it(
    page: Page, gated: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, engine = gated
    cells, shown, late = all_styles.Sheet.cells, threading.Event(), threading.Event()

    def cells_that_wait(sheet: all_styles.Sheet) -> list:
        if sheet.painted and not shown.is_set():
            shown.set()
            late.wait(60)
        return cells(sheet)

    monkeypatch.setattr(all_styles.Sheet, "cells", cells_that_wait)
    open_tab(page, address, "All styles")
    press(page, "#all-run")
    engine.gate.release(17)
    assert shown.wait(60)
    page.locator("#all-content-examples button").nth(1).click()
    expect(page.locator("#all-content img")).to_have_attribute("src", re.compile(CONTENTS[1].path.stem))
    joined = page.evaluate(JOINED)
    press(page, "#all-run")
    eventually(lambda: page.evaluate(JOINED) == joined + 2, seconds=60)  # begun, and its first style waits
    late.set()
    expect(page.locator("#all-note")).to_contain_text("16 of 16")


@SIZES
def test_stop_ends_the_engine_on_every_tab_for_who_waits(visit: Callable[..., Page], gated: tuple, size: dict) -> None:
    address, engine = gated
    first, second = visit(size), visit()
    open_tab(second, address, "One style")
    first.goto(address)
    runs = [("One style", "one"), ("Four styles", "four"), ("Four styles", "tour"), ("Paint regions", "paint")]
    for count, (tab, name) in enumerate([*runs, ("Mix", "mix")], 1):
        first.get_by_role("tab", name=tab).click()
        if name == "tour":
            first.locator("#tour > button").click()
        if name == "paint":
            first.get_by_role("radio", name="Quadrants").check()
        press(first, f"#{name}-run")
        eventually(lambda count=count: len(engine.sizes) == count, seconds=60)
        first.dblclick(f"#{name}-run")  # harmless while it runs
        if name == "mix":
            press(second, "#one-run")
            expect(second.get_by_text("Next in line").filter(visible=True)).to_be_visible()
        press(first, f"#{name}-stop")
        expect(first.locator(f"#{name}-note")).to_have_text("Stopped.")
        engine.gate.release()
        eventually(lambda count=count: engine.stopped == count, seconds=60)
    for page, name in ((second, "one"), (first, "mix")):
        engine.gate.release()
        if page is first:
            press(page, f"#{name}-run")
        expect(page.locator(f"#{name}-note")).to_contain_text(MADE)
    assert len(engine.sizes) == 7
    expect(first.get_by_text("Error").filter(visible=True)).to_have_count(0)


@SIZES
def test_stop_takes_a_waiting_visitor_out_of_the_queue(visit: Callable[..., Page], gated: tuple, size: dict) -> None:
    address, engine = gated
    first, second, third = visit(size), visit(size), visit(size)
    for page in (first, second, third):
        open_tab(page, address, "One style")
    press(first, "#one-run")
    eventually(lambda: engine.sizes == [512], seconds=60)
    for page, position, size in ((second, "Next in line", "384"), (third, "queue: 2/2", "256")):
        set_number(size_field(page), size)
        press(page, "#one-run")
        expect(page.get_by_text(position).filter(visible=True)).to_be_visible()
    press(second, "#one-stop")
    expect(second.locator("#one-note")).to_have_text("Stopped.")
    engine.gate.release(2)
    expect(third.locator("#one-note")).to_contain_text(MADE)
    assert engine.sizes == [512, 256]
    expect(second.locator("#one-note")).to_have_text("Stopped.")


@SIZES
def test_a_surprise_keeps_the_visitors_own_photograph(
    visit: Callable[..., Page], url: str, tmp_path: Path, size: dict
) -> None:
    page = visit(size)
    open_tab(page, url, "One style")
    opened_with = CONTENTS[0].path.stem, STYLES[0].path.stem
    press(page, "#one-surprise")
    expect(page.locator("#one-note")).to_contain_text(MADE)
    for widget, stem in zip(("#one-content", "#one-style"), opened_with, strict=True):
        expect(page.locator(f"{widget} img")).not_to_have_attribute("src", re.compile(stem))
    name, _ = download(page, "#one-download")
    assert re.search(r"-a(80|90|100)\.png$", name)
    photo = tmp_path / "holiday.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (100, 160, 3), dtype=np.uint8)).save(photo)
    upload(page, "one-content", photo)
    expect(page.locator("#one-content img")).to_have_js_property("naturalWidth", 160)
    press(page, "#one-surprise")
    expect(page.locator("#one-note")).to_contain_text("160 × 100 px in")

    page.get_by_role("tab", name="Four styles").click()
    set_number(size_field(page), "256")
    press(page, "#four-surprise")
    expect(page.locator("#four-note")).to_contain_text(MADE)
    x, y = (float(page.locator(f"#four-{axis} input[type=number]").input_value()) for axis in "xy")
    shares = page.locator("#style-square .share")
    expect(shares.first).to_have_text(re.compile(rf"^A {round(100 * (1 - x) * (1 - y))} %"))
    assert fits(page)


@pytest.mark.parametrize(
    ("size", "kind", "way"),
    [(DESKTOP, "MP4", "Around the square"), (PHONE, "GIF", "From photograph to style and back")],
    ids=["mp4", "gif"],
)
def test_a_tour_is_stopped_made_shown_and_decoded_again(
    visit: Callable[..., Page], url: str, size: dict, kind: str, way: str
) -> None:
    page = visit(size)
    open_tab(page, url, "Four styles")
    page.get_by_role("button", name="Tour: an animation").click()
    tour, note = page.locator("#tour"), page.locator("#tour-note")
    set_length(page, "5", "60 frames of at most 384 px: about")
    tour.get_by_role("radio", name=kind).check()
    tour.get_by_role("radio", name=way).check()
    page.click("#tour-run")
    expect(tour).to_contain_text(re.compile(r"(Matching style|Painting) \d"))
    page.click("#tour-stop")
    expect(note).to_contain_text("Stopped.")
    set_length(page, "2", "24 frames of at most 384 px: about")
    page.click("#tour-run")
    expect(note).to_contain_text("24 frames in ")
    expect(page.locator("#tour-film video" if kind == "MP4" else "#tour-gif img")).to_be_visible()
    if kind == "GIF":
        expect(page.locator("#tour-gif img")).to_have_attribute("alt", "Tour")
    assert fits(page)
    name, data = download(page, "#tour-download")
    assert name == f"{CONTENTS[0].path.stem}-tour-a100.{kind.lower()}"
    frames = decoded(data, kind)
    assert (len(frames), max(frames[0].size)) == (24, 384)
    assert unlike(frames[0], frames[12]) > 10
    assert unlike(frames[0], frames[-1]) > 0.3
    if way.startswith("From"):
        photograph = open_picture(CONTENTS[0].path).resize(frames[0].size)
        assert unlike(frames[0], photograph) < unlike(frames[12], photograph)


def set_length(page: Page, value: str, estimate: str) -> None:
    """Set the tour's length until the estimate follows: a field that has just appeared may still be set back."""

    def followed() -> bool:
        set_number(page.locator("#tour-length input[type=number]"), value)
        try:
            expect(page.locator("#tour-note")).to_contain_text(estimate, timeout=2000)
        except AssertionError:
            return False
        return True

    eventually(followed, seconds=60)


def decoded(data: bytes, kind: str) -> list[Image.Image]:
    if kind == "GIF":
        return [frame.convert("RGB") for frame in ImageSequence.Iterator(Image.open(io.BytesIO(data)))]
    with av.open(io.BytesIO(data)) as file:
        return [frame.to_image() for frame in file.decode(video=0)]


def weight(page: Page, number: int) -> Locator:
    return page.locator(f"#mix-style-weight-{number} input[type=number]")


def test_a_list_of_styles_is_mixed_as_the_engine_does_and_restored_by_a_link(
    visit: Callable[..., Page], url: str, embedded: Stylizer
) -> None:
    page = visit()
    open_tab(page, url, "Mix")
    set_number(size_field(page), "256")
    page.click("#mix-add")
    expect(page.locator("#mix-style-4")).to_be_visible()
    page.locator("#mix-style-examples button").nth(6).click()
    expect(page.locator("#mix-style-4 img")).to_have_attribute("src", re.compile(STYLES[6].path.stem))
    expect(page.locator("#mix-note")).to_contain_text(MADE)
    page.click("#mix-style-remove-2")
    expect(page.locator("#mix-style-4")).to_be_hidden()
    for number, value in ((1, "0.5"), (2, "0.25"), (3, "1")):
        set_number(weight(page, number), value)
    third = page.locator("#mix-style-weight-3")
    expect(third).to_contain_text(f"C 57 % {STYLES[6].label}")
    expect(page.locator("#mix-style-weight-2")).to_contain_text(f"B 14 % {STYLES[2].label}")
    run_until(page, lambda picture: unlike(picture, expected(embedded)) < 0.5)

    page.click("#mix-share")
    field = page.locator("#mix-share-sent :is(input, textarea)")
    expect(field).to_have_value(re.compile(r"\?recipe=[\w-]+$"))
    other = visit(PHONE)
    other.goto(field.input_value())
    expect(other.get_by_role("tab", name="Mix")).to_have_attribute("aria-selected", "true")
    expect(other.locator("#mix-style-weight-3")).to_contain_text(f"C 57 % {STYLES[6].label}")
    expect(other.locator("#mix-style-4")).to_be_hidden()
    expect(other.locator("#mix-note")).to_contain_text("256 × 171 px in")
    _, data = download(other, "#mix-download")
    assert unlike(Image.open(io.BytesIO(data)), expected(embedded)) < 0.5
    assert fits(other)


def test_the_steps_of_a_weight_take_one_place_among_the_recent_results(page: Page, url: str) -> None:
    open_tab(page, url, "Mix")
    set_number(size_field(page), "256")
    recent = page.locator("#recent-results .recent")
    for value in ("0.5", "0.25", "0.75"):
        set_number(weight(page, 1), value)
        expect(recent.first).to_have_attribute("title", re.compile(f"w{round(100 * float(value))} w100 w100"))
    expect(recent).to_have_count(1)


@SIZES
def test_the_list_holds_two_to_eight_styles(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, url, "Mix")
    set_number(size_field(page), "256")
    rows = page.locator(", ".join(f"#mix-style-{number}" for number in range(1, 9)))
    strip = "#mix-style-examples button"
    for i in range(5, 10):
        page.locator(strip).nth(i).click()
        expect(page.locator(f"#mix-style-{i - 1} img")).to_have_attribute("src", re.compile(r"\."))
    expect(page.locator("#mix-style-weight-8")).to_contain_text("H 12 %")
    page.locator(strip).nth(10).click()  # the list is full: in place of the last
    expect(page.locator("#mix-style-8 img")).to_have_attribute("src", re.compile(STYLES[10].path.stem))
    expect(page.locator("#mix-note")).to_contain_text(MADE)
    press(page, "#mix-run")
    expect(page.locator("#mix-result img").last).to_have_attribute("src", re.compile("mix-of-8"))
    assert fits(page)
    for left in range(7, 1, -1):
        press(page, "#mix-style-remove-1")
        expect(rows.filter(visible=True)).to_have_count(left)
    for number, kept in ((1, 8), (2, 10)):
        expect(page.locator(f"#mix-style-{number} img")).to_have_attribute("src", re.compile(STYLES[kept].path.stem))
        expect(page.locator(f"#mix-style-remove-{number}")).to_be_disabled()
    expect(page.locator("#mix-style-weight-2")).to_contain_text("B 50 %")


def expected(engine: Stylizer) -> Image.Image:
    styles = [open_picture(STYLES[i].path) for i in (0, 2, 6)]
    return engine.stylize(open_picture(CONTENTS[0].path), styles, Controls(mix=(0.5, 0.25, 1)), 256)


def run_until(page: Page, good: Callable[[Image.Image], bool]) -> None:
    """Press Stylize until the picture is `good`: what was moved before is still being painted."""

    def made() -> bool:
        run_and_wait(page, "mix")
        return good(Image.open(io.BytesIO(download(page, "#mix-download")[1])))

    eventually(made, seconds=60)
