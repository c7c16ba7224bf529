"""Checkpoints damaged at random, and what loading them comes to: `python -m tests.support.mutated_checkpoints 0 1000`.

Prints JSON: how often each ended in a network or in a sentence, what ended otherwise, the slowest, and the peak memory.
"""

import json
import random
import resource
import shutil
import struct
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import torch

from sanet.checkpoints.format import CONFIG, sha256
from sanet.checkpoints.load import load_network, save_network
from sanet.checkpoints.vgg import load_encoder
from sanet.network.model import PRESETS, SANetConfig, StyleTransferNet
from tests.support.checkpoint_files import published_files, vgg_sequential

SMALL = SANetConfig(convs=(2, 2, 4, 4, 1), widths=(4, 4, 8, 8, 8))
LONGEST = 1000  # letters of a sentence: a path, a name and what is wrong
VALUES: list = [None, 0, -1, 1, 10**9, 10**400, 1e308, float("inf"), float("nan"), "a", "", [], {}, [[]], True]
VALUES += [[0] * 5, [10**9] * 5, [4096] * 5, [16] * 5, [1, 2, 1, 1, 1], ["a"] * 5, [1.5] * 5, [4], "x" * 100_000]
NUMBERS = (2**64 - 1, 2**63, 2**40, 2**31, 1, 0)


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Bytes changed, cut off, taken out, put in, or a number of 8 bytes made extreme, most often near the start."""
    changed = bytearray(data)
    at = rng.randrange(rng.choice((min(2000, len(data)), len(data))))
    match rng.randrange(5):
        case 0:
            for _ in range(rng.randint(1, 20)):
                changed[rng.randrange(len(data))] = rng.randrange(256)
        case 1:
            del changed[at:]
        case 2:
            del changed[at : at + rng.randint(1, 200)]
        case 3:
            changed[at:at] = rng.randbytes(rng.randint(1, 200))
        case 4:
            changed[at : at + 8] = struct.pack("<Q", rng.choice(NUMBERS))
    return bytes(changed)


def mutate_json(text: str, rng: random.Random) -> str:
    """One or two values, at the top or one level down, replaced by odd ones."""
    values = json.loads(text)
    for _ in range(rng.randint(1, 2)):
        name = rng.choice([*values, "new"])
        inner = values.get(name)
        if isinstance(inner, dict) and rng.random() < 0.7:
            inner[rng.choice([*inner, "../x", "model-00009-of-00009.safetensors"])] = rng.choice(VALUES)
        else:
            values[name] = rng.choice([*VALUES, [rng.choice(VALUES) for _ in range(5)]])
    return json.dumps(values)


def damage(folder: Path, rng: random.Random) -> None:
    """Damage one file, and state its checksum anew, so that the damage is met."""
    path = rng.choice(sorted(folder.iterdir()))
    if path.suffix == ".json" and rng.random() < 0.8:
        path.write_text(mutate_json(path.read_text(), rng))
    else:
        path.write_bytes(mutate(path.read_bytes(), rng))
    config = folder / CONFIG
    if config.is_file() and path != config:
        stated = json.loads(config.read_text())
        one_file = isinstance(stated["sha256"], str)
        stated["sha256"] = sha256(path) if one_file else {**stated["sha256"], path.name: sha256(path)}
        config.write_text(json.dumps(stated))


def make(root: Path) -> dict[str, Callable[[Path], object]]:
    """Whole checkpoints of every kind in folders of `root`, and what reads each."""
    net = StyleTransferNet(SMALL)
    save_network(net, root / "ours")
    save_network(net, root / "shards", half=False, shard_bytes=20_000)
    for name in ("published", "zipped", "pickled"):
        (root / name).mkdir()
    for name, data in published_files(net).items():
        (root / "published" / name).write_bytes(data)
    for name, zipped in (("zipped", True), ("pickled", False)):
        torch.save(vgg_sequential(net), root / name / "a.pth", _use_new_zipfile_serialization=zipped)
    of_encoder = {name: lambda folder: load_encoder(folder / "a.pth") for name in ("zipped", "pickled")}
    return {**dict.fromkeys(("ours", "shards", "published"), load_network), **of_encoder}


def outcome(load: Callable[[Path], object], folder: Path) -> str:
    """Either network, or sentence, or what else it came to."""
    try:
        load(folder)
    except ValueError as error:
        text = str(error)
        return "sentence" if "\n" not in text and len(text) <= LONGEST else f"no sentence: {text[:200]!r}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"[:200]
    return "network"


def run(first: int, count: int) -> dict:
    """Damage and load `count` checkpoints, from the seed `first` on."""
    PRESETS["vgg19"] = SMALL
    ends: Counter[str] = Counter()
    bad, slowest = [], 0.0
    with tempfile.TemporaryDirectory() as place:
        kinds = make(Path(place))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for seed in range(first, first + count):
            rng = random.Random(seed)
            kind, folder = rng.choice(list(kinds)), Path(place) / "damaged"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(Path(place) / kind, folder)
            damage(folder, rng)
            start = time.monotonic()
            end = outcome(kinds[kind], folder)
            slowest = max(slowest, time.monotonic() - start)
            ends[end if end in {"network", "sentence"} else "bad"] += 1
            bad += [f"seed {seed}, {kind}: {end}"] if end not in {"network", "sentence"} else []
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"ends": ends, "bad": bad, "slowest": slowest, "megabytes": kilobytes / 1000}


if __name__ == "__main__":
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # of pickles in other protocols, and of zip files with two files of one name
    print(json.dumps(run(*map(int, sys.argv[1:]))))
