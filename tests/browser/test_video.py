"""Clips on the page: uploaded, painted, played with their sound, and stopped midway."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from sanet.paths import EXAMPLES
from tests.support.browser import (
    DESKTOP,
    SIZES,
    download,
    fits,
    grave_violations,
    open_tab,
    press,
    resting_box,
    set_number,
    stroke,
    until,
)
from tests.support.clips import panned, read_clip, write_clip

PLAYED = """id => {
  const clip = document.querySelector(`#${id} video`);
  return clip && clip.readyState >= 2 ? [clip.videoWidth, clip.videoHeight, clip.duration, clip.currentTime] : null;
}"""


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A second and a half over a photograph, with a tone."""
    picture = Image.open(EXAMPLES / "content/koala.jpg").convert("RGB").resize((400, 240))
    return write_clip(tmp_path / "koala.mp4", panned(picture, (320, 180), 15), rate=10, sound="aac")


def open_with(page: Page, url: str, clip: Path) -> None:
    """The tab with a clip, to be painted small."""
    open_tab(page, url, "Video")
    page.locator("#video-clip input[type=file]").set_input_files(clip)
    expect(page.locator("#video-clip video")).to_be_visible()
    set_number(page.locator("#video-side input[type=number]"), "256")


def previewed(page: Page) -> list[np.ndarray]:
    """Three painted frames, other than those that were there."""
    samples = page.locator("#video-samples .thumbnail-item img")
    before = samples.evaluate_all("(images) => images.map((image) => image.src)")
    press(page, "#video-preview")
    until(page, lambda: samples.count() == 3 and samples.first.get_attribute("src") not in before)
    addresses = samples.evaluate_all("(images) => images.map((image) => image.src)")
    return [np.asarray(Image.open(BytesIO(page.request.get(address).body())), float) for address in addresses]


@SIZES
def test_a_clip_is_painted_and_plays_with_its_sound(
    visit: Callable[..., Page], url: str, clip: Path, tmp_path: Path, size: dict
) -> None:
    page = visit(size)
    open_with(page, url, clip)
    expect(page.locator("#video-cost")).to_contain_text("15 frames of 256 x 144 pixels")
    press(page, "#video-run")
    expect(page.locator("#video-note")).to_contain_text("Painted in", timeout=240_000)
    name, data = download(page, "#video-download")
    (tmp_path / "painted.mp4").write_bytes(data)
    frames, _, heard = read_clip(tmp_path / "painted.mp4")
    assert (name, len(frames), frames[0].shape) == ("koala-starry-night-a100.mp4", 15, (144, 256, 3))
    assert heard == read_clip(clip)[2]
    press(page, "#video-both")
    page.wait_for_function(f"({PLAYED})('video-film')?.[3] > 0")
    assert page.evaluate(PLAYED, "video-film")[:2] == [256, 144]
    press(page, "#video-share")
    press(page, "#video-share-create")
    link = page.locator("#video-share-sent :is(input, textarea)")
    expect(link).to_have_value(re.compile("gradio_api/shared/"))
    other = visit(size)
    other.goto(link.input_value())
    other.wait_for_function("document.querySelector('video').readyState >= 2")
    assert other.evaluate("document.querySelector('video').videoWidth") == 256
    other.get_by_role("link", name="Paint a clip of your own").click()
    expect(other.locator("#video-run")).to_be_visible()
    assert fits(page)
    assert grave_violations(page) == []


def test_stopped_midway_what_is_done_can_be_played(visit: Callable[..., Page], url: str, tmp_path: Path) -> None:
    picture = Image.open(EXAMPLES / "content/koala.jpg").convert("RGB").resize((2000, 240))
    long = write_clip(tmp_path / "long.mp4", panned(picture, (320, 180), 800), rate=25)
    page = visit(DESKTOP)
    open_with(page, url, long)
    press(page, "#video-run")
    expect(page.locator("#video-frame")).to_contain_text(re.compile(r"Painting ([5-9]|\d\d+) of 800"))
    frame = page.locator("#video-frame img")
    expect(frame).to_have_js_property("naturalWidth", 256)
    first = frame.get_attribute("src")
    until(page, lambda: frame.get_attribute("src") != first)
    press(page, "#video-stop")
    expect(page.locator("#video-note")).to_contain_text("what was painted so far can be played")
    _, data = download(page, "#video-download")
    (tmp_path / "part.mp4").write_bytes(data)
    frames = read_clip(tmp_path / "part.mp4")[0]
    assert 3 <= len(frames) < 800
    assert np.ptp(frames[0]) > 50
    expect(page.locator("#video-frame")).to_be_hidden()


def test_frames_are_tried_in_two_styles(visit: Callable[..., Page], url: str, clip: Path) -> None:
    page = visit(DESKTOP)
    open_with(page, url, clip)
    one = previewed(page)
    assert [picture.shape for picture in one] == [(144, 256, 3)] * 3
    assert np.abs(one[0] - one[2]).mean() > 5  # of other moments
    page.locator("#video-style-examples .thumbnail-item").nth(3).click()
    expect(page.locator("#video-style-2 img")).to_be_visible()
    two = previewed(page)
    assert np.abs(one[1] - two[1]).mean() > 5


@SIZES
def test_regions_are_painted_on_the_first_frame(visit: Callable[..., Page], url: str, clip: Path, size: dict) -> None:
    page = visit(size)
    open_with(page, url, clip)
    press(page, "#video-regions > button")
    page.locator("#video-regions-drawn").get_by_text("My painting").click()
    canvas = page.locator("#video-canvas .strokes")
    expect(canvas).to_be_visible()
    for button in ("preview", "run"):
        press(page, f"#video-{button}")
        expect(page.get_by_test_id("toast-body")).to_contain_text("Paint over the photograph first")
        page.get_by_test_id("toast-close").click()
        expect(page.get_by_test_id("toast-body")).to_have_count(0)
    expect(page.locator("#video-film")).to_be_visible()
    expect(page.locator("#video-frame")).to_be_hidden()
    canvas.evaluate("(canvas) => canvas.scrollIntoView({ block: 'center' })")
    box = resting_box(canvas)
    assert box["width"] / box["height"] == pytest.approx(320 / 180, rel=0.02)
    zigzag = [(0.02 + 0.01 * i, 0.98 if i % 2 else 0.02) for i in range(30)]
    stroke(page, [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in zigzag])
    frames = read_clip(clip)[0]
    for place, sample in enumerate(previewed(page)):
        frame = Image.fromarray(frames[3 + 5 * place]).resize((256, 144))  # a quarter second on, and half a second each
        change = np.abs(sample - np.asarray(frame, float)).mean(axis=(0, 2))
        assert change[:60].mean() > 3 * change[160:].mean()
    assert fits(page)


@pytest.mark.parametrize("kind", ["text", "long"])
def test_what_cannot_be_painted_is_said_at_once(
    visit: Callable[..., Page], url: str, tmp_path: Path, kind: str
) -> None:
    page = visit(DESKTOP)
    open_tab(page, url, "Video")
    file = tmp_path / "clip.mp4"
    if kind == "text":
        file.write_text("no clip")
    else:
        write_clip(file, [np.zeros((48, 64, 3), np.uint8)] * 70, rate=1)
    page.locator("#video-clip input[type=file]").set_input_files(file)
    said = {"text": "clip.mp4 is not a clip that can be read", "long": "At most 60 seconds of a clip are painted here"}
    expect(page.locator("#video-cost")).to_contain_text(said[kind])
