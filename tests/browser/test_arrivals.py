"""Pictures that the browser knows nothing about, by every way into the page: chosen, dropped, pasted, packed."""

import base64
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browser import open_tab, run_and_wait, size_field
from tests.support.pictures import encoded, quarters

# Hands a file without a type to an element, as another window or the clipboard would.
HAND_OVER = """([kind, target, name, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name));
  const how = { bubbles: true, cancelable: true };
  const event = kind == "paste" ? new ClipboardEvent(kind, { clipboardData: data, ...how })
                                : new DragEvent(kind, { dataTransfer: data, ...how });
  document.querySelector(target).dispatchEvent(event);
}"""
NAMES = {"IMG_0001.HEIC": "HEIF", "a.HEIF": "HEIF", "b.mpo": "MPO", "no-suffix": "JPEG", "scan.TIF": "TIFF"}
BOX, ELSEWHERE = "#one-content .upload-container", "#header"


def file(name: str, kind: str, width: int = 1200) -> tuple[str, bytes]:
    picture = quarters().resize((width, 800))
    options: dict[str, Any] = {"save_all": True, "append_images": [picture]} if kind == "MPO" else {}
    return name, encoded(picture, kind, **options)


def choose(page: Page, name: str, data: bytes) -> None:
    page.locator("#one-content button[aria-label='Remove Image']").click()
    page.locator("#one-content input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": data})


def hand_over(page: Page, kind: str, target: str, name: str, data: bytes) -> None:
    page.evaluate(HAND_OVER, [kind, target, name, base64.b64encode(data).decode()])


WAYS: dict[str, Callable[[Page, str, bytes], None]] = {
    "chosen": choose,
    "dropped into the box": lambda page, name, data: hand_over(page, "drop", BOX, name, data),
    "dropped elsewhere": lambda page, name, data: hand_over(page, "drop", ELSEWHERE, name, data),
    "pasted": lambda page, name, data: hand_over(page, "paste", "body", name, data),
}


def expect_in_box(page: Page, width: int) -> None:
    """The picture is in the box to be seen, and the working size goes up to its own."""
    expect(page.locator("#one-content img")).not_to_have_js_property("naturalWidth", 0)
    expect(size_field(page)).to_have_attribute("max", str(-(-width // 64) * 64))
    expect(page.locator("#one-content img")).to_have_js_property("complete", True)
    assert page.locator("#one-content img").evaluate("(img) => img.naturalWidth") > 0


@pytest.mark.parametrize("way", WAYS)
def test_pictures_whose_names_say_nothing_to_the_browser_are_taken(page: Page, url: str, way: str) -> None:
    open_tab(page, url, "One style")
    for i, (name, kind) in enumerate(NAMES.items()):
        width = 1200 + 64 * i
        WAYS[way](page, *file(name, kind, width))
        expect_in_box(page, width)


@pytest.mark.parametrize(
    ("name", "kind"), [("photo.jpg", "HEIF"), ("photo.png", "TIFF"), ("photo.heic", "PNG")], ids=lambda value: value
)
def test_contents_decide_what_is_shown_and_painted(page: Page, url: str, name: str, kind: str) -> None:
    open_tab(page, url, "One style")
    choose(page, *file(name, kind, 1300))
    expect_in_box(page, 1300)
    run_and_wait(page, "one")
    expect(page.locator("#one-note")).to_contain_text("512 × 315 px in")
    assert "photo-starry-night" in str(page.locator("#one-result img").last.get_attribute("src"))


def test_what_is_no_picture_is_refused_in_words(page: Page, url: str) -> None:
    open_tab(page, url, "One style")
    choose(page, "IMG_0001.RAF", b"FUJIFILMCCD-RAW 0201")
    expect(
        page.get_by_text("This is a camera's raw file; export it as JPEG, HEIC or TIFF first.").first
    ).to_be_visible()
    hand_over(page, "drop", BOX, "letter", b"a letter")
    expect(page.get_by_text("The file is not a picture that can be read").first).to_be_visible()


def test_masks_are_taken_by_their_contents(page: Page, url: str, tmp_path: Path) -> None:
    open_tab(page, url, "Paint regions")
    page.get_by_role("radio", name="Uploaded masks").check()
    white = Image.new("L", (64, 48), 255)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("__MACOSX/._1.png", b"left")
        archive.writestr("1.png", encoded(white, "PNG"))
        archive.writestr(".DS_Store", b"left")
    upload = page.locator("#paint-masks input[type=file]")
    upload.set_input_files(
        [
            {"name": "Archive", "mimeType": "", "buffer": buffer.getvalue()},
            {"name": "MASK.HEIC", "mimeType": "", "buffer": encoded(white, "HEIF")},
        ]
    )
    expect(page.locator("#paint-masks")).to_contain_text("mask-1")
    expect(page.locator("#paint-masks")).to_contain_text("MASK")
    run_and_wait(page, "paint")


def test_a_picture_stays_until_another_one_is_there_and_that_is_painted(page: Page, url: str, tmp_path: Path) -> None:
    open_tab(page, url, "One style")
    shown, after = page.locator("#one-content img"), page.locator("#one-result img").last
    letter, large = tmp_path / "letter.jpg", tmp_path / "large.jpg"
    letter.write_bytes(b"a letter")
    Image.new("RGB", (9000, 6000), (20, 130, 40)).save(large)
    with page.expect_file_chooser() as chooser:
        page.locator("#one-content img").click()
    chooser.value.set_files(letter)
    expect(page.get_by_text("The file is not a picture that can be read").first).to_be_visible()
    expect(shown).to_have_attribute("src", re.compile("neuschwanstein"))
    with page.expect_file_chooser() as chooser:
        page.click("#one-content-choose")
    chooser.value.set_files(large)
    expect(page.get_by_text("it was scaled down here").first).to_be_visible()
    expect(after).to_have_attribute("src", re.compile("large-starry-night"))
    expect(shown).to_have_js_property("naturalWidth", 4899)
