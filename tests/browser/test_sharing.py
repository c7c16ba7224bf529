"""Links in a real browser: share, restart the server, open, remix, delete."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browser import (
    DESKTOP,
    MADE,
    PHONE,
    SIZES,
    behind_proxy,
    open_tab,
    press,
    run_and_wait,
    served_app,
    set_number,
    upload,
)


def share(page: Page, name: str) -> tuple[str, str, str]:
    """Open the panel and `store`."""
    press(page, f"#{name}-share")
    return store(page, name)


def store(page: Page, name: str) -> tuple[str, str, str]:
    """Store the result; the link, the preview's link and the link that deletes."""
    press(page, f"#{name}-share-create")
    press(page, f"#{name}-share-more button.label-wrap")
    fields = [page.locator(f"#{name}-share-{kind} :is(input, textarea)") for kind in ("link", "sent", "delete")]
    expect(fields[0]).to_have_value(re.compile(r"\?r=[\w-]{22}$"))
    link, preview, delete = (field.input_value() for field in fields)
    return link, preview, delete


def moved(link: str, url: str) -> str:
    """The link on a server that came back at another port."""
    return re.sub(r"^http://[^/]+", url, link)


def shown(page: Page, name: str) -> str:
    """The address of the result that is on display."""
    picture = page.locator(f"#{name}-result img").last
    expect(picture).to_have_js_property("complete", True)
    return picture.get_attribute("src") or ""


def test_shares_outlive_the_server_and_are_deleted_by_their_owner(visit: Callable[..., Page], tmp_path: Path) -> None:
    photo = tmp_path / "my-secret-holiday.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 320, 3), dtype=np.uint8)).save(photo)
    folder = {"SANET_SHARE_DIR": str(tmp_path / "shares")}
    with served_app(tmp_path / "first", **folder) as url:
        shared = [(size, share_a_mix(visit(size), url, photo)) for size in (DESKTOP, PHONE)]
    assert not [file for file in (tmp_path / "shares").rglob("*") if b"secret-holiday" in _bytes(file)]
    with served_app(tmp_path / "second", **folder) as url:
        for size, links in shared:
            check_share(visit(size), url, *(moved(link, url) for link in links))


def share_a_mix(page: Page, url: str, photo: Path) -> tuple[str, str, str]:
    """The links of `store`."""
    open_tab(page, url, "Four styles")
    upload(page, "four-content", photo)
    # Each move paints, and a new result would close the panel: all are waited for.
    for axis, value, name in (("x", "0.75", "mix-x75-y50"), ("y", "0.25", "mix-x75-y25")):
        set_number(page.locator(f"#four-{axis} input[type=number]"), value)
        expect(page.locator("#four-result img").last).to_have_attribute("src", re.compile(name))
    links = share(page, "four")
    expect(page.locator("#four-share-panel")).to_contain_text("90 days")
    page.context.close()
    return links


def check_share(page: Page, url: str, link: str, preview: str, delete: str) -> None:
    """It opens, can be remixed, shows itself to other sites, and is gone once it is deleted."""
    page.goto(link)
    expect(page.locator("#shared")).to_contain_text("shared this picture")
    expect(page.get_by_role("tab", name="Four styles")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#four-result img").last).to_have_attribute("src", re.compile(r"picture\.png"))
    for seen in ("#remix", "#four-result"):
        expect(page.locator(seen)).to_be_in_viewport(ratio=1)
    expect(page.locator("#four-x input[type=number]")).to_have_value("0.75")
    expect(page.locator("#style-square .share").nth(1)).to_have_text("B 56 %")
    expect(page.locator("#four-content img")).to_have_count(0)
    press(page, "#remix")
    expect(page.locator("#shared")).to_be_hidden()
    assert "?r=" not in page.url

    tags = page.request.get(preview).text()
    image = re.search(r'og:image" content="([^"]+)', tags)
    assert image is not None
    picture = page.request.get(image.group(1))
    assert (picture.headers["content-type"], picture.body()[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert 'name="twitter:card"' in tags
    page.goto(preview)
    page.wait_for_url(re.compile(r"\?r="))

    page.goto(delete)
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", name="Deleted")).to_be_visible()
    page.goto(link)
    expect(page.locator("#shared")).to_contain_text("Nothing is shared under this link")
    assert page.request.get(preview).status == 404
    page.goto(f"{url}/?r=../../etc/passwd")
    expect(page.locator("#shared")).to_contain_text("Nothing is shared under this link")
    page.context.close()


@SIZES
def test_a_recipe_of_examples_is_whole_in_its_address(
    visit: Callable[..., Page], url: str, shares: Path, size: dict
) -> None:
    stored = links_in(shares)
    page = visit(size)
    open_tab(page, url, "Paint regions")
    page.get_by_role("radio", name="Quadrants").check()
    run_and_wait(page, "paint")
    press(page, "#paint-share")
    field = page.locator("#paint-share-sent :is(input, textarea)")
    expect(field).to_have_value(re.compile(r"\?recipe=[\w-]+$"))
    link = field.input_value()
    page.context.close()
    page = visit(size)
    page.goto(link)
    expect(page.get_by_role("radio", name="Quadrants")).to_be_checked()
    expect(page.locator("#paint-note")).to_contain_text(MADE)
    page.goto(link[:-9])
    expect(page.locator("#shared")).to_contain_text("cut off or damaged")
    page.context.close()
    assert links_in(shares) == stored


def links_in(shares: Path) -> set[Path]:
    return set((shares / "links").iterdir())


def test_a_ticked_photograph_comes_along_and_a_link_expires(
    visit: Callable[..., Page], url: str, shares: Path, tmp_path: Path
) -> None:
    photo, stored = tmp_path / "holiday.png", links_in(shares)
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 320, 3), dtype=np.uint8)).save(photo)
    page = visit()
    open_tab(page, url, "One style")
    upload(page, "one-content", photo)
    expect(page.locator("#one-note")).to_contain_text("320 × 200 px in")  # painted by itself
    page.click("#one-share")
    page.get_by_label("Store my photograph as well").and_(page.locator(":visible")).check()
    link, _, _ = store(page, "one")
    page = visit(PHONE)
    page.goto(link)
    expect(page.locator("#one-content img")).to_have_js_property("naturalWidth", 320)
    (kept,) = links_in(shares) - stored
    kept.write_text(json.dumps(json.loads(kept.read_text()) | {"created": 0}))
    page.goto(link)
    expect(page.locator("#shared")).to_contain_text("has expired")


def test_a_link_opens_in_the_page_of_a_space(visit: Callable[..., Page], space_url: str) -> None:
    around = '<iframe style="width: 1300px; height: 700px" src="{url}/{query}"></iframe>'
    page = visit(permissions=["local-network-access"])  # the real one lies on the same network as its Space
    open_tab(page, space_url, "One style")
    run_and_wait(page, "one")
    page.click("#one-share")
    field = page.locator("#one-share-sent :is(input, textarea)")
    expect(field).to_have_value(re.compile(r"^https://huggingface\.co/spaces/owner/studio\?recipe=[\w-]+$"))
    link = field.input_value()
    body = around.format(url=space_url, query=link[link.index("?") :])
    page.route("https://huggingface.co/**", lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto(link)
    studio = page.frame_locator("iframe")
    expect(studio.locator("#one-note")).to_contain_text(MADE)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app at /demos/studio of a proxy."""
    folders = {"SANET_SHARE_DIR": str(tmp_path_factory.mktemp("shares")), "GRADIO_ROOT_PATH": "/demos/studio"}
    with served_app(tmp_path_factory.mktemp("app"), **folders) as inside, behind_proxy(inside, "/demos/studio") as url:
        yield url


@SIZES
def test_links_hold_behind_a_proxy_with_a_sub_path(visit: Callable[..., Page], proxied: str, size: dict) -> None:
    page = visit(size)
    open_tab(page, proxied, "One style")
    run_and_wait(page, "one")
    link, preview, delete = share(page, "one")
    assert all(address.startswith(proxied) for address in (link, preview, delete))
    page.context.close()
    page = visit(size)
    page.goto(link)
    expect(page.locator("#shared")).to_contain_text("shared this picture")
    assert shown(page, "one").startswith(f"{proxied}gradio_api/file=")

    image = re.search(r'og:image" content="([^"]+)', page.request.get(preview).text())
    assert image is not None
    assert image.group(1).startswith(proxied)
    assert page.request.get(image.group(1)).headers["content-type"] == "image/jpeg"
    page.goto(preview)
    page.wait_for_url(link)
    page.goto(delete)
    page.get_by_role("button", name="Delete it").click()
    page.goto(link)
    expect(page.locator("#shared")).to_contain_text("Nothing is shared under this link")
    page.context.close()


def _bytes(path: Path) -> bytes:
    return path.name.encode() + (path.read_bytes() if path.is_file() else b"")
