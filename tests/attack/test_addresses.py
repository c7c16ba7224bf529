"""Addresses, names and headers: nothing is served that nobody needs, and browsers are told to be careful."""

import re

import httpx
import pytest

from sanet.web.examples import CONTENTS
from tests.support.hostile import API
from tests.support.served import Served

pytestmark = pytest.mark.attack


@pytest.mark.parametrize(
    "address",
    [
        "deep_link",
        "process_recording",
        "monitoring",
        "monitoring/summary",
        "dev/reload",
        "vibe-code/",
        "proxy=https://example.hf.space/a",
        "file=https://127.0.0.1:1/a",
        "stream/a/b/c/playlist.m3u8",
        "login",
        "user",
        "nothing",
    ],
)
def test_what_nobody_needs_is_not_there(http: httpx.Client, address: str) -> None:
    assert http.get(f"{API}/{address}").status_code == 404
    assert http.post(f"{API}/{address}", json={}).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_no_other_method_is_known(http: httpx.Client, method: str) -> None:
    assert http.request(method, "/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/etc/passwd",
        "../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "/proc/self/environ",
        "app.py",
        "weights/catalog.json",
        "//etc/passwd",
        "\\etc\\passwd",
        "%00",
    ],
)
def test_no_file_of_the_server_is_served(http: httpx.Client, address: str) -> None:
    assert http.get(f"{API}/file={address}").status_code in (403, 404)


@pytest.mark.parametrize("name", ["host", "x-forwarded-host", "x-gradio-server"])
@pytest.mark.parametrize("value", ["[::1", "a b", "a<b", "a@b", "http://", "file:///etc", "x" * 70_000 + ":y"])
def test_a_name_that_is_none_is_one_sentence(http: httpx.Client, name: str, value: str) -> None:
    for address in ("/", "/config", f"{API}/info"):
        answer = http.get(address, headers={name: value})
        assert answer.status_code in (400, 431)
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("value", ["127.0.0.1:7860", "[::1]:80", "studio.example", "a.example, b.example"])
def test_any_other_name_is_answered_to(http: httpx.Client, value: str) -> None:
    assert http.get("/", headers={"x-forwarded-host": value}).status_code == 200


def test_the_page_tells_the_browser_to_be_careful(http: httpx.Client) -> None:
    answer = http.get("/")
    policy = answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in policy
    assert "object-src 'none'" in policy
    assert "server" not in answer.headers


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.js", "a.png", "a.xml"])
def test_an_uploaded_script_does_not_run(http: httpx.Client, name: str) -> None:
    (path,) = http.post(f"{API}/upload", files=[("files", (name, b"<script>alert(1)</script>"))]).json()
    answer = http.get(f"{API}/file={path}")
    assert answer.headers["x-content-type-options"] == "nosniff"
    is_download = answer.headers.get("content-disposition", "").startswith("attachment")
    assert is_download or "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["../../a.png", "..", "/etc/a.png", "a/b\\c.png", "\x00.png", "", "x" * 5000 + ".png"])
def test_no_upload_leaves_its_folder(server: Served, http: httpx.Client, name: str) -> None:
    answer = http.post(f"{API}/upload", files=[("files", (name, CONTENTS[0].path.read_bytes()))])
    if answer.status_code == 200:
        (path,) = answer.json()
        assert re.fullmatch(rf"{server.log_file.parent}/uploads/sanet-studio/[0-9a-f]{{64}}/[^/]+", path)
    else:
        assert answer.status_code == 400


@pytest.mark.parametrize("recipe", ["a" * 9000, "!", "e30", "%00", "<img src=x>", "WyJhIl0", "MWU5OTk5"])
def test_a_crafted_link_opens_the_page(http: httpx.Client, recipe: str) -> None:
    assert http.get("/", params={"recipe": recipe, "r": recipe}).status_code in (200, 400)
