"""A painted clip behind a link: what is kept of it, and its page."""

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from sanet.errors import RefusedError
from sanet.web.page import build_app, launch_options
from sanet.web.sharing import clip as clips
from sanet.web.sharing.clip import publish_clip
from sanet.web.sharing.folder_store import FolderStore
from sanet.web.sharing.share import reopen
from tests.support.clips import write_clip
from tests.support.fake_engine import FakeEngine


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "shares")


@pytest.fixture
def painted(tmp_path: Path) -> Path:
    """Half a second of grey."""
    return write_clip(tmp_path / "private-name.mp4", [np.full((48, 64, 3), 90, np.uint8)] * 5, rate=10)


@pytest.fixture
def served(store: FolderStore) -> Iterator[str]:
    app = build_app(FakeEngine(), store)
    _, url, _ = app.launch(**launch_options(store), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield f"{url}gradio_api/shared"
    app.close()


def test_a_clip_is_kept_as_it_is_with_its_first_frame(store: FolderStore, painted: Path, tmp_path: Path) -> None:
    link, _ = publish_clip(store, painted)
    shared = store.get(link)
    assert shared is not None
    assert shared.files["clip"].read_bytes() == painted.read_bytes()
    frame = Image.open(shared.files["preview"])
    assert (frame.format, frame.size) == ("JPEG", (64, 48))
    assert np.abs(np.asarray(frame).astype(int) - 90).max() <= 3
    assert reopen(store, link) is None  # no tab can show it
    everything = b"".join(file.read_bytes() for file in (tmp_path / "shares").rglob("*") if file.is_file())
    assert b"private-name" not in everything


def test_one_that_is_too_large_is_refused(store: FolderStore, painted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "LARGEST", painted.stat().st_size)
    publish_clip(store, painted)
    monkeypatch.setattr(clips, "LARGEST", painted.stat().st_size - 1)
    with pytest.raises(RefusedError, match=r"This clip has 0\.0 MB, and at most 0 MB can be shared"):
        publish_clip(store, painted)


def test_its_page_plays_it_piece_by_piece_until_it_is_deleted(served: str, store: FolderStore, painted: Path) -> None:
    link, secret = publish_clip(store, painted)
    forwarded = {"x-forwarded-host": "studio.example", "x-forwarded-proto": "https"}
    page = httpx.get(f"{served}/{link}", headers=forwarded, timeout=60)
    assert f'og:video" content="https://studio.example/gradio_api/shared/{link}/clip.mp4"' in page.text
    assert f'og:image" content="https://studio.example/gradio_api/shared/{link}/picture.jpg"' in page.text
    assert f'src="{link}/clip.mp4"' in page.text
    assert "refresh" not in page.text
    assert "media-src 'self'" in page.headers["content-security-policy"]
    korean = httpx.get(f"{served}/{link}", headers={"accept-language": "ko"}, timeout=60)
    assert "SANet Studio로 칠한 영상" in korean.text

    data = painted.read_bytes()
    whole = httpx.get(f"{served}/{link}/clip.mp4", timeout=60)
    assert (whole.content, whole.headers["content-type"]) == (data, "video/mp4")
    part = httpx.get(f"{served}/{link}/clip.mp4", headers={"range": "bytes=10-19"}, timeout=60)  # as phones ask
    assert (part.status_code, part.content) == (206, data[10:20])
    frame = httpx.get(f"{served}/{link}/picture.jpg", timeout=60)
    assert Image.open(io.BytesIO(frame.content)).size == (64, 48)

    assert httpx.post(f"{served}/{link}/delete/{secret}", timeout=60).status_code == 200
    for rest in ("", "/clip.mp4", "/picture.jpg"):
        assert httpx.get(f"{served}/{link}{rest}", timeout=60).status_code == 404


def test_a_shared_picture_has_no_clip(served: str, store: FolderStore) -> None:
    link, _ = store.put({"recipe": {}}, {"result": b"", "preview": b""})
    assert httpx.get(f"{served}/{link}/clip.mp4", timeout=60).status_code == 404
