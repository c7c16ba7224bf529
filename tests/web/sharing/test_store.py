"""What is shared stays whole: limits, ids, deletion, and writers that are killed at any moment."""

import hashlib
import json
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sanet.paths import ROOT
from sanet.web.sharing.folder_store import DAY, FolderStore
from sanet.web.sharing.store import Shared

# Shares number argv[2] to argv[3], told as they are handed out. Equal numbers hold equal files, whoever writes them.
WRITER = """
import hashlib, sys
from pathlib import Path
from sanet.web.sharing.folder_store import FolderStore
store = FolderStore(Path(sys.argv[1]))
for i in range(int(sys.argv[2]), int(sys.argv[3])):
    files = {"own": f"share {i} ".encode() * 20_000, "common": b"the same in every share" * 9000}
    print(store.put({name: hashlib.sha256(data).hexdigest() for name, data in files.items()}, files)[0], flush=True)
"""
# Forks writers that are killed before the n-th thing they ask of the interpreter or the system, for every n, or once a
# file of theirs has grown to n bytes, which cuts each of the three in turn. Every link must open then, and after the
# next writer has shared the same. Prints how each writer ended.
KILLED = """
import hashlib, itertools, os, resource, signal, sys
from pathlib import Path
from sanet.web.sharing.folder_store import FolderStore

def share(folder, word):
    files = {"first": word.encode(), "second": 5 * word.encode()}
    FolderStore(folder).put({name: hashlib.sha256(data).hexdigest() for name, data in files.items()}, files)

def open_all(folder, count):
    links = [link.stem for link in (folder / "links").iterdir()]
    assert len(links) >= count, links
    for shared in map(FolderStore(folder).get, links):
        found = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in shared.files.items()}
        assert found == shared.note

def kill_before(number):
    asked = itertools.count()
    sys.addaudithook(lambda event, _: next(asked) == number and os.kill(os.getpid(), signal.SIGKILL))

def kill_at_bytes(number):
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))

def end_of_writer(folder, kill, number):
    writer = os.fork()
    if not writer:
        kill(number)
        share(folder, "killed")
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1])

for kill, numbers in ((kill_at_bytes, (0, 3, 10, 40, 100, 200)), (kill_before, itertools.count())):
    for number in numbers:
        folder = Path(sys.argv[1], kill.__name__, str(number))
        share(folder, "before")
        end = end_of_writer(folder, kill, number)
        open_all(folder, 1)
        share(folder, "killed")
        open_all(folder, 2)
        print(end)
        if end == 0:
            sys.exit()
"""


def test_a_share_is_found_by_a_store_that_starts_later(tmp_path: Path) -> None:
    link, _ = FolderStore(tmp_path).put({"recipe": 1}, {"result": b"picture"})
    shared = FolderStore(tmp_path).get(link)
    assert shared is not None
    assert (shared.note, shared.files.keys()) == ({"recipe": 1}, {"result"})
    assert shared.files["result"].read_bytes() == b"picture"


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
    store = FolderStore(tmp_path, max_bytes=4000)
    links = [store.put({}, {"result": bytes([i]) * 1000})[0] for i in range(6)]  # and some 250 bytes for each link
    assert [store.get(link) is not None for link in links] == [False] * 3 + [True] * 3
    assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) <= 4000
    with pytest.raises(ValueError, match="too large"):
        store.put({}, {"result": bytes(4001)})


def test_old_links_expire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderStore(tmp_path, days=3)
    link, _ = store.put({}, {"result": b"picture"})
    later = time.time() + 4 * DAY
    monkeypatch.setattr(time, "time", lambda: later)
    assert store.get(link) is None
    store.put({}, {"result": b"another"})
    assert not (tmp_path / "links" / f"{link}.json").exists()
    assert len(list((tmp_path / "files").iterdir())) == 1


def opened(store: FolderStore, link: str) -> Shared:
    """What `WRITER` shared; every file of it must be whole."""
    shared = store.get(link)
    assert shared is not None
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in shared.files.items()} == shared.note
    return shared


class Reader(threading.Thread):
    """Opens every link of the folder the moment it appears, as an impatient visitor would."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.store, self.links = FolderStore(folder), folder / "links"
        self.opened: set[str] = set()
        self.failure: Exception | AssertionError | None = None
        self.over = threading.Event()

    def run(self) -> None:
        try:
            while not self.over.wait(0.001):
                for link in {path.stem for path in self.links.iterdir()} - self.opened:
                    opened(self.store, link)
                    self.opened.add(link)
        except (Exception, AssertionError) as failure:
            self.failure = failure


@pytest.mark.slow
def test_every_link_that_was_handed_out_opens_while_writers_are_killed(tmp_path: Path) -> None:
    """200 shares by 8 processes, one of them killed again and again; the next begins where it was killed."""

    def start(first: int, end: int) -> subprocess.Popen:
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(first), str(end)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    reader = Reader(tmp_path)
    reader.start()
    writers = [start(1000 * i, 1000 * i + 29) for i in range(1, 8)]
    chance, kills, of_victims = random.Random(1), 0, ""
    while any(writer.poll() is None for writer in writers) or kills < 12:
        victim = start(of_victims.count("\n"), 1000)
        assert victim.stdout is not None
        of_victims += victim.stdout.readline()
        time.sleep(chance.uniform(0, 0.1))
        victim.kill()
        of_victims += "".join(line for line in victim.communicate()[0].splitlines(True) if line.endswith("\n"))
        kills += 1
    handed_out = of_victims + "".join(writer.communicate()[0] for writer in writers)
    reader.over.set()
    reader.join()
    assert [writer.returncode for writer in writers] == [0] * 7
    assert of_victims.count("\n") >= kills
    assert handed_out.count("\n") >= 200 + kills
    assert reader.failure is None
    assert len(reader.opened) > 100
    store = FolderStore(tmp_path)
    for link in handed_out.split():
        assert opened(store, link).files.keys() == {"own", "common"}
    store.put({}, {})
    assert list((tmp_path / "parts").iterdir()) == []


def test_a_writer_killed_at_any_moment_leaves_nothing_half_written(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    *killed, last = map(int, done.stdout.split())
    assert killed[:6] == [-signal.SIGXFSZ] * 6
    assert set(killed[6:]) == {-signal.SIGKILL}
    assert last == 0
