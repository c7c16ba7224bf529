"""Links and files that the first version of the page made (`made_before/`) open, and paint the same picture again."""

import io
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browser import MADE, run_and_wait, served_app

FOLDER = Path(__file__).with_name("made_before")
LISTING = json.loads((FOLDER / "listing.json").read_text())
ADDRESSES = [name for name, made in LISTING.items() if "address" in made]
TITLES = {"one": "One style", "four": "Four styles", "paint": "Paint regions", "mix": "Mix"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with the shares of the first version, as if they had been stored today."""
    shares = tmp_path_factory.mktemp("shares")
    shutil.copytree(FOLDER / "shares", shares, dirs_exist_ok=True)
    for link in (shares / "links").iterdir():
        link.write_text(json.dumps(json.loads(link.read_text()) | {"created": time.time()}))
    with served_app(tmp_path_factory.mktemp("gradio"), SANET_SHARE_DIR=str(shares)) as url:
        yield url


def shown(page: Page, tab: str) -> np.ndarray:
    """The pixels of the result on display, (H, W, 3)."""
    picture = page.locator(f"#{tab}-result img").last
    expect(picture).to_have_js_property("complete", True)
    source = picture.get_attribute("src") or ""
    return np.asarray(Image.open(io.BytesIO(page.request.get(source).body())).convert("RGB")).astype(int)


def wanted(name: str) -> np.ndarray:
    return np.asarray(Image.open(FOLDER / f"{name}.png").convert("RGB")).astype(int)


def expect_tab(page: Page, tab: str) -> None:
    expect(page.get_by_role("tab", name=TITLES[tab])).to_have_attribute("aria-selected", "true")
    expect(page.locator(f"#{tab}-result img").last).to_be_visible()


@pytest.mark.parametrize("name", LISTING)
def test_a_stored_link_shows_its_result_and_paints_it_again(visit: Callable[..., Page], kept: str, name: str) -> None:
    made, page = LISTING[name], visit()
    page.goto(f"{kept}/?r={made['link']}")
    expect_tab(page, made["tab"])
    result = page.locator(f"#{made['tab']}-result img").last
    expect(result).to_have_js_property("naturalWidth", wanted(name).shape[1])  # the page begins with another one
    assert (shown(page, made["tab"]) == wanted(name)).all()
    # Of a time when the photograph was shown as the network rebuilds it.
    expect(page.locator(".reconstruct input").and_(page.locator(":visible"))).to_be_checked()
    run_and_wait(page, made["tab"])
    again = shown(page, made["tab"])
    assert again.shape == wanted(name).shape
    # Pictures that are no examples are stored as JPEG, of which noise keeps little.
    assert name == "own" or abs(again - wanted(name)).mean() < 0.5


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_recipe_in_the_address_paints_its_result(visit: Callable[..., Page], kept: str, name: str) -> None:
    made, page = LISTING[name], visit()
    page.goto(f"{kept}/?recipe={made['address']}")
    expect_tab(page, made["tab"])
    expect(page.locator(f"#{made['tab']}-note")).to_contain_text(MADE)  # the page begins with a result
    assert abs(shown(page, made["tab"]) - wanted(name)).mean() < 0.5


@pytest.mark.parametrize("path", sorted({*FOLDER.glob("*.png"), *FOLDER.glob("one.*")}), ids=lambda path: path.name)
def test_a_file_with_its_recipe_opens(visit: Callable[..., Page], kept: str, path: Path) -> None:
    made, page = LISTING[path.stem], visit()
    page.goto(kept)
    with page.expect_file_chooser() as chooser:
        page.locator("#open-result").click()
    chooser.value.set_files(path)
    expect_tab(page, made["tab"])
    expect(page.locator(f"#{made['tab']}-note")).to_contain_text("Opened again")  # the page begins with a result
    assert abs(shown(page, made["tab"]) - wanted(path.stem)).mean() < (0.5 if path.suffix == ".png" else 12)
