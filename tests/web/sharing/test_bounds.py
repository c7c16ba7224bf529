"""What shares may take: each counts with its record, nobody stores many in an hour, and a full disk makes room."""

import errno
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gradio.context import LocalContext

from sanet.web.sharing.folder_store import FolderStore
from sanet.web.sharing.ledger import Ledger, Link
from sanet.web.sharing.per_visitor import PerVisitor


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_records_count(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, max_bytes=50_000)
    links = [store.put({"text": "x" * 9000}, {})[0] for _ in range(10)]
    assert bytes_in(tmp_path) <= 50_000
    assert [store.get(link) is not None for link in links] == [False] * 5 + [True] * 5


def test_a_record_has_an_end(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    with pytest.raises(ValueError, match="too large to share"):
        store.put({"keep_color": "x" * 100_000}, {})
    assert bytes_in(tmp_path) == 0


def test_one_share_has_an_end(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, largest=1000)
    store.put({}, {"result": bytes(500)})
    with pytest.raises(ValueError, match=r"too large to share: 0\.0 MB"):
        store.put({}, {"result": bytes(1000)})


def test_links_count(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, max_links=3)
    links = [store.put({}, {"result": b"the same"})[0] for _ in range(5)]
    assert [store.get(link) is not None for link in links] == [False, False, True, True, True]


def test_another_process_is_seen(tmp_path: Path) -> None:
    """What one has learned of the folder, and another has changed since."""
    one, other = FolderStore(tmp_path, max_links=3), FolderStore(tmp_path, max_links=3)
    first = one.put({}, {"result": b"1"})
    others = [other.put({}, {"result": bytes([number])})[0] for number in range(3)]
    assert one.get(first[0]) is None
    last, _ = one.put({}, {"result": b"last"})
    assert [one.get(link) is not None for link in (*others, last)] == [False, True, True, True]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"created": "x"}', b'{"files": []}', b"\xff"])
def test_a_damaged_link_is_nothing_and_goes_first(tmp_path: Path, content: bytes) -> None:
    store = FolderStore(tmp_path, max_links=2)
    damaged = tmp_path / "links" / f"{'a' * 22}.json"
    damaged.write_bytes(content)
    assert store.get("a" * 22) is None
    links = [store.put({}, {"result": bytes([number])})[0] for number in range(2)]
    assert all(map(store.get, links))
    assert not damaged.exists()


def test_a_store_reads_the_folder_only_after_others_have_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or every share would take the longer the more there are."""
    read, learn = list[FolderStore](), FolderStore._learn
    monkeypatch.setattr(FolderStore, "_learn", lambda store: (read.append(store), learn(store))[1])
    one, other = FolderStore(tmp_path), FolderStore(tmp_path)
    links = [one.put({}, {"result": bytes([number])}) for number in range(5)]
    assert one.delete(*links[0])
    assert read == [one]
    other.put({}, {"result": b"other"})
    other.put({}, {"result": b"more"})
    assert read == [one, other]
    one.put({}, {"result": b"last"})
    assert read == [one, other, one]
    (tmp_path / "links" / f"{links[1][0]}.json").unlink()  # by hand
    one.put({}, {"result": b"last"})
    assert read == [one, other, one, one]


def test_what_was_begun_and_broke_off_goes_with_the_next_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, write = FolderStore(tmp_path), FolderStore._write
    store.put({}, {"result": b"first"})

    def break_off(store: FolderStore, path: Path, data: bytes) -> None:
        if path.suffix:
            raise KeyboardInterrupt
        write(store, path, data)

    with monkeypatch.context() as patched:
        patched.setattr(FolderStore, "_write", break_off)
        with pytest.raises(KeyboardInterrupt):
            store.put({}, {"result": b"second"})
    assert len(list((tmp_path / "files").iterdir())) == 2
    store.put({}, {"result": b"third"})
    assert {path.read_bytes() for path in (tmp_path / "files").iterdir()} == {b"first", b"third"}


@pytest.mark.parametrize("seed", range(5))
def test_the_ledger_counts_as_one_would_by_hand(seed: int) -> None:
    chance, ledger = random.Random(seed), Ledger()
    sizes = {name: chance.randrange(1, 100) for name in "abcdef"}
    for number in range(200):
        if ledger.links and chance.random() < 0.4:
            before = set(ledger.files)
            gone = ledger.drop(chance.choice(list(ledger.links)))
            assert set(gone) == before - set(ledger.files)
        else:
            files = frozenset(chance.sample("abcdefx", chance.randrange(4)))  # x is not there
            ledger.add(str(number), Link(chance.randrange(20), chance.randrange(50), files), sizes)
        links = ledger.links.values()
        named = {file for link in links for file in link.files} & sizes.keys()
        assert ledger.files == {file: sizes[file] for file in named}
        assert ledger.total == sum(link.size for link in links) + sum(sizes[file] for file in named)
        assert not links or ledger.oldest[0] == min(link.created for link in links)


def full_above(monkeypatch: pytest.MonkeyPatch, folder: Path, most: int) -> None:
    """A disk without room for more than `most` bytes."""
    write = FolderStore._write

    def refuse(self: FolderStore, path: Path, data: bytes) -> None:
        if bytes_in(folder) + len(data) > most:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, path, data)

    monkeypatch.setattr(FolderStore, "_write", refuse)


def test_a_full_disk_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderStore(tmp_path)
    full_above(monkeypatch, tmp_path, 30_000)
    links = [store.put({}, {"result": bytes([number]) * 5000})[0] for number in range(12)]
    assert store.get(links[-1])
    assert store.get(links[0]) is None


def test_a_disk_that_stays_full_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderStore(tmp_path)
    full_above(monkeypatch, tmp_path, 100)
    with pytest.raises(ValueError, match="no room for shared pictures at the moment; download the picture instead"):
        store.put({}, {"result": bytes(5000)})


def asking(monkeypatch: pytest.MonkeyPatch, visitor: str, address: str) -> None:
    request: Any = SimpleNamespace(session_hash=visitor, client=SimpleNamespace(host=address), headers={})
    LocalContext.request.set(request)


def test_nobody_shares_many_in_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PerVisitor(FolderStore(tmp_path), of_visitor=2, at_address=3)
    try:
        asking(monkeypatch, "one", "192.0.2.1")
        store.put({}, {})
        store.put({}, {})
        with pytest.raises(ValueError, match="2 pictures were shared from here within an hour"):
            store.put({}, {})
        asking(monkeypatch, "two", "192.0.2.1")
        store.put({}, {})
        with pytest.raises(ValueError, match="3 pictures"):
            store.put({}, {})
        asking(monkeypatch, "three", "192.0.2.2")
        store.put({}, {})
    finally:
        LocalContext.request.set(None)
