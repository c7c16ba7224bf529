"""The camera: what is saved is what the lens sees, not its mirror image."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import chromium, open_tab, run_and_wait

WIDTH, HEIGHT = 640, 480


def red_and_blue(path: Path) -> Path:
    """A video, left half red and right half blue, in YCbCr."""
    planes = []
    for scale, left, right in ((1, 82, 41), (2, 90, 240), (2, 240, 110)):
        plane = np.full((HEIGHT // scale, WIDTH // scale), left, np.uint8)
        plane[:, WIDTH // scale // 2 :] = right
        planes.append(plane.tobytes())
    header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420mpeg2\n".encode()
    path.write_bytes(header + (b"FRAME\n" + b"".join(planes)) * 5)
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    video = red_and_blue(tmp_path_factory.mktemp("camera") / "camera.y4m")
    with chromium(f"--use-file-for-fake-video-capture={video}") as running:
        yield running


def halves(picture: Image.Image) -> list[str]:
    """Which colour is brightest on the left and on the right."""
    rgb = picture.convert("RGB").resize((4, 1), Image.Resampling.BOX)
    return ["RGB"[int(np.argmax(rgb.getpixel((x, 0))))] for x in (0, 3)]


def test_a_snapshot_is_not_mirrored(visit, url: str, tmp_path: Path) -> None:
    page: Page = visit(permissions=["camera"])
    open_tab(page, url, "One style")
    box = page.locator("#one-content")
    box.get_by_role("button", name="Capture from camera").click()
    box.get_by_text("Click to Access Webcam").click()
    expect(box.locator("video")).to_have_js_property("readyState", 4)  # there is a picture to take
    box.get_by_role("button", name="capture photo").click()
    picture = box.locator("img[alt=Photograph]")
    expect(picture).to_have_js_property("naturalWidth", WIDTH)
    response = page.request.get(str(picture.get_attribute("src")))
    (tmp_path / "snapshot.png").write_bytes(response.body())
    with Image.open(tmp_path / "snapshot.png") as snapshot:
        assert halves(snapshot) == ["R", "B"]
    run_and_wait(page, "one")
