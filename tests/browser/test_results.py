"""What visitors keep and bring, in a real browser: downloads, recipes in files, recent results, camera, clipboard."""

import base64
import io
import re
import socket
from collections.abc import Callable
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Page, Route, expect

from sanet.image.save import read_note
from sanet.web.sharing.recipe import from_note
from sanet.web.tabs.four_styles import point_of
from tests.support.browser import (
    DESKTOP,
    PHONE,
    SIZES,
    download,
    fits,
    open_tab,
    press,
    resting_box,
    run_and_wait,
    served_app,
    set_number,
    size_field,
    stroke,
)
from tests.support.waiting import eventually

OPEN_RESULT = "input[data-testid='Open a picture made here-upload-button']"
OPEN = {"access-control-allow-origin": "*", "access-control-allow-headers": "*"}
# Hands a file, or the address of a picture, to the page as the clipboard or another window would.
HAND_OVER = """([kind, target, file, address]) => {
  const data = new DataTransfer();
  if (file) {
    const bytes = Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], file.name, { type: file.type }));
  }
  if (address) data.setData("text/uri-list", address);
  const how = { bubbles: true, cancelable: true };
  const event = kind == "paste" ? new ClipboardEvent(kind, { clipboardData: data, ...how })
                                : new DragEvent(kind, { dataTransfer: data, ...how });
  return !document.querySelector(target).dispatchEvent(event);
}"""


def downloaded(page: Page, name: str, folder: Path) -> Path:
    suggested, data = download(page, f"#{name}-download")
    path = folder / suggested
    path.write_bytes(data)
    return path


def hand_over(page: Page, kind: str, target: str, path: Path | None = None, address: str = "") -> bool:
    """Whether the page took it, so that the browser does nothing of its own."""
    file = None
    if path:
        data = base64.b64encode(path.read_bytes()).decode()
        file = {"name": path.name, "type": guess_type(path)[0], "base64": data}
    return page.evaluate(HAND_OVER, [kind, target, file, address])


def noise(path: Path, width: int, height: int) -> Path:
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)).save(path)
    return path


@SIZES
def test_download_in_three_formats_and_a_dropped_file_restores_its_recipe(
    visit: Callable[..., Page], url: str, size: dict, tmp_path: Path
) -> None:
    page = visit(size)
    open_tab(page, url, "Four styles")
    for button in ("share", "format", "download"):
        expect(page.locator(f"#four-{button}")).to_be_disabled()
    set_number(page.locator("#four-x input[type=number]"), "0.75")
    run_and_wait(page, "four")
    expect(page.locator("#four-result img").last).to_have_attribute("src", re.compile("mix-x75-y50-a100.png"))
    plain = Image.open(downloaded(page, "four", tmp_path))
    assert (plain.format, plain.size, dict(plain.getexif())) == ("PNG", (512, 342), {})
    press(page, "#four-format")
    page.get_by_label("Keep the recipe in the file").and_(page.locator(":visible")).check()
    files = []
    for kind, quality in (("PNG", ""), ("JPEG", "95"), ("WebP", "95"), ("WebP", "20")):
        page.get_by_role("radio", name=kind).and_(page.locator(":visible")).check()
        if quality:
            set_number(page.get_by_label("number input for Quality").and_(page.locator(":visible")), quality)
        path = downloaded(page, "four", tmp_path)
        with Image.open(path) as picture:
            assert (picture.format, picture.size) == (kind.upper(), (512, 342))
            off = ImageStat.Stat(ImageChops.difference(picture.convert("RGB"), plain.convert("RGB"))).mean
        assert sum(off) / 3 < (0.1 if kind == "PNG" else 12)
        assert point_of(from_note(read_note(path)).request)[0] == 0.75
        files.append((path, path.stat().st_size))
    assert files[3][1] < files[2][1] / 2
    page.context.close()

    page = visit(size)
    open_tab(page, url, "One style")
    if size is DESKTOP:
        assert hand_over(page, "drop", "#header", tmp_path / files[1][0].name)
    else:
        page.locator(OPEN_RESULT).set_input_files(files[1][0])
    expect(page.get_by_role("tab", name="Four styles")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#four-x input[type=number]")).to_have_value("0.75")
    expect(page.locator("#four-note")).to_contain_text("Opened again")
    expect(page.locator("#four-result img").last).to_have_js_property("naturalWidth", 512)
    expect(page.locator("#four-result img").last).to_be_in_viewport()
    run_and_wait(page, "four")
    page.locator(OPEN_RESULT).set_input_files(noise(tmp_path / "a.png", 40, 40))
    expect(page.get_by_text("This picture holds no recipe.")).to_be_visible()
    expect(page.locator("#four-result img").last).to_be_visible()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_recent_results_outlive_the_page_and_the_server(visit: Callable[..., Page], tmp_path: Path) -> None:
    port, photo = free_port(), noise(tmp_path / "holiday.png", 300, 200)
    page = visit()
    recent = page.locator("#recent-results .recent")
    with served_app(tmp_path / "first", port) as url:
        open_tab(page, url, "One style")
        expect(page.locator("#recent-results section")).to_be_hidden()
        assert hand_over(page, "drop", "#header", photo)
        expect(page.locator("#one-content img")).to_have_js_property("naturalWidth", 300)
        expect(page.locator("#one-note")).to_contain_text("300 × 200 px in")  # painted by itself
        expect(recent).to_have_count(1)
        page.get_by_role("tab", name="Four styles").click()
        set_number(page.locator("#four-y input[type=number]"), "0")
        expect(recent).to_have_count(2)
        page.reload()
        expect(recent).to_have_count(2)
        page.goto("about:blank")  # or the page loads itself again once there is a server, in the middle of ours
    with served_app(tmp_path / "second", port) as url:
        page.goto(url)
        page.get_by_role("button", name="Show again: holiday mix x50 y0 a100").click()
        expect(page.get_by_role("tab", name="Four styles")).to_have_attribute("aria-selected", "true")
        expect(page.locator("#four-y input[type=number]")).to_have_value("0")
        expect(page.locator("#four-result img").last).to_have_js_property("naturalWidth", 300)
        page.get_by_role("button", name="Show again: holiday starry night").click()
        expect(page.get_by_role("tab", name="One style")).to_have_attribute("aria-selected", "true")
        for picture in page.locator("#one-result img").all():
            expect(picture).to_have_js_property("naturalWidth", 300)
        expect(page.locator("#one-content img")).to_have_js_property("naturalWidth", 300)
        suggested = downloaded(page, "one", tmp_path)
        assert (suggested.name, Image.open(suggested).size) == ("holiday-starry-night-a100.png", (300, 200))
        expect(recent).to_have_count(2)  # what is opened again is not kept twice
        run_and_wait(page, "one")
        expect(page.locator("#one-note")).to_contain_text("300 × 200 px in")
        expect(recent).to_have_count(3)
        source = page.locator("#one-result img").last.get_attribute("src")
        for i in range(12):
            files = [{"url": source, "orig_name": f"{part}-{i}.png"} for part in ("after", "before")]
            page.evaluate("(files) => document.dispatchEvent(new CustomEvent('new-result', {detail: files}))", files)
            expect(recent.first).to_have_attribute("title", f"after {i}")
        expect(recent).to_have_count(12)
        expect(recent.last).to_have_attribute("title", "after 0")
        page.locator(".clear-recent").click()
        page.get_by_role("button", name="Clear them all?").click()
        expect(page.locator("#recent-results section")).to_be_hidden()
        page.reload()
        expect(page.locator("#one-run")).to_be_visible()
        expect(recent).to_have_count(0)


def test_a_phone_keeps_its_recent_results(visit: Callable[..., Page], url: str) -> None:
    page = visit(PHONE)
    open_tab(page, url, "Four styles")
    set_number(size_field(page), "256")
    set_number(page.locator("#four-x input[type=number]"), "0.25")
    recent = page.locator("#recent-results .recent")
    expect(recent).to_have_count(1)
    page.reload()
    recent.tap()
    expect(page.get_by_role("tab", name="Four styles")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#four-x input[type=number]")).to_have_value("0.25")
    expect(page.locator("#four-result img").last).to_have_js_property("naturalWidth", 256)
    expect(page.locator("#four-result")).to_be_in_viewport(ratio=0.95)
    assert fits(page)


@SIZES
def test_pictures_are_pasted_and_dropped_from_another_window(
    visit: Callable[..., Page], url: str, tmp_path: Path, size: dict
) -> None:
    page = visit(size)
    open_tab(page, url, "Four styles")
    content = page.locator("#four-content img")
    assert hand_over(page, "paste", "body", noise(tmp_path / "pasted.png", 123, 80))
    expect(content).to_have_js_property("naturalWidth", 123)
    page.get_by_role("tab", name="One style").click()
    assert hand_over(page, "drop", "#one-result", noise(tmp_path / "dropped.png", 77, 80))
    expect(page.locator("#one-content img")).to_have_js_property("naturalWidth", 77)
    address = page.locator("#one-style img").get_attribute("src") or ""
    width = page.locator("#one-style img").evaluate("(img) => img.naturalWidth")
    assert hand_over(page, "drop", "#one-content", address=address)
    expect(page.locator("#one-content img")).to_have_js_property("naturalWidth", width)
    assert hand_over(page, "drop", "#header", address="http://127.0.0.1:9/picture.png")
    expect(page.get_by_text("does not hand this picture over")).to_be_visible()
    (tmp_path / "letter.pdf").write_bytes(b"%PDF")
    assert hand_over(page, "drop", "#header", tmp_path / "letter.pdf")
    expect(page.get_by_text("That file is not a picture")).to_be_visible()
    expect(page.locator("#one-content img")).to_have_js_property("naturalWidth", width)
    # Text is not the page's business.
    assert not hand_over(page, "paste", "#one-content", address=address)
    page.get_by_role("tab", name="Four styles").click()
    expect(content).to_have_js_property("naturalWidth", width)  # the photograph of all tabs


def _is_green(picture: bytes) -> bool:
    """As the browser's pretended camera sees the world."""
    red, green, _ = ImageStat.Stat(Image.open(io.BytesIO(picture)).convert("RGB")).mean
    return green > red + 30


@SIZES
def test_a_snapshot_is_a_photograph(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size, permissions=["camera"])
    open_tab(page, url, "Paint regions")
    expect(page.get_by_role("button", name="Capture from camera").and_(page.locator(":visible"))).to_have_count(1)
    page.locator("#paint-content").get_by_role("button", name="Capture from camera").click()
    page.locator("#paint-content").get_by_text("Click to Access Webcam").click()
    expect(page.locator("#paint-content video")).to_have_js_property("readyState", 4)  # there is a picture to take
    page.locator("#paint-content").get_by_role("button", name="capture photo").click()
    picture = page.locator("#paint-content img[alt=Photograph]")
    expect(picture).to_have_js_property("complete", True)
    eventually(lambda: _is_green(page.locator("#paint-canvas").screenshot()))
    page.get_by_role("radio", name="Left / right").check()
    run_and_wait(page, "paint")
    expect(page.locator("#paint-note")).to_contain_text("512 × 384 px in")
    before = page.locator("#paint-result img").first.get_attribute("src") or ""
    assert _is_green(page.request.get(before).body())
    assert fits(page)


@SIZES
def test_both_pictures_whole_for_the_keyboard_and_in_words(visit: Callable[..., Page], url: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, url, "One style")
    run_and_wait(page, "one")
    before = page.get_by_role("img", name="Photograph before: Neuschwanstein Castle")
    after = page.get_by_role("img", name="Result: Neuschwanstein Castle in the style of Starry night")
    expect(after).to_be_visible()
    handle = page.locator("#one-result [data-testid=slider]")
    handle.scroll_into_view_if_needed()
    box = resting_box(page.locator("#one-result [data-testid=slider] .inner"))
    x, y = box["x"], box["y"] + box["height"] / 2
    stroke(page, [(x, y), (x + 30, y), (x + 60, y), (x + 90, y)])
    cut = re.compile(r"inset\(0px 0px 0px [1-3]\d")  # per cent from the left
    expect(after).to_have_css("clip-path", cut)
    side = page.get_by_label("Side by side").and_(page.locator(":visible"))
    # A key right after a simulated stroke may get lost.
    eventually(lambda: bool(side.press("Space") or side.is_checked()))
    expect(page.locator("#one-result [data-testid=slider]")).to_be_hidden()
    for picture in (before, after):
        expect(picture).to_be_visible()
        assert picture.evaluate("(img) => getComputedStyle(img).clipPath") == "none"
    first, second = resting_box(before), resting_box(after)
    along = "x" if size is DESKTOP else "y"
    length = "width" if size is DESKTOP else "height"
    assert first[along] + first[length] <= second[along] + 1
    page.keyboard.press("Space")
    expect(page.locator("#one-result [data-testid=slider]")).to_be_visible()


@SIZES
def test_the_community_button_is_for_spaces(visit: Callable[..., Page], url: str, space_url: str, size: dict) -> None:
    page = visit(size)
    community = page.locator("#one-share-community")
    open_tab(page, url, "One style")
    run_and_wait(page, "one")
    press(page, "#one-share")
    expect(page.locator("#one-share-panel")).to_be_visible()
    expect(community).to_have_count(0)
    sent: list[bytes | None] = []

    def take(route: Route) -> None:
        sent.append(route.request.post_data_buffer)
        route.fulfill(status=503 if len(sent) == 1 else 200, body="https://cdn.example/picture.png", headers=OPEN)

    page.context.route("https://huggingface.co/**", lambda route: route.fulfill(body="A discussion"))
    page.context.route("https://huggingface.co/uploads", take)
    open_tab(page, space_url, "One style")
    run_and_wait(page, "one")
    press(page, "#one-share")
    press(page, "#one-share-more button.label-wrap")
    expect(community).to_be_visible()
    press(page, "#one-share-community")
    expect(page.locator("#one-share-panel")).to_contain_text("huggingface.co did not take the picture.")
    with page.context.expect_page() as opened:
        press(page, "#one-share-community")
    opened.value.wait_for_url(re.compile("^https://huggingface.co/spaces/owner/studio/discussions/new"))
    picture = Image.open(io.BytesIO(sent[1] or b""))
    assert (picture.format, picture.size) == ("PNG", (512, 342))
    begun = parse_qs(urlsplit(opened.value.url).query)
    assert begun["description"] == ["![](https://cdn.example/picture.png)"]
    expect(page.locator("#one-share-panel")).not_to_contain_text("did not take")
