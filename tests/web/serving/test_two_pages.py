"""Two page processes on the same folders: what came to one can be used at the other."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sanet.web.examples import CONTENTS, STYLES
from tests.support.hostile import API
from tests.support.served import Served, served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    folder = tmp_path_factory.mktemp("common")
    with served(folder) as first, served(folder) as second:
        yield first, second


def test_an_upload_to_one_is_painted_by_the_other_and_read_from_either(pages: tuple[Served, Served]) -> None:
    first, second = pages
    paths = [upload(first, file) for file in (CONTENTS[0].path, STYLES[0].path)]
    given = [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths]
    call = httpx.post(f"{second.url}{API}/call/stylize", json={"data": [*given, 1.0, 256, False]}, timeout=60)
    answer = httpx.get(f"{second.url}{API}/call/stylize/{call.json()['event_id']}", timeout=120).text
    assert "event: complete" in answer
    result = answer.split('"path": "')[1].split('"')[0]
    for page in pages:
        picture = httpx.get(f"{page.url}{API}/file={result}", timeout=60)
        assert picture.headers["content-type"] == "image/png"


def upload(page: Served, file: Path) -> str:
    """Where the page keeps it."""
    files = {"files": (file.name, file.read_bytes(), "image/jpeg")}
    answer = httpx.post(f"{page.url}{API}/upload", files=files, timeout=60)
    (path,) = answer.json()
    return str(path)
