"""Exchanging the checkpoint: what a page begins with, what it does while another comes, and that nothing is mixed."""

import gc
import json
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import torch
from gradio_client import Client, handle_file
from PIL import Image

from sanet.checkpoints.catalog import Entry, entry_for, read_catalog
from sanet.checkpoints.load import save_network
from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.engine.stylizer import Stylizer
from sanet.web.page import build_app, launch_options
from sanet.web.serving.hot_swap import HotSwapEngine, Status, load_entry, retries
from sanet.web.widgets.checkpoint_picker import _banner, _note
from tests.support.checkpoint_files import our_files
from tests.support.hostile import session
from tests.support.stand_in_hub import StandInHub
from tests.support.waiting import eventually

A, B, C = (Entry(letter, f"owner/{letter}") for letter in "ABC")


@pytest.fixture
def nets(random_net):
    """Engines by entry, and gates that hold a load until they are set."""
    return {entry: random_net(seed=i) for i, entry in enumerate((A, B, C))}


@pytest.fixture
def loader(nets):
    gates = {entry: threading.Event() for entry in nets}

    def load(entry, progress):
        progress(0.5)
        assert gates[entry].wait(20)
        return Stylizer(nets[entry], torch.device("cpu"))

    load.gates = gates
    gates[A].set()
    return load


def test_the_wanted_checkpoint_is_there_from_the_start(loader):
    current = HotSwapEngine(A, (A, B), patience=20, load=loader)
    assert current.status == Status(A)
    assert [entry.id for entry in current.entries] == ["A", "B", "embedded"]


def test_a_slow_checkpoint_is_stood_in_for_and_comes_later(loader, noise):
    current = HotSwapEngine(B, (A, B), patience=0.05, load=loader)
    assert (current.status.current.source, current.status.coming, current.status.share) == ("embedded", B, 0.5)
    request = Request(noise(64, 64), (noise(64, 64, 1),))
    assert current.paint(request).size == (64, 64)
    assert len(current.sequence(request, [Controls(0.5), Controls()])) == 2
    loader.gates[B].set()
    eventually(lambda: current.status == Status(B))


def test_a_checkpoint_that_cannot_be_had_is_tried_again(loader):
    failures = iter(["owner/A is away.", "owner/A is still away."])

    def load(entry, progress):
        for sentence in failures:
            raise ValueError(sentence)
        return loader(entry, progress)

    again = threading.Event()

    def waits():
        again.wait(20)
        yield 0.01
        yield 0.01

    current = HotSwapEngine(A, (A,), patience=20, load=load, waits=waits())
    assert current.status.current.source == "embedded"
    assert (current.status.coming, current.status.problem) == (A, "owner/A is away.")
    again.set()
    eventually(lambda: current.status == Status(A))


def test_choosing_what_is_on_its_way_ends_no_retries(loader):
    failures, again = iter(["owner/A is away."] * 3), threading.Event()

    def load(entry, progress):
        for sentence in failures:
            raise ValueError(sentence)
        return loader(entry, progress)

    def waits():
        again.wait(20)
        yield from [0.01] * 4

    current = HotSwapEngine(A, (A, B), patience=20, load=load, waits=waits())
    current.switch("A")
    again.set()
    eventually(lambda: current.status == Status(A))


def test_visitors_see_no_path_of_the_server(tmp_path, caplog):
    folder = tmp_path / "secret" / "mine"
    folder.mkdir(parents=True)
    entry = entry_for(str(folder), ())
    assert (entry.id, entry.shown, entry.address) == ("mine", "mine", str(folder))
    current = HotSwapEngine(entry, (), patience=20, waits=())
    eventually(lambda: current.status.coming is None)
    assert "mine" in current.status.problem
    assert "secret" not in current.status.problem + _note(current.status)
    assert str(folder) in caplog.text, "the operator should see which folder it is"


def test_the_log_names_a_problem_once(caplog):
    def load(entry, progress):
        raise ValueError("owner/A is away.")

    current = HotSwapEngine(A, (A,), patience=20, load=load, waits=(0.0,) * 5)
    eventually(lambda: current.status.coming is None)
    assert [record.message for record in caplog.records] == ["owner/A is away."]


def test_retries_become_rare():
    waits = retries()
    assert [next(waits) for _ in range(7)] == [30, 60, 120, 240, 480, 600, 600]


def test_what_fails_unexpectedly_is_said_too(caplog):
    def load(entry, progress):
        raise MemoryError("no memory")

    current = HotSwapEngine(A, (A,), patience=20, load=load, waits=())
    eventually(lambda: current.status.coming is None)
    problem = "owner/A could not be loaded; the server's log says why."
    assert (current.status.current.source, current.status.problem) == ("embedded", problem)
    assert "owner/A" in caplog.text


def test_a_failed_switch_leaves_the_old_one(loader):
    def load(entry, progress):
        if entry == B:
            raise ValueError("owner/B is gated.")
        return loader(entry, progress)

    current = HotSwapEngine(A, (A, B), patience=20, load=load)
    current.switch("B")
    eventually(lambda: current.status == Status(A, problem="owner/B is gated."))
    current.switch("A")
    assert current.status == Status(A)


def test_the_last_choice_wins(loader):
    current = HotSwapEngine(A, (A, B, C), patience=20, load=loader)
    current.switch("B")
    current.switch("C")
    loader.gates[C].set()
    loader.gates[B].set()
    eventually(lambda: current.status == Status(C))


def test_a_load_that_hangs_holds_up_no_other(loader):
    current = HotSwapEngine(B, (A, B), patience=0.05, load=loader)
    current.switch("A")
    eventually(lambda: current.status == Status(A))
    loader.gates[B].set()
    eventually(lambda: "load B" not in {thread.name for thread in threading.enumerate()})
    assert current.status == Status(A)


def test_impatience_does_not_load_twice(nets):
    gate, loads = threading.Event(), []

    def load(entry, progress):
        loads.append(entry)
        assert entry == A or gate.wait(20)
        return Stylizer(nets[entry], torch.device("cpu"))

    current = HotSwapEngine(A, (A, B), patience=20, load=load)
    for name in "BABABAB":
        current.switch(name)
    eventually(lambda: B in loads)
    gate.set()
    eventually(lambda: current.status == Status(B))
    assert loads == [A, B]


def test_only_the_catalog_can_be_chosen(loader):
    current = HotSwapEngine(A, (A,), patience=20, load=loader)
    for source in ("owner/B", "../net", "/etc", ""):
        with pytest.raises(ValueError, match="There is no checkpoint"):
            current.switch(source)


def test_the_old_engine_paints_to_the_end_and_is_freed(nets, noise):
    loaded, painting, go_on = {}, threading.Event(), threading.Event()

    def load(entry, progress):
        engine = Stylizer(nets[entry], torch.device("cpu"))
        loaded[entry] = weakref.ref(engine)
        return engine

    def hold(done, stage):
        painting.set()
        assert go_on.wait(20)

    request = Request(noise(64, 64), (noise(64, 64, 1),))
    expected = load(A, None).paint(request).tobytes()
    current = HotSwapEngine(A, (A, B), patience=20, load=load)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(current.paint, request, hold)
        assert painting.wait(20)
        current.switch("B")
        eventually(lambda: current.status == Status(B))
        assert loaded[A]() is not None
        go_on.set()
        assert running.result().tobytes() == expected
        del running
    eventually(lambda: gc.collect() >= 0 and loaded[A]() is None)


def test_a_hub_that_hangs_does_not_keep_the_page_waiting(hub: StandInHub):
    answers = threading.Event()
    hub.fault("GET", lambda handler: not answers.wait(60))
    current = HotSwapEngine(Entry("x", "owner/x"), (), patience=0.05, waits=())
    assert (current.status.current.source, current.status.coming.id) == ("embedded", "x")
    assert current.status.problem == ""  # which it would be after an answer
    answers.set()
    eventually(lambda: current.status.problem != "")


def test_a_hub_that_comes_back_is_noticed(hub: StandInHub, random_net):
    current = HotSwapEngine(Entry("x", "owner/x"), (), waits=(0.2,) * 50)
    assert "owner/x@main" in current.status.problem
    hub.repo("owner/x").commit(our_files(random_net()))
    eventually(lambda: current.status.current.id == "x")
    assert current.status.problem == ""


def test_the_catalog_of_the_project_and_of_an_operator(tmp_path, monkeypatch):
    (compact,) = read_catalog()
    assert (compact.id, compact.address) == ("compact", "embedded")
    assert entry_for("embedded", (compact,)) == entry_for("compact", (compact,)) == compact
    assert entry_for("owner/x@v1", (compact,)).address == "owner/x@v1"
    own = tmp_path / "catalog.json"
    own.write_text(
        json.dumps([{"id": "x", "source": "owner/x", "revision": "v1", "licence": "mit", "description": "X"}])
    )
    monkeypatch.setenv("SANET_CATALOG", str(own))
    assert [entry.address for entry in read_catalog()] == ["owner/x@v1"]
    monkeypatch.setenv("SANET_CATALOG", "")
    assert read_catalog() == (compact,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '[{"id": "x"}]',
        '[{"id": "x", "source": "a", "exec": 1}]',
        '[{"id": "x", "source": "a"}, {"id": "x", "source": "b"}]',
    ],
)
def test_a_broken_catalog_is_refused(tmp_path, text):
    (tmp_path / "catalog.json").write_text(text)
    with pytest.raises(ValueError, match=r"catalog\.json"):
        read_catalog(tmp_path / "catalog.json")


def test_banner_and_note():
    assert _banner(Status(A, problem="owner/B is gated.")) == ""
    assert _note(Status(A, problem="owner/B is gated.")) == "owner/B is gated. Source: owner/A."
    assert _banner(Status(A, coming=B, share=0.431)) == "**B** is being fetched (43%); meanwhile **A** is used."
    assert _banner(Status(A, coming=B, problem="<b> is away.")).startswith(
        "&lt;b&gt; is away. Until **B** is available"
    )


@pytest.fixture(scope="module")
def two(tmp_path_factory, random_net):
    """Two checkpoints on disk."""
    folder = tmp_path_factory.mktemp("two")
    for seed, name in enumerate("AB", start=1):
        save_network(random_net(seed=seed), folder / name, half=False)
    return tuple(Entry(name, str(folder / name)) for name in "AB")


@pytest.fixture(scope="module")
def page(two):
    current = HotSwapEngine(two[0], two)
    app = build_app(current, swap=current)
    _, url, _ = app.launch(**launch_options(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url, current
    app.close()


@pytest.mark.slow
def test_switching_under_eight_clients_loses_and_mixes_nothing(page, two, noise, tmp_path):
    url, current = page
    engines = {entry.id: load_entry(entry, lambda share: None) for entry in two}
    files = [tmp_path / f"{i}.png" for i in range(8)]
    pictures = [noise(64, 64, i) for i in range(8)]
    for path, picture in zip(files, pictures, strict=True):
        picture.save(path)
    expected = {
        (name, i): engine.paint(Request(pictures[i], (pictures[i - 1],), max_side=256)).tobytes()
        for name, engine in engines.items()
        for i in range(8)
    }
    assert len(set(expected.values())) == 16

    seen: list[str] = []
    stop = threading.Event()

    def visit(i: int) -> None:
        client = Client(url, verbose=False)
        for _ in range(5):
            arguments = handle_file(files[i]), handle_file(files[i - 1]), 1.0, 256, False
            picture = Image.open(client.predict(*arguments, api_name="/stylize")[0]).tobytes()
            seen.extend(name for name in "AB" if picture == expected[name, i])

    def go_on_switching() -> None:
        for name in "BA" * 1000:
            painted = len(seen)
            current.switch(name)
            eventually(lambda name=name: current.status.current.id == name)
            eventually(lambda painted=painted: stop.is_set() or len(seen) > painted, seconds=120)
            if stop.is_set():
                return

    switching = threading.Thread(target=go_on_switching)
    switching.start()
    with ThreadPoolExecutor(8) as visitors:
        list(visitors.map(visit, range(8)))
    stop.set()
    switching.join()
    assert len(seen) == 40
    assert set(seen) == {"A", "B"}


def choose(url: str, value: str) -> str:
    """What the picker's own event answers to `value`, as a visitor may send it by hand."""
    config = httpx.get(f"{url}config", timeout=60).json()
    picker = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "checkpoint-id")
    event = next(d["id"] for d in config["dependencies"] if [picker, "input"] in d["targets"])
    body = {"fn_index": event, "data": [value], "session_hash": session()}
    httpx.post(f"{url}gradio_api/queue/join", json=body, timeout=60).raise_for_status()
    answer = httpx.get(f"{url}gradio_api/queue/data", params={"session_hash": body["session_hash"]}, timeout=20)
    return answer.text


def test_a_visitor_can_choose_from_the_catalog(page):
    url, current = page
    assert '"success":true' in choose(url, "B").replace(" ", "")
    eventually(lambda: current.status.current.id == "B")


@pytest.mark.parametrize("source", ["owner/name", "../B", "/tmp", "embedded@x"])
def test_a_visitor_cannot_make_the_server_fetch(page, source, hub: StandInHub):
    url, current = page
    before = current.status
    answer = choose(url, source).replace(" ", "")
    assert '"success":false' in answer
    assert current.status == before
    assert hub.log == []


def test_the_picker_adds_no_public_call(page):
    described = httpx.get(f"{page[0]}gradio_api/info", timeout=60).json()
    assert set(described["named_endpoints"]) == {
        "/stylize",
        "/interpolate",
        "/spatial",
        "/mix",
        "/tour",
        "/compare",
        "/video",
    }
    assert described["unnamed_endpoints"] == {}
