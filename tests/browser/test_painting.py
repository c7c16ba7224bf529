"""Painting regions in a real browser: pointer events, tools, masks as files, links."""

import base64
import io
import re
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Locator, Page, expect

from sanet.image.decode import open_picture
from sanet.image.size import fit
from sanet.paths import EXAMPLES
from sanet.web.examples import CONTENTS
from tests.support.browser import (
    PHONE,
    SIZES,
    download,
    open_tab,
    press,
    resting_box,
    run_and_wait,
    set_number,
    size_field,
    stroke,
    until,
    upload,
)
from tests.support.waiting import eventually

RED, BLUE, GREY = (200, 40, 40), (40, 60, 200), (130, 130, 130)
Point = tuple[float, float]


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    """A large grey photograph, a red and a blue style; all of grain, so that there is something to match."""
    random = np.random.default_rng(0)
    sizes = {"grey": (2000, 1500, GREY), "red": (256, 256, RED), "blue": (256, 256, BLUE)}
    for name, (width, height, color) in sizes.items():
        grain = random.integers(-30, 31, (height // 4, width // 4, 1)) + np.array(color)
        Image.fromarray(grain.astype(np.uint8)).resize((width, height)).save(tmp_path / f"{name}.png")
    return {name: tmp_path / f"{name}.png" for name in sizes}


def paint(page: Page, points: Sequence[Point], elem_id: str = "paint-canvas") -> None:
    """Paint along points given as shares of the canvas, by mouse or by finger."""
    canvas = page.locator(f"#{elem_id} .strokes")
    canvas.evaluate("(canvas) => canvas.scrollIntoView({ block: 'center' })")  # not under a phone's bar of buttons
    box = resting_box(canvas)
    stroke(page, [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points])


def stripe(left: float, right: float) -> list[Point]:
    """Up and down from one side to the other."""
    return [(x, y) for x in np.linspace(left, right, 4) for y in (0.02, 0.98)]


def brush(page: Page, number: int) -> Locator:
    return page.locator("#paint-canvas .brush").nth(number - 1)


def tool(page: Page, name: str) -> Locator:
    return page.locator("#paint-canvas").get_by_role("button", name=name)


def told(page: Page) -> dict[int, int]:
    """How much of the canvas each brush has painted, in per cent."""
    text = page.locator("#paint-canvas .told").inner_text()
    return {int(number): int(share) for number, share in re.findall(r"(\d) [^:,]*: (\d+) %", text)}


def strength(page: Page, number: int) -> Locator:
    return page.locator(f"#paint-strength-{number} input[type=number]")


def work_small(page: Page) -> None:
    """Results of 256 pixels, which take less time."""
    set_number(size_field(page), "256")


def result(page: Page) -> np.ndarray:
    """Press Stylize and wait for the new picture, (H, W, 3)."""
    run_and_wait(page, "paint")
    expect(page.locator("#paint-result img").last).to_have_attribute("src", re.compile("regions-a100.png"))
    _, data = download(page, "#paint-download")
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(float)


def decoded(address: str | None) -> np.ndarray:
    """The picture of a data address, (H, W, 4)."""
    _, data = (address or ",").split(",", 1)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA")).astype(float)


def border(page: Page) -> int:
    """How many pixels wide the preview's change from the first region to the second is."""
    tints = decoded(page.locator("#paint-canvas .preview").get_attribute("src"))
    middle = tints[tints.shape[0] // 2, :, :3]
    off = [np.abs(middle - middle[round(x * len(middle))]).max(axis=1) for x in (0.1, 0.9)]
    return int((np.minimum(*off) > 10).sum())


def open_with(page: Page, url: str, pictures: dict[str, Path]) -> None:
    """The tab with a grey photograph and two styles, red and blue."""
    open_tab(page, url, "Paint regions")
    for elem_id, name in (("paint-content", "grey"), ("paint-style-1", "red"), ("paint-style-2", "blue")):
        upload(page, elem_id, pictures[name])


def nearest(picture: np.ndarray, left: float, right: float) -> str:
    """Whose mean colour lies nearest to that of the upright stripe between two shares of the width."""
    width = picture.shape[1]
    mean = picture[:, round(left * width) : round(right * width)].mean(axis=(0, 1))
    colors = {"red": RED, "blue": BLUE, "grey": GREY}
    return min(colors, key=lambda name: float(np.abs(mean - colors[name]).sum()))


@SIZES
def test_each_style_is_found_where_its_brush_has_painted(
    visit: Callable[..., Page], url: str, pictures: dict[str, Path], size: dict
) -> None:
    page = visit(size)
    open_with(page, url, pictures)
    # The photograph is scaled before it reaches the canvas.
    expect(page.locator("#paint-canvas .photograph")).to_have_js_property("naturalWidth", 640)
    expect(page.locator("#paint-canvas .strokes")).to_have_js_property("height", 480)
    expect(brush(page, 1)).to_contain_text("red")
    expect(brush(page, 2)).to_contain_text("blue")
    expect(brush(page, 3)).to_be_disabled()
    page.get_by_label("Brush size").fill("100")
    paint(page, stripe(0.02, 0.28))
    brush(page, 2).click()
    expect(brush(page, 2)).to_have_attribute("aria-pressed", "true")
    paint(page, stripe(0.72, 0.98))
    expect(page.locator("#paint-canvas .told")).to_contain_text(re.compile(r"2 blue: 3\d %"))
    preview = page.locator("#paint-canvas .preview")
    expect(preview).to_be_visible()
    expect(page.locator("#paint-canvas .numbers .number:not([hidden])")).to_have_text(["1", "2"])
    work_small(page)

    picture = result(page)
    assert picture.shape == (192, 256, 3)
    assert [nearest(picture, *part) for part in ((0, 0.25), (0.42, 0.58), (0.75, 1))] == ["red", "grey", "blue"]
    edit = preview.get_attribute("src")
    set_number(strength(page, 2), "0")
    expect(preview).not_to_have_attribute("src", str(edit))
    expect(page.locator("#paint-canvas .numbers .number:not([hidden])")).to_have_text(["1"])
    picture = result(page)
    assert [nearest(picture, *part) for part in ((0, 0.25), (0.42, 0.58), (0.75, 1))] == ["red", "grey", "grey"]


@SIZES
def test_edges_are_as_soft_as_chosen_and_nothing_bleeds_into_a_third_style(
    visit: Callable[..., Page], url: str, pictures: dict[str, Path], size: dict
) -> None:
    page = visit(size)
    open_with(page, url, pictures)
    page.locator("#paint-style-examples button").nth(4).click()  # into place 3
    expect(brush(page, 3)).to_be_enabled()
    expect(page.locator("#paint-canvas .strokes")).to_have_js_property("height", 480)
    for number, color in ((1, RED), (2, BLUE)):
        thumbnail = brush(page, number).locator(".thumbnail")
        expect(thumbnail).to_have_css("background-image", re.compile("data:image/jpeg"))
        picture = thumbnail.evaluate("(place) => getComputedStyle(place).backgroundImage.slice(5, -2)")
        assert np.abs(decoded(picture)[..., :3].mean(axis=(0, 1)) - color).max() < 20
    page.get_by_label("Brush size").fill("160")
    tool(page, "Fill the rest").click()
    brush(page, 2).click()
    paint(page, stripe(0.65, 0.98))
    expect(page.locator("#paint-canvas .numbers .number:not([hidden])")).to_have_text(["1", "2"])

    _, data = download(page, "#paint-masks-download")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 3
        masks = [np.asarray(Image.open(archive.open(name))) for name in archive.namelist()]
    assert not masks[2].any()
    assert np.unique(np.stack(masks).astype(int).sum(axis=0)).tolist() == [255]  # each pixel is of one style

    work_small(page)
    softness = page.locator("#paint-softness input[type=number]")
    made = []
    for value, wide in (("0", range(4)), ("1", range(60, 400))):
        set_number(softness, value)
        until(page, lambda wide=wide: border(page) in wide)
        made.append(result(page))
    changed = np.abs(made[0] - made[1]).mean(axis=(0, 2))  # (W,)
    assert changed[120:152].mean() > 2 * changed[:48].mean() + 1


def test_the_page_comes_to_rest(page: Page, url: str) -> None:
    asked: list[tuple[str, float]] = []
    page.on("request", lambda request: asked.append((request.url, time.monotonic())))
    for _ in range(4):  # every change of a picture has several handlers, whose order is a matter of chance
        open_tab(page, url, "Paint regions")
        until(page, lambda: time.monotonic() - asked[-1][1] > 1)
    assert any("gradio_api" in address for address, _ in asked)


@SIZES
def test_an_untouched_canvas_gets_a_hint_and_no_error(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, url, "Paint regions")
    press(page, "#paint-run")
    hint = page.get_by_text("Paint over the photograph first, or choose a preset under Regions.")
    expect(hint).to_be_visible()
    expect(page.get_by_text("Error")).to_have_count(0)
    page.get_by_test_id("toast-close").click()
    expect(hint).to_have_count(0)
    press(page, "#paint-masks-download")
    expect(hint).to_be_visible()
    expect(page.locator("#paint-note")).to_have_text("No picture yet")


@SIZES
def test_the_tools_by_mouse_keyboard_and_finger(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, url, "Paint regions")

    def use(button: Locator, key: str) -> None:
        button.click() if size is PHONE else button.press(key)

    def undo() -> None:
        use(tool(page, "Undo"), "Control+z")

    def tells(shares: dict[int, int]) -> None:
        eventually(lambda: told(page) == shares, seconds=60)

    paint(page, [(0.1, 0.5), (0.4, 0.5)])
    expect(page.locator("#paint-canvas .told")).to_contain_text("1 Starry night")
    first = told(page)
    assert first.keys() == {1}
    use(brush(page, 2), "Enter")
    expect(brush(page, 2)).to_have_attribute("aria-pressed", "true")
    use(tool(page, "Fill the rest"), "Enter")
    filled = {1: first[1], 2: 100 - first[1]}
    tells(filled)
    use(tool(page, "Eraser"), " ")
    expect(tool(page, "Eraser")).to_have_attribute("aria-pressed", "true")
    paint(page, [(0.7, 0.1), (0.7, 0.9)])
    eventually(lambda: told(page) != filled, seconds=60)
    erased = told(page)
    assert erased[1] == first[1]
    assert 0 < erased[2] < 100 - first[1]
    use(tool(page, "Invert"), "Enter")
    eventually(lambda: abs(told(page)[2] - (100 - first[1] - erased[2])) <= 1, seconds=60)
    for before in (erased, filled, first, {}):
        undo()
        tells(before)
    undo()  # nothing left to undo
    use(tool(page, "Fill the rest"), "Enter")
    tells({2: 100})
    use(tool(page, "Clear"), "Enter")
    tells({})
    # A brush whose style is exchanged stays the chosen one.
    use(tool(page, "Eraser"), " ")
    page.locator("#paint-style-2").get_by_role("button", name="Remove Image").click()
    expect(brush(page, 1)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("radio", name="2", exact=True).and_(page.locator(":visible")).check()
    page.locator("#paint-style-examples button").nth(4).click()
    expect(brush(page, 2)).to_have_attribute("aria-pressed", "true")


@SIZES
def test_one_click_paints_around_the_subject_which_stays_the_photograph(
    visit: Callable[..., Page], url: str, size: dict
) -> None:
    page = visit(size)
    open_tab(page, url, "Paint regions")
    page.get_by_role("radio", name="Centre").check()
    press(page, "#paint-only-subject")
    expect(page.get_by_role("radio", name="My painting")).to_be_checked()
    expect(page.locator("#paint-canvas .numbers .number:not([hidden])")).to_have_text(["1"])
    only, preview = told(page), page.locator("#paint-canvas .preview")
    before = preview.get_attribute("src")
    press(page, "#paint-keep-subject")
    eventually(lambda: told(page) == {1: 100 - only[1]}, seconds=60)
    expect(preview).not_to_have_attribute("src", str(before))
    expect(preview).to_be_visible()

    _, data = download(page, "#paint-masks-download")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        mask = Image.open(archive.open(archive.namelist()[0]))
    work_small(page)
    set_number(page.locator("#paint-softness input[type=number]"), "0")
    painted = result(page)
    height, width, _ = painted.shape
    changed = np.abs(painted - np.asarray(fit(open_picture(CONTENTS[0].path), 256).convert("RGB"))).mean(axis=2)
    near = mask.resize((width, height))
    inside, outside = (np.asarray(near.filter(kind(17))) for kind in (ImageFilter.MinFilter, ImageFilter.MaxFilter))
    assert changed[outside == 0].mean() < 3
    assert changed[inside == 255].mean() > 20


@SIZES
def test_a_painting_survives_changes_and_comes_back_from_masks_and_links(
    visit: Callable[..., Page], url: str, tmp_path: Path, size: dict
) -> None:
    page = visit(size)
    open_tab(page, url, "Paint regions")
    paint(page, stripe(0.05, 0.2))
    brush(page, 2).click()
    paint(page, [(0.6, 0.2), (0.9, 0.7)])
    painted = told(page)
    assert painted.keys() == {1, 2}
    page.locator("#paint-style-examples button").nth(4).click()  # into place 3
    expect(brush(page, 3)).to_be_enabled()
    upload(page, "paint-style-3", EXAMPLES / "style/great-wave.jpg")
    expect(brush(page, 3)).to_contain_text("Great wave")
    page.locator("#paint-style-3 button[aria-label='Clear'], #paint-style-3 button[aria-label='Remove Image']").click()
    expect(brush(page, 3)).to_be_disabled()
    page.locator("#paint-content-examples button").nth(1).click()
    expect(page.locator("#paint-content img")).to_have_attribute("src", re.compile("astronaut"))
    set_number(strength(page, 1), "0.8")
    work_small(page)
    page.get_by_role("tab", name="One style").click()
    page.get_by_role("tab", name="Paint regions").click()
    expect(page.locator("#paint-canvas .preview")).to_be_visible()
    assert told(page) == painted
    wanted = result(page)

    name, data = download(page, "#paint-masks-download")
    archive = tmp_path / name
    archive.write_bytes(data)
    assert name == "masks.zip"
    assert zipfile.ZipFile(archive).namelist() == ["1-starry-night.png", "2-great-wave.png"]

    press(page, "#paint-share")
    press(page, "#paint-share-create")
    press(page, "#paint-share-more button.label-wrap")
    link = page.locator("#paint-share-link :is(input, textarea)")
    expect(link).to_have_value(re.compile(r"\?r="))
    other = visit(size)
    other.goto(link.input_value())
    expect(other.locator("#paint-canvas .preview")).to_be_visible()
    expect(other.locator("#paint-canvas .numbers .number:not([hidden])")).to_have_text(["1", "2"])
    assert told(other) == painted
    expect(strength(other, 1)).to_have_value("0.8")

    tool(page, "Clear").click()
    page.get_by_role("radio", name="Uploaded masks").check()
    page.locator("#paint-masks input[type=file]").set_input_files(archive)
    expect(page.locator("#paint-masks")).to_contain_text("mask-2")
    assert np.array_equal(result(page), wanted)
    press(page, "#paint-go-on")
    expect(page.get_by_role("radio", name="My painting")).to_be_checked()
    expect(page.locator("#paint-canvas .told")).to_contain_text("1 Starry night")
    assert told(page) == painted


@SIZES
def test_a_style_is_taken_from_where_it_is_marked(
    visit: Callable[..., Page], url: str, pictures: dict[str, Path], size: dict
) -> None:
    both = Image.open(pictures["red"])
    both.paste(Image.open(pictures["blue"]).crop((128, 0, 256, 256)), (128, 0))
    both.save(pictures["red"])
    page = visit(size)
    open_with(page, url, pictures)
    work_small(page)
    page.locator("#regions").get_by_label("Left / right").check()
    press(page, "#paint-parts button.label-wrap")
    drawn = page.locator("#paint-parts-drawn")
    drawn.get_by_label("What I mark").check()
    expect(page.locator("#paint-marks .photograph")).to_have_js_property("naturalWidth", 640)
    paint(page, [(0.3, 0.1), (0.32, 0.4), (0.9, 0.4)], "paint-marks")  # which ends with the first quarter
    told = page.locator("#paint-marks .told")
    expect(told).to_contain_text(re.compile(r"1 red: \d %\. A style without marks is taken whole"))
    assert "2 blue" not in told.inner_text()
    paint(page, [(0.2, 0.7), (0.3, 0.7)], "paint-marks")  # a style may come after its marks
    expect(told).to_contain_text(re.compile(r"3 no style: \d %"))
    page.keyboard.press("Escape")
    marked = result(page)
    assert nearest(marked, 0.02, 0.4) == "blue"

    press(page, "#paint-share")
    press(page, "#paint-share-create")
    press(page, "#paint-share-more button.label-wrap")
    link = page.locator("#paint-share-link :is(input, textarea)")
    expect(link).to_have_value(re.compile(r"\?r="))
    page.goto(link.input_value())
    expect(page.locator("#paint-result img").last).to_have_attribute("src", re.compile("picture"))
    press(page, "#paint-parts button.label-wrap")
    expect(drawn.get_by_label("Uploaded masks")).to_be_checked()
    drawn.get_by_label("All of its picture").check()
    page.keyboard.press("Escape")
    page.locator("#paint-content input[type=file]").set_input_files(pictures["grey"])  # which stays out of links
    expect(page.locator("#paint-canvas .photograph")).to_have_js_property("naturalWidth", 640)
    run_and_wait(page, "paint")
    _, data = download(page, "#paint-download")
    whole = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(float)
    assert np.abs(whole - marked)[:, : marked.shape[1] // 3].mean() > 10
