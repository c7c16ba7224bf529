"""What a share stores, and the addresses beside the page."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.web.choice import Choice
from sanet.web.examples import CONTENTS
from sanet.web.page import build_app, launch_options
from sanet.web.result import Made
from sanet.web.sharing.folder_store import FolderStore
from sanet.web.sharing.share import publish, reopen
from tests.support.fake_engine import FakeEngine

CONTROLS = Controls(0.8, keep_color=True)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "shares")


@pytest.fixture
def made(tmp_path: Path, noise) -> Made:
    """A result of two uploads."""
    files = [tmp_path / name for name in ("private-name.png", "style.png", "before.jpg", "private-name-style-a80.png")]
    for seed, file in enumerate(files):
        noise(64, 48, seed).save(file)
    photo, style, before, after = map(str, files)
    return Made(Choice("one", Request(photo, (style,), CONTROLS)), before, after)


def test_a_share_comes_back_without_the_photograph_unless_asked(store: FolderStore, made: Made, tmp_path: Path) -> None:
    link, _ = publish(store, made, with_photograph=False)
    opened = reopen(store, link)
    assert opened is not None
    assert opened.choice.request.content is None
    assert (Path(opened.after).name, opened.before) == ("picture.png", opened.after)
    assert Image.open(opened.after).tobytes() == Image.open(made.after).tobytes()
    assert Image.open(str(opened.choice.request.styles[0])).size == (64, 48)
    assert (opened.choice.request.controls, opened.choice.request.max_side) == (CONTROLS, 512)
    everything = b"".join(file.read_bytes() for file in (tmp_path / "shares").rglob("*") if file.is_file())
    assert b"private-name" not in everything

    link, _ = publish(store, made, with_photograph=True)
    opened = reopen(store, link)
    assert opened is not None
    assert Image.open(str(opened.choice.request.content)).size == (64, 48)
    assert Path(opened.after).name == "private-name-style-a80.png"


def test_the_name_of_a_style_of_ones_own_is_not_shared(store: FolderStore, made: Made) -> None:
    choice = replace(made.choice, request=replace(made.choice.request, content=str(CONTENTS[0].path)))
    link, _ = publish(store, replace(made, choice=choice), with_photograph=False)
    opened = reopen(store, link)
    assert opened is not None
    assert Path(opened.after).name == "picture.png"


@pytest.fixture
def served(store: FolderStore) -> Iterator[str]:
    app = build_app(FakeEngine(), store)
    _, url, _ = app.launch(**launch_options(store), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url
    app.close()


def test_the_preview_unfolds_behind_a_proxy(served: str, store: FolderStore, made: Made) -> None:
    link, secret = publish(store, made, with_photograph=False)
    forwarded = {"x-forwarded-host": "studio.example", "x-forwarded-proto": "https"}
    answer = httpx.get(f"{served}gradio_api/shared/{link}", headers=forwarded, timeout=60)
    assert f'og:image" content="https://studio.example/gradio_api/shared/{link}/picture.jpg"' in answer.text
    assert 'name="twitter:card" content="summary_large_image"' in answer.text
    assert f"url=../../?r={link}" in answer.text  # relative: a path in front of the page stays
    picture = httpx.get(f"{served}gradio_api/shared/{link}/picture.jpg", timeout=60)
    assert (picture.headers["content-type"], picture.headers["x-content-type-options"]) == ("image/jpeg", "nosniff")

    korean = {"accept-language": "ko-KR,ko;q=0.9"}
    assert "SANet Studio로 만든 그림" in httpx.get(f"{served}gradio_api/shared/{link}", headers=korean, timeout=60).text

    address = f"{served}gradio_api/shared/{link}/delete/{secret}"
    asked = httpx.get(address, headers=korean, timeout=60)
    assert '<html lang="ko">' in asked.text
    assert "삭제할까요?" in asked.text
    assert '<html lang="en">' in httpx.get(address, timeout=60).text
    assert httpx.get(address, timeout=60).status_code == 200
    assert store.get(link) is not None  # looking at the address deletes nothing
    assert httpx.post(address[:-1] + "_", timeout=60).status_code == 404
    assert httpx.post(address, timeout=60).status_code == 200
    assert store.get(link) is None


def test_a_bad_id_gets_a_page_that_says_so(served: str) -> None:
    links = ("x", "A" * 22, "..%2f..%2fetc%2fpasswd", "%00", "<script>")
    for link, rest in itertools.product(links, ("", "/picture.jpg", "/delete/x")):
        answer = httpx.get(f"{served}gradio_api/shared/{link}{rest}", timeout=60)
        assert answer.status_code == 404
        assert "script" not in answer.text
