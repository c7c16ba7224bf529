"""Clips on the page: uploaded, painted, played with their sound, and stopped midway."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from sanet.paths import EXAMPLES
from tests.support.browser import DESKTOP, SIZES, download, fits, grave_violations, open_tab, press, set_number
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
    assert fits(page)
    assert grave_violations(page) == []


def test_stopped_midway_what_is_done_can_be_played(visit: Callable[..., Page], url: str, tmp_path: Path) -> None:
    picture = Image.open(EXAMPLES / "content/koala.jpg").convert("RGB").resize((2000, 240))
    long = write_clip(tmp_path / "long.mp4", panned(picture, (320, 180), 800), rate=25)
    page = visit(DESKTOP)
    open_with(page, url, long)
    press(page, "#video-run")
    expect(page.locator("#video-film")).to_contain_text(re.compile(r"Painting ([5-9]|\d\d+) of 800"))
    press(page, "#video-stop")
    expect(page.locator("#video-note")).to_contain_text("what was painted so far can be played")
    _, data = download(page, "#video-download")
    (tmp_path / "part.mp4").write_bytes(data)
    frames = read_clip(tmp_path / "part.mp4")[0]
    assert 3 <= len(frames) < 800
    assert np.ptp(frames[0]) > 50


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
