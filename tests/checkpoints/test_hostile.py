"""Checkpoints that somebody made to harm: nothing is built or read that the files do not hold."""

import json
import resource
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from sanet.checkpoints.format import sha256
from sanet.checkpoints.load import load_network, save_network
from sanet.checkpoints.vgg import load_encoder
from sanet.paths import ROOT


@pytest.fixture
def folder(tmp_path: Path, random_net) -> Path:
    save_network(random_net(), tmp_path / "net")
    return tmp_path / "net"


def peak() -> float:
    """Megabytes that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def refuse(path: Path, words: str) -> None:
    """Loading is refused in one sentence, and takes no memory worth naming."""
    load = load_network if path.is_dir() else load_encoder
    before = peak()
    with pytest.raises(ValueError, match=words) as refusal:
        load(path)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 1000
    assert peak() - before < 100


@pytest.mark.parametrize(
    "sizes",
    [
        {"widths": [4096] * 5},
        {"widths": [4096] * 5, "convs": [16] * 5},
        {"widths": [10**6] * 5},
        {"convs": [1, 1, 1, 1, 10**5]},
        {"convs": [10**9] * 5, "widths": [10**9] * 5},
        {"convs": [10**400] * 5},
        {"convs": [1] * 10**6},
        {"convs": [1.0, 2.0, 1.0, 1.0, 1.0]},
        {"levels": [[4]]},
        {"moments": [float("nan")] * 4},
        {"moments": [1e400] * 4},
        {"x" * 100_000: 1},
    ],
    ids=lambda sizes: str(sizes)[:40],
)
def test_sizes_that_the_weights_do_not_have_take_no_memory(folder, sizes):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | sizes))
    refuse(folder, "is not a configuration of this network|does not fit the network")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, " " * 6_000_000, "1" * 10_000, "\ufeff", "[\ud800]"]
)
def test_configurations_that_are_no_json_are_one_sentence(folder, text):
    (folder / "config.json").write_text(text, errors="surrogatepass")
    refuse(folder, "is not JSON|is too long|not UTF-8")


def entry(kind: str, shape: list[int], *places: int) -> dict:
    return {"dtype": kind, "shape": shape, "data_offsets": places}


MANY = {str(i): entry("F32", [0], 0, 0) for i in range(200_000)}
HEADERS = {
    "huge length": (b"{}", 2**60, b""),
    "negative length": (b"{}", 2**64 - 1, b""),
    "overlap": ({"a": entry("F32", [2], 0, 8), "b": entry("F32", [2], 0, 8)}, None, bytes(8)),
    "gap": ({"a": entry("F32", [2], 8, 16)}, None, bytes(16)),
    "backwards": ({"a": entry("F32", [2], 8, 0)}, None, bytes(8)),
    "beyond the end": ({"a": entry("F32", [2**40], 0, 2**42)}, None, bytes(8)),
    "overflow": ({"a": entry("F32", [2**62, 4], 0, 8)}, None, bytes(8)),
    "empty and wide": ({"conv1_1.weight": entry("F32", [2**40, 0, 3, 3], 0, 0)}, None, b""),
    "no float": ({"a": entry("F8_E4M3", [8], 0, 8)}, None, bytes(8)),
    "whole numbers": ({"a": entry("I64", [1], 0, 8)}, None, bytes(8)),
    "many tensors": (MANY, None, b""),
    "long name": ({"a" * 500_000: entry("F32", [0], 0, 0)}, None, b""),
    "many sides": ({"a": entry("F32", [1] * 100_000, 0, 4)}, None, bytes(4)),
    "nested": (b"[" * 100_000, None, b""),
    "no text": (b"\xff\xfe", None, b""),
    "nothing": (b"", 0, b""),
    "cut off": (b"", 100, b""),
}


@pytest.mark.parametrize("header", HEADERS)
def test_hostile_headers_are_one_sentence(folder, header):
    stated, length, data = HEADERS[header]
    text = stated if isinstance(stated, bytes) else json.dumps(stated).encode()
    path = folder / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"sha256": sha256(path)}))
    refuse(folder, "model.safetensors")
    refuse(path, "model.safetensors")


@pytest.mark.attack
def test_damaged_checkpoints_end_in_a_network_or_in_one_sentence():
    command = [sys.executable, "-m", "tests.support.mutated_checkpoints", "0", "400"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr  # and not by a signal
    found = json.loads(done.stdout)
    assert found["bad"] == []
    assert min(found["ends"]["network"], found["ends"]["sentence"]) > 40
    assert found["megabytes"] < 300
