"""What is shared stays whole: limits, ids, deletion, and writers that are killed at any moment."""

import itertools
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sanet.web.share_store import DAY, FolderStore

WRITER = """
import runpy, sys
from pathlib import Path
FolderStore = runpy.run_path("sanet/web/share_store.py")["FolderStore"]  # without the seconds that the rest takes
store = FolderStore(Path(sys.argv[1]))
for i in range(int(sys.argv[3])):
    data = f"{sys.argv[2]}-{i} ".encode() * 20_000
    link, _ = store.put({"i": i}, {"own": data, "common": b"the same in every share" * 9000})
    print(link, data.split()[0].decode(), sep="|", flush=True)
"""


def test_a_share_is_found_by_a_store_that_starts_later(tmp_path: Path) -> None:
    link, _ = FolderStore(tmp_path).put({"recipe": 1}, {"result": b"picture"})
    shared = FolderStore(tmp_path).get(link)
    assert shared is not None
    assert (shared.note, shared.files) == ({"recipe": 1}, {"result": b"picture"})


def test_equal_files_are_kept_once(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    links = {store.put({}, {"style": b"same"})[0] for _ in range(5)}
    assert len(links) == 5
    assert len(list((tmp_path / "files").iterdir())) == 1


@pytest.mark.parametrize("link", ["", "x", "../../../../etc/passwd", "A" * 21, "A" * 23, "A" * 21 + "/", "A" * 22])
def test_an_id_that_was_never_given_finds_nothing(tmp_path: Path, link: str) -> None:
    assert FolderStore(tmp_path).get(link) is None


def test_a_link_that_names_a_file_outside_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("outside")
    store = FolderStore(tmp_path / "shares")
    link, _ = store.put({}, {"result": b"picture"})
    record = tmp_path / "shares" / "links" / f"{link}.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"files": {"result": "../../secret"}}))
    assert store.get(link) is None


def test_only_the_secret_deletes_and_takes_the_files_along(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    link, secret = store.put({}, {"result": b"mine", "style": b"common"})
    other, _ = store.put({}, {"style": b"common"})
    assert not store.delete(link, "guess")
    assert store.get(link) is not None
    assert store.delete(link, secret)
    assert store.get(link) is None
    assert store.get(other) is not None
    assert len(list((tmp_path / "files").iterdir())) == 1


def test_the_oldest_go_first_when_the_folder_is_full(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, max_bytes=1000)
    links = [store.put({}, {"result": bytes([i]) * 300})[0] for i in range(6)]
    assert [store.get(link) is not None for link in links] == [False] * 3 + [True] * 3
    assert sum(file.stat().st_size for file in (tmp_path / "files").iterdir()) <= 1000
    with pytest.raises(ValueError, match="too large"):
        store.put({}, {"result": bytes(1001)})


def test_old_links_expire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderStore(tmp_path, days=3)
    link, _ = store.put({}, {"result": b"picture"})
    later = time.time() + 4 * DAY
    monkeypatch.setattr(time, "time", lambda: later)
    assert store.get(link) is None
    store.put({}, {"result": b"another"})
    assert not (tmp_path / "links" / f"{link}.json").exists()
    assert len(list((tmp_path / "files").iterdir())) == 1


def test_every_link_that_was_handed_out_opens_while_writers_are_killed(tmp_path: Path) -> None:
    """200 shares by 8 processes, one of them killed again and again."""
    numbers = itertools.count()

    def start(count: int) -> subprocess.Popen:
        command = [sys.executable, "-c", WRITER, str(tmp_path), f"writer-{next(numbers)}", str(count)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])

    writers = [start(29) for _ in range(7)]
    chance = random.Random(1)
    output, kills = "", 0
    while any(writer.poll() is None for writer in writers) or kills < 12:
        victim = start(1000)
        time.sleep(chance.uniform(0, 0.6))
        victim.kill()
        output += victim.communicate()[0].rpartition("\n")[0] + "\n"
        kills += 1
    output += "".join(writer.communicate()[0] for writer in writers)
    handed_out = [line.split("|") for line in output.split("\n") if line]
    assert len(handed_out) >= 200
    store = FolderStore(tmp_path)
    for link, start_of_data in handed_out:
        shared = store.get(link)
        assert shared is not None
        assert shared.files["own"].startswith(start_of_data.encode())
        assert len(shared.files["own"]) % 20_000 == 0
    store.put({}, {})
    assert list((tmp_path / "parts").iterdir()) == []
