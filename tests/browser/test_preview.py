"""The four-style square in a real browser: live previews by mouse, finger and keyboard, one full picture at the end."""

import io
import json
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from sanet.web.examples import STYLES
from sanet.web.widgets.thumbnails import data_address
from tests.support.browser import DESKTOP, PHONE, open_tab, resting_box, run_and_wait, until

MAGENTA = (255, 0, 255)
PREVIEWS = re.compile("/component_server")
Point = tuple[float, float]
Pointer = Callable[..., None]


def square(page: Page) -> Locator:
    return page.locator("#style-square .square")


def pointer(page: Page) -> Pointer:
    """Sends "touchStart", "touchMove" and "touchEnd", by finger or mouse, at points given as shares of the square."""
    square(page).scroll_into_view_if_needed()  # also waits until it stands still
    finger = page.context.new_cdp_session(page) if page.viewport_size == PHONE else None

    def send(kind: str, *points: Point) -> None:
        box = square(page).bounding_box()
        assert box is not None
        at = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in points]
        if finger:
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
            return
        for point in at:
            page.mouse.move(**point)
        {"touchStart": page.mouse.down, "touchMove": lambda: None, "touchEnd": page.mouse.up}[kind]()

    return send


@pytest.mark.parametrize(
    ("size", "is_short"),
    [(DESKTOP, False), (PHONE, False), (PHONE, True)],
    ids=["mouse", "touch", "touch on a short screen"],
)
def test_previews_follow_the_point_in_sight_and_one_full_picture_comes_on_release(
    visit: Callable[..., Page], url: str, size: dict, is_short: bool
) -> None:
    page = visit(size)
    open_tab(page, url, "Four styles")
    previews: list[int] = []
    joins: list[str] = []
    page.on("response", lambda got: previews.append(len(got.body())) if "component_server" in got.url else None)
    page.on("request", lambda asked: joins.append(asked.url) if "queue/join" in asked.url else None)
    send, live = pointer(page), page.locator("#four-result .live-preview")
    if is_short:
        page.set_viewport_size(size | {"height": 560})
    send("touchStart", (0.2, 0.5))
    expect(live).to_be_attached()
    moves = 0

    def three_have_come() -> bool:
        nonlocal moves
        moves += 1
        send("touchMove", (0.3 + 0.05 * (moves % 9), 0.4))
        return len(previews) >= 3

    until(page, three_have_come, seconds=60)
    assert min(previews) > 1000  # each holds a picture
    assert 100 <= max(live.evaluate("(img) => [img.naturalWidth, img.naturalHeight]")) <= 512
    expect(live).to_be_in_viewport(ratio=0.9)
    send("touchMove", (0.8, 0.5))
    send("touchEnd")
    full = re.compile("mix-x80-y50-a100.png")
    expect(page.locator("#four-result img:not(.live-preview)").last).to_have_attribute("src", full)
    if is_short:  # the result is out of sight, so what floats shows it until the next step
        assert_floats(page, live)
        expect(live).to_have_attribute("src", full)
        page.touchscreen.tap(195, 20)
    expect(live).to_have_count(0)
    assert len(joins) == 1
    page.set_viewport_size(size)
    run_and_wait(page, "four")  # what should not come would come meanwhile
    assert len(joins) == 2


def assert_floats(page: Page, live: Locator) -> None:
    """Over neither the square nor the bar of buttons."""
    box, above, below = (
        resting_box(place) for place in (live, square(page), page.locator("#four-run").and_(page.locator(":visible")))
    )
    assert above["y"] + above["height"] <= box["y"]
    assert box["y"] + box["height"] <= below["y"]


def test_a_preview_is_seen_over_the_result_that_was_there_before(page: Page, url: str) -> None:
    """By the pixels of the window: every preview here is of one colour."""
    open_tab(page, url, "Four styles")
    run_and_wait(page, "four")
    flat = json.dumps(data_address(Image.new("RGB", (48, 32), MAGENTA), "PNG"))
    page.route(PREVIEWS, lambda route: route.fulfill(body=flat, content_type="application/json"))
    send = pointer(page)
    send("touchStart", (0.2, 0.5))
    send("touchMove", (0.4, 0.6))
    expect(page.locator("#four-result .live-preview")).to_be_attached()
    box = resting_box(page.locator("#four-result"))
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    middle = box["y"] + box["height"] / 2
    for share in (0.2, 0.35, 0.5, 0.65, 0.8):
        assert seen.getpixel((round(box["x"] + share * box["width"]), round(middle))) == MAGENTA


def test_the_latest_position_wins_and_the_arrow_keys_give_previews_too(page: Page, url: str) -> None:
    open_tab(page, url, "Four styles")
    held: list[Route] = []
    page.route(PREVIEWS, lambda route: held.append(route))

    send = pointer(page)
    send("touchStart", (0.1, 0.5))
    until(page, lambda: len(held) == 1)
    for i in range(1, 20):
        send("touchMove", (0.1 + 0.03 * i, 0.5))
    send("touchMove", (0.75, 0.25))
    assert len(held) == 1
    held[0].continue_()
    until(page, lambda: len(held) == 2)
    last = held[1].request.post_data_json["data"]
    assert (last["x"], last["y"]) == (0.75, 0.25)
    held[1].continue_()
    expect(page.locator("#four-result .live-preview")).to_be_attached()
    send("touchEnd")
    expect(page.locator("#four-result img").last).to_have_attribute("src", re.compile("mix-x75-y25-a100.png"))
    assert len(held) == 2
    page.unroute(PREVIEWS)

    point = page.get_by_role("slider", name="Mix of four styles")
    point.focus()
    with page.expect_response(PREVIEWS) as coming:
        point.press("ArrowRight")
    assert len(coming.value.body()) > 1000
    for key in ("ArrowRight", "ArrowUp"):
        point.press(key)
    labels = [style.label for style in STYLES[:4]]
    shares = zip("ABCD", labels, (12, 68, 3, 17), strict=True)
    said = ", ".join(f"{letter} {label} {share} %" for letter, label, share in shares)
    expect(point).to_have_attribute("aria-valuetext", said)
    expect(page.locator("#four-result img").last).to_have_attribute("src", re.compile("mix-x85-y20-a100.png"))
    expect(page.locator("#four-result .live-preview")).to_have_count(0)
