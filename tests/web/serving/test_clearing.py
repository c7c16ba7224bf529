"""The folder of uploads is cleared by age and size, whoever wrote into it."""

import time
from pathlib import Path

import pytest

from sanet.web.files import KEEP_FILES
from sanet.web.serving.clearing import UNFINISHED, UploadFolder, sweep
from sanet.web.serving.refusals import RequestRefusedError
from tests.support.waiting import eventually


def put(folder: Path, name: str, size: int = 10) -> str:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(size))
    return str(path)


def put_later(folder: Path, name: str) -> str:
    """As `put`, once the clock of the file system has moved on since the last file."""
    last = max((path.stat().st_ctime for path in folder.rglob("*.png")), default=0.0)
    eventually(lambda: Path(put(folder, name)).stat().st_ctime > last)
    return str(folder / name)


def test_nothing_is_older_than_a_day(tmp_path: Path) -> None:
    upload, result = put(tmp_path, "hash/photo.jpg"), put(tmp_path, "random/result.png")
    now = time.time()
    assert sweep(tmp_path, set(), 1000, now + KEEP_FILES - 60) == (set(), 20)
    assert sweep(tmp_path, set(), 1000, now + KEEP_FILES + 60) == ({upload, result}, 0)
    assert list(tmp_path.iterdir()) == []


def test_pieces_of_uploads_go_sooner(tmp_path: Path) -> None:
    piece, whole = put(tmp_path, "tmp123"), put(tmp_path, "hash/photo.jpg")
    assert sweep(tmp_path, set(), 1000, time.time() + UNFINISHED + 60) == ({piece}, 10)
    assert Path(whole).exists()


def test_the_oldest_go_first_when_there_is_too_much(tmp_path: Path) -> None:
    paths = [put_later(tmp_path, f"hash{number}/a.png") for number in range(5)]
    gone, left = sweep(tmp_path, set(), 35, time.time())
    assert (gone, left) == (set(paths[:2]), 30)


def test_what_the_page_shows_stays(tmp_path: Path) -> None:
    shown = put(tmp_path, "examples/koala.jpg")
    assert sweep(tmp_path, {shown}, 1, time.time() + 10 * KEEP_FILES) == (set(), 0)


def test_a_link_leads_to_nothing_outside(tmp_path: Path) -> None:
    outside, folder = put(tmp_path, "mine.txt"), tmp_path / "uploads"
    (folder / "hash").mkdir(parents=True)
    (folder / "hash/link").symlink_to(outside)
    (folder / "away").symlink_to(tmp_path)
    sweep(folder, set(), 1, time.time() + 10 * KEEP_FILES)
    assert Path(outside).exists()


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = UploadFolder(tmp_path, 1000)
    folder.check_room()
    monkeypatch.setattr("sanet.web.serving.clearing.FREE", 10**18)
    with pytest.raises(RequestRefusedError, match="no room for uploads at the moment"):
        folder.check_room()
