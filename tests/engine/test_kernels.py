"""The kernels of a processor: as set, as remembered in a file that may be anything, or as measured."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from sanet.engine import kernels as module
from sanet.engine import stylizer
from sanet.engine.kernels import cache_file, choose_kernels, kernels, processor
from sanet.network.fast.choice import OFFERED, Kernels
from sanet.network.fast.encoder import FastEncoder

SECONDS = {stage: {word: 1.0 / (1 + i) for i, word in enumerate(words)} for stage, words in OFFERED.items()}
LAST = Kernels(**{stage: words[-1] for stage, words in OFFERED.items()})
FIRST = {stage: words[0] for stage, words in OFFERED.items()}


@pytest.fixture
def measured(monkeypatch):
    """How often it was measured; always with the last of each stage as the fastest."""
    runs = []
    monkeypatch.setattr(module, "measure_kernels", lambda: runs.append(1) or SECONDS)
    return runs


@pytest.fixture
def environment(tmp_path):
    return {"XDG_CACHE_HOME": str(tmp_path)}


def test_what_is_set_is_not_measured(environment, measured, tmp_path):
    choice = choose_kernels({**environment, "SANET_KERNELS": " ".join(FIRST.values())}, "one")
    assert (choice.kernels, choice.seconds, choice.origin) == (Kernels(**FIRST), {}, "set")
    assert measured == []
    assert list(tmp_path.iterdir()) == []


def test_what_the_setting_leaves_open_is_measured(environment, measured):
    choice = choose_kernels({**environment, "SANET_KERNELS": "chunks"}, "one")
    assert choice.kernels == Kernels(LAST.products, "chunks", LAST.convolutions, LAST.decoder)
    assert len(measured) == 1


@pytest.mark.parametrize("setting", ["fast", "chunks,fused", "plain,plain", "chunks;plain"])
def test_a_setting_that_makes_no_sense_is_refused(setting, measured):
    with pytest.raises(ValueError, match=f"SANET_KERNELS must name .* got '{setting}'"):
        choose_kernels({"SANET_KERNELS": setting}, "one")


def test_it_is_measured_once_for_each_processor_and_torch(environment, measured, monkeypatch):
    assert [choose_kernels(environment, name).origin for name in ("one", "other", "one", "other")] == [
        "measured",
        "measured",
        "remembered",
        "remembered",
    ]
    monkeypatch.setattr(torch, "__version__", "9.0")
    assert choose_kernels(environment, "one").origin == "measured"
    assert choose_kernels(environment, "one").kernels == LAST
    assert len(measured) == 3
    assert len(json.loads(cache_file(environment).read_text())) == 3


@pytest.mark.parametrize(
    "kept",
    [
        {},
        None,
        1,
        SECONDS | {"more": {}},
        {stage: SECONDS[stage] for stage in ("products", "attention")},
        SECONDS | {"attention": None},
        SECONDS | {"attention": {"chunks": 1.0}},
        *(
            SECONDS | {"attention": SECONDS["attention"] | {"fused": value}}
            for value in (-1.0, float("nan"), "1", None, [])
        ),
    ],
)
def test_what_is_kept_of_other_kernels_or_no_times_is_measured_anew(environment, measured, kept):
    file = cache_file(environment)
    file.parent.mkdir()
    file.write_text(json.dumps({f"one, torch {torch.__version__}": kept}))
    assert choose_kernels(environment, "one").origin == "measured"
    assert choose_kernels(environment, "one").origin == "remembered"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_damaged_file_is_measured_anew(environment, measured, content):
    file = cache_file(environment)
    file.parent.mkdir()
    file.write_bytes(content)
    assert [choose_kernels(environment, "one").origin for _ in range(2)] == ["measured", "remembered"]


def test_where_nothing_can_be_kept_it_is_measured_each_time(tmp_path, measured):
    (tmp_path / "file").touch()
    for _ in range(2):
        assert choose_kernels({"XDG_CACHE_HOME": str(tmp_path / "file")}, "one").kernels == LAST
    assert len(measured) == 2


def test_a_user_without_a_home_has_no_file(measured, monkeypatch):
    def homeless():
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert cache_file({}) is None
    assert choose_kernels({}, "one").kernels == LAST


def test_what_cannot_be_put_in_place_leaves_nothing(environment, measured, tmp_path):
    cache_file(environment).mkdir(parents=True)  # a folder where the file should be
    assert choose_kernels(environment, "one").origin == "measured"
    assert [path.name for path in (tmp_path / "sanet").iterdir()] == ["kernels.json"]


def test_several_at_once_leave_a_whole_file(environment, measured, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        choices = list(pool.map(lambda _: choose_kernels(environment, "one"), range(32)))
    assert {choice.kernels for choice in choices} == {LAST}
    assert choose_kernels(environment, "one").origin == "remembered"
    assert [path.name for path in (tmp_path / "sanet").iterdir()] == ["kernels.json"]


@pytest.fixture
def _anew():
    module._chosen_once.cache_clear()
    yield
    module._chosen_once.cache_clear()


@pytest.mark.usefixtures("_anew")
def test_a_process_chooses_once(tmp_path, measured, monkeypatch):
    monkeypatch.delenv("SANET_KERNELS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").touch()
    with ThreadPoolExecutor(8) as pool:
        choices = list(pool.map(lambda _: kernels(), range(16)))
    assert len(measured) == 1
    assert all(choice is choices[0] for choice in choices)
    monkeypatch.setenv("SANET_KERNELS", "chunks")
    assert kernels() is choices[0]


def test_on_a_gpu_nothing_is_measured(random_net, monkeypatch):
    monkeypatch.setattr(module, "kernels", None)
    assert isinstance(stylizer._accelerate(random_net(), torch.device("cuda")).encoder, FastEncoder)


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        ("processor : 0\ncpu family : 25\nmodel : 1\nmodel name : AMD EPYC\n", "AMD EPYC, cpu family 25, model 1"),
        ("processor : 0\nCPU implementer : 0x41\n", "aarch64"),
        (None, "aarch64"),
    ],
)
def test_processors_of_one_name_are_told_apart(tmp_path, monkeypatch, cpuinfo, name):
    monkeypatch.setattr(module, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    if cpuinfo:
        (tmp_path / "cpuinfo").write_text(cpuinfo)
    assert processor() == f"{name}, {torch.backends.cpu.get_cpu_capability()}"
