"""What a browser loads: a small document, files that it may keep, and nothing that Gradio would not have said."""

import gzip
import json
import re
from collections.abc import Iterator

import brotli
import gradio as gr
import httpx
import pytest

from sanet.web.delivery import document
from sanet.web.delivery.chunks import ASSETS, QUICKER, Chunks
from sanet.web.delivery.document import ENTRY, FOR_CLIENTS, ROOT, cut
from sanet.web.delivery.kept_files import KeptFiles
from sanet.web.page import build_app, launch_options
from tests.support.fake_engine import CountingEngine

FILE = re.compile(r'(?:src|href)="(kept/[^"]+)"')
TEXT = re.compile(r"  window\.gradio_config = read\((.*)\);")


@pytest.fixture(scope="module")
def page() -> Iterator[gr.Blocks]:
    app = build_app(CountingEngine())
    app.launch(**launch_options(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield app
    app.close()


def test_a_document_of_another_gradio_is_sent_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(document, "ENTRY", re.compile("no such script"))
    app = build_app(CountingEngine())
    app.launch(**launch_options(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    try:
        text = httpx.get(str(app.local_url), timeout=60).text
    finally:
        app.close()
    assert re.search(r"window\.gradio_config = .*components", text)
    assert str(app.local_url).rstrip("/") in text
    assert ROOT not in text
    assert "sent as Gradio writes it" in caplog.text


@pytest.fixture
def http(page: gr.Blocks) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=str(page.local_url), timeout=60) as client:
        yield client


def encoded(http: httpx.Client, address: str, encoding: str) -> bytes:
    """What travels."""
    with http.stream("GET", address, headers={"accept-encoding": encoding}) as answer:
        assert answer.headers.get("content-encoding", "identity") == encoding
        return b"".join(answer.iter_raw())


def config_in(http: httpx.Client, document: str) -> dict:
    """What the browser is told of the page."""
    (address,) = (name for name in FILE.findall(document) if "page-" in name)
    found = TEXT.search(http.get(f"/{address}").text)
    assert found
    return json.loads(json.loads(found[1]))


def test_the_document_is_small_in_every_encoding_and_the_same(http: httpx.Client) -> None:
    plain = encoded(http, "/", "identity")
    assert len(plain) < 10_000
    assert gzip.decompress(encoded(http, "/", "gzip")) == brotli.decompress(encoded(http, "/", "br")) == plain


def test_all_that_comes_first_is_small(http: httpx.Client) -> None:
    files = FILE.findall(http.get("/").text)
    assert len(files) == 3
    assert sum(len(encoded(http, f"/{name}", "br")) for name in files) < 300_000


@pytest.mark.parametrize(("slow", "quick"), QUICKER.items(), ids=["events", "widgets", "rebuild", "ends of streams"])
def test_what_keeps_the_page_busy_is_taken_out(http: httpx.Client, slow: str, quick: str) -> None:
    (address,) = (name for name in FILE.findall(http.get("/").text) if "chunks-" in name)
    script = http.get(f"/{address}").text
    assert quick in script
    assert slow not in script


def test_a_library_of_templates_that_no_widget_uses_stays_out(page: gr.Blocks, http: httpx.Client) -> None:
    assert any("Handlebars" in script.read_text() for script in ASSETS.glob("HTML-*.js"))
    assert not any("Handlebars" in http.get(f"/{name}").text for name in FILE.findall(http.get("/").text))
    widgets = [block for block in page.blocks.values() if isinstance(block, gr.HTML)]
    assert widgets
    for widget in widgets:
        assert "{{" not in f"{widget.html_template}{widget.css_template}"


def test_files_are_kept_for_good_and_the_document_is_not(http: httpx.Client) -> None:
    document = http.get("/")
    assert document.headers["cache-control"] == "no-cache"
    for name in FILE.findall(document.text):
        assert "immutable" in http.get(f"/{name}").headers["cache-control"]
    assert http.get("/kept/none-0123456789abcdef.js").status_code == 404


def test_the_page_is_told_all_that_gradio_says_of_it(page: gr.Blocks, http: httpx.Client) -> None:
    told, said = config_in(http, http.get("/").text), http.get("/config", params={"page": ""}).json()
    for widget, original in zip(told["components"], said["components"], strict=True):
        assert {key: value for key, value in original.items() if key not in FOR_CLIENTS}.keys() == widget.keys()
        assert widget["id"] == original["id"]
    assert told["dependencies"] == said["dependencies"]
    assert told["layout"] == said["layout"]
    assert said["app_id"] == page.app_id


def test_its_pictures_are_files(http: httpx.Client) -> None:
    told = json.dumps(config_in(http, http.get("/").text))
    assert "base64" not in re.sub(r"data:image/svg", "", told)
    names = set(re.findall(r"kept/picture-\w+\.jpeg", told))
    assert names
    for name in names:
        picture = http.get(f"/{name}")
        assert picture.headers["content-type"] == "image/jpeg"
        assert "content-encoding" not in picture.headers


@pytest.mark.parametrize("name", ["studio.example", "10.0.0.7:8000"])
def test_it_knows_the_address_that_it_is_asked_by(http: httpx.Client, name: str) -> None:
    asked = {"x-forwarded-host": name, "x-forwarded-proto": "https"}
    assert f'window.pageAddress = "https://{name}";' in http.get("/", headers=asked).text
    assert http.get("/config", headers=asked).json()["root"] == f"https://{name}"
    assert "studio.example" not in http.get("/").text


def test_below_a_path_too() -> None:
    app = build_app(CountingEngine())
    options = launch_options() | {"root_path": "/studio", "server_name": "127.0.0.1"}
    _, url, _ = app.launch(**options, prevent_thread_lock=True, quiet=True)
    root = f"{url}studio"
    with httpx.Client(base_url=url, timeout=60) as client:
        document = client.get("/").text
        assert f'window.pageAddress = "{root}";' in document
        assert config_in(client, document)["root"] == ROOT
        config = client.get("/config").text
    app.close()
    assert json.loads(config)["root"] == root
    assert "/studio/studio" not in config


def test_a_head_without_the_document(http: httpx.Client) -> None:
    head = http.head("/")
    assert head.status_code == 200
    assert not head.content


def test_what_hardly_changes_is_kept(http: httpx.Client) -> None:
    (style,) = re.findall(r'href="\./(assets/index-[^"]+)"', http.get("/").text)
    assert "immutable" in http.get(f"/{style}").headers["cache-control"]
    assert "immutable" not in http.get("/assets/none-0123456789.js").headers.get("cache-control", "")


def test_events_are_not_compressed(http: httpx.Client) -> None:
    accepted = {"accept-encoding": "br, gzip"}
    for address in ("heartbeat/abc", "queue/data?session_hash=abc"):
        with http.stream("GET", f"/gradio_api/{address}", headers=accepted) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in answer.headers
            assert answer.headers["x-accel-buffering"] == "no"
            assert next(answer.iter_raw())


def test_another_gradio_is_an_error_and_not_an_empty_page() -> None:
    with pytest.raises(ValueError, match="another document"):
        cut("<html></html>", KeptFiles())
    entry = ENTRY.search((ASSETS.parent / "index.html").read_text())
    assert entry
    with pytest.raises(ValueError, match="has no passage"):
        Chunks(entry[1], ["no such widget"])
