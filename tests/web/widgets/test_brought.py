"""Pictures on their way into a place, without a server."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sanet.web.widgets import brought
from sanet.web.widgets.brought import put_in, script
from tests.support.pictures import encoded, quarters

PLACES = {"one-content": "the place", "": "whether it is there"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(brought.gr, "Warning", lambda sentence, title: said.append(sentence))
    monkeypatch.setattr(brought.gr, "Info", said.append)
    return said


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[bytes], str]:
    def write(data: bytes) -> str:
        (tmp_path / "a.jpg").write_bytes(data)
        return str(tmp_path / "a.jpg")

    return write


def test_a_picture_goes_where_it_was_brought(told: list[str], picture: Callable[[bytes], str]) -> None:
    path = picture(encoded(quarters(), "PNG"))
    assert put_in(PLACES, path, {"place": "one-content"}) == {"whether it is there": True, "the place": path}
    assert told == []
    put_in(PLACES, path, {"place": "one-content", "scaled": True})
    assert told == ["The picture was larger than the server takes, so it was scaled down here before it was sent."]


def test_what_cannot_be_used_leaves_the_place_alone(told: list[str], picture: Callable[[bytes], str]) -> None:
    assert put_in(PLACES, picture(b"a letter"), {"place": "one-content"}) == {"whether it is there": False}
    assert told == ["The file is not a picture that can be read; use JPEG, PNG, WebP, AVIF, HEIC or GIF."]


@pytest.mark.parametrize("way", [None, "one-content", {}, {"place": "another"}, {"place": None}])
def test_a_picture_without_a_place_goes_nowhere(picture: Callable[[bytes], str], way: object) -> None:
    assert put_in(PLACES, picture(encoded(quarters(), "PNG")), way) == {"whether it is there": False}


def test_the_script_knows_the_limits_of_the_server() -> None:
    assert script().startswith('const MOST = {"bytes": 20000000, "pixels": ')
