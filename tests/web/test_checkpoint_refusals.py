"""Why a checkpoint cannot be had, in the language of the visitor who reads it on the page."""

import errno
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from huggingface_hub.errors import HTTPError, OfflineModeIsEnabled
from safetensors.torch import load_file, save_file

from sanet.checkpoints.catalog import Entry, entry_for
from sanet.checkpoints.format import CONFIG, INDEX, WEIGHTS, sha256
from sanet.checkpoints.hub import HubSource, load_checkpoint, pull
from sanet.checkpoints.hub_errors import sentence
from sanet.checkpoints.load import load_network, save_network
from sanet.checkpoints.tensor_files import read_tensors
from sanet.errors import RefusedError
from sanet.network.model import StyleTransferNet
from sanet.web.i18n import WORDS, translated
from sanet.web.serving.hot_swap import HotSwapEngine
from sanet.web.widgets.checkpoint_picker import _note
from tests.support.checkpoint_files import our_files, pth, published_files
from tests.support.locales import asking_for, check_said
from tests.support.stand_in_hub import StandInHub, dribble, instead, status, times
from tests.support.waiting import eventually

NAME = "owner/name"
SHARD_NAME = "model-00001-of-00001.safetensors"
NOT_FINITE = torch.full((3,), float("nan"))
LOCALES = pytest.mark.parametrize("locale", ["en", "zh-CN", "ko"])


def spoil(path: Path) -> None:
    path.write_bytes(b"rotten")


def without(folder: Path, name: str) -> None:
    (folder / name).unlink()


def config(folder: Path, text: str) -> None:
    (folder / CONFIG).write_text(text)


def stated(folder: Path, **changes: Any) -> None:
    """The configuration with the right checksum, and with `changes`."""
    now = json.loads((folder / CONFIG).read_text())
    config(folder, json.dumps(now | {"sha256": sha256(folder / WEIGHTS)} | changes))


def weights(folder: Path, data: bytes) -> None:
    (folder / WEIGHTS).write_bytes(data)
    stated(folder)


def tensors(folder: Path, **given: torch.Tensor) -> None:
    save_file(given, folder / WEIGHTS)
    stated(folder)


def index(folder: Path, data: bytes) -> None:
    """The weights as the only shard, and `data` as its index."""
    names = (SHARD_NAME, INDEX)
    (folder / WEIGHTS).rename(folder / SHARD_NAME)
    (folder / INDEX).write_bytes(data)
    now = json.loads((folder / CONFIG).read_text())
    config(folder, json.dumps(now | {"sha256": {name: sha256(folder / name) for name in names}}))


# What spoils a folder that holds a checkpoint in our format.
IN_A_FOLDER: dict[str, Callable[[Path], None]] = {
    "error_load_files": lambda folder: without(folder, CONFIG),
    "error_load_config": lambda folder: stated(folder, levels=[7]),
    "error_file_missing": lambda folder: without(folder, WEIGHTS),
    "error_file_json": lambda folder: config(folder, "{"),
    "error_file_no_checksum": lambda folder: config(folder, "{}"),
    "error_file_corrupt": lambda folder: spoil(folder / WEIGHTS),
    "error_file_tensors": lambda folder: weights(folder, b"rotten"),
    "error_file_finite": lambda folder: tensors(
        folder, **load_file(folder / WEIGHTS) | {"decoder.28.bias": NOT_FINITE}
    ),
    "error_file_fit": lambda folder: tensors(folder, a=torch.zeros(1)),
    "error_file_text": lambda folder: (folder / CONFIG).write_bytes(b"\xff{}"),
    "error_file_long": lambda folder: config(folder, " " * 5_000_001),
    "error_file_others": lambda folder: stated(folder, sha256={"../model.safetensors": "0"}),
    "error_file_index": lambda folder: index(folder, b"{}"),
}
SERVED = "/api/models/"
# What a Hub answers, and to what.
FROM_THE_HUB: dict[str, tuple[str, Callable]] = {
    "error_hub_gated": (SERVED, status(403, "GatedRepo")),
    "error_hub_unknown": (SERVED, status(404, "RepoNotFound")),
    "error_hub_revision": (SERVED, status(404, "RevisionNotFound")),
    "error_hub_file": ("HEAD /", status(404, "EntryNotFound")),
    "error_hub_other": (SERVED, instead(lambda _: b"<html>")),
    "error_hub_length": ("GET /lfs/", lambda handler: handler.answer(200, b"<html>") or True),
    "error_hub_token": (SERVED, status(401)),
    "error_hub_wait": (SERVED, status(429, Retry_After="17")),
    "error_hub_busy": (SERVED, status(429)),
    "error_hub_page": (SERVED, status(404)),
    "error_hub_down": (SERVED, status(500)),
}
# What the client raises where no Hub can be made to cause it here.
OF_THE_CLIENT: dict[str, Exception] = {
    "error_hub_offline": OfflineModeIsEnabled(),
    "error_hub_silent": HTTPError("Connection refused"),
    "error_hub_store": RuntimeError("Xet is out of order"),
    "error_hub_disk": OSError(errno.ENOSPC, "No space left on device"),
    "error_hub_cache": OSError(errno.EACCES, "Permission denied"),
    "error_hub_cut": OSError("Connection reset by peer"),
}
BY_THEMSELVES = {"error_load_folder", "error_load_published", "error_file_plain", "error_file_mapping"}  # below
BY_THEMSELVES |= {f"error_file_{key}" for key in ("kind", "claims", "packed")}
BY_THEMSELVES |= {f"error_hub_{key}" for key in ("name", "late", "format", "config", "corrupt", "unusable")}
ABOUT_CHECKPOINTS = {*IN_A_FOLDER, *FROM_THE_HUB, *OF_THE_CLIENT, *BY_THEMSELVES}


@LOCALES
@pytest.mark.parametrize("key", IN_A_FOLDER)
def test_folders(key: str, locale: str, tmp_path: Path, random_net: Callable[..., StyleTransferNet]) -> None:
    save_network(random_net(), tmp_path)
    IN_A_FOLDER[key](tmp_path)
    check_said(key, locale, lambda: load_network(tmp_path))


@LOCALES
def test_files_of_the_published_format(
    locale: str, tmp_path: Path, small_vgg19: None, random_net: Callable[..., StyleTransferNet]
) -> None:
    for name, data in published_files(random_net()).items():
        (tmp_path / name).write_bytes(data)
    encoder = tmp_path / "vgg_normalised.pth"
    check_said("error_load_folder", locale, lambda: load_network(tmp_path / "nowhere"))
    encoder.write_bytes(pth({"0.weight": torch.zeros(1)}))
    check_said("error_load_published", locale, lambda: load_network(tmp_path))
    encoder.write_bytes(pth([1]))
    check_said("error_file_mapping", locale, lambda: load_network(tmp_path))
    encoder.write_bytes(b"rotten")
    check_said("error_file_plain", locale, lambda: read_tensors(encoder))
    encoder.write_bytes(pth({"0.weight": torch.zeros(1, dtype=torch.complex64)}))
    check_said("error_file_kind", locale, lambda: load_network(tmp_path))
    encoder.write_bytes(pth({"0.weight": torch.zeros(1).expand(10**9)}))
    check_said("error_file_claims", locale, lambda: load_network(tmp_path))
    with zipfile.ZipFile(encoder, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", bytes(10_000))
    check_said("error_file_packed", locale, lambda: load_network(tmp_path))


@LOCALES
@pytest.mark.parametrize("key", FROM_THE_HUB)
def test_hubs(key: str, locale: str, hub: StandInHub, random_net: Callable[..., StyleTransferNet]) -> None:
    hub.repo(NAME).commit(our_files(random_net()))
    hub.blobs["main"] = b""
    hub.fault(*FROM_THE_HUB[key])
    check_said(key, locale, lambda: load_checkpoint(NAME))


@LOCALES
@pytest.mark.parametrize("key", OF_THE_CLIENT)
def test_clients(key: str, locale: str) -> None:
    def refuse() -> None:
        raise RefusedError(sentence(NAME, OF_THE_CLIENT[key]))

    check_said(key, locale, refuse)


@LOCALES
def test_repositories(locale: str, hub: StandInHub, random_net: Callable[..., StyleTransferNet]) -> None:
    check_said("error_hub_name", locale, lambda: load_checkpoint("-a/b--c"))
    hub.repo(NAME).commit({"README.md": b"# Other"})
    check_said("error_hub_format", locale, lambda: load_checkpoint(NAME))
    files = our_files(random_net())
    commit = hub.repo(NAME).commit(files)
    (pull(HubSource(NAME, commit)) / WEIGHTS).resolve().write_bytes(b"rotten")
    check_said("error_hub_corrupt", locale, lambda: load_checkpoint(f"{NAME}@{commit}"))
    hub.fault("GET /lfs/", times(1, dribble()))
    check_said("error_hub_late", locale, lambda: pull(HubSource(NAME, commit), seconds=0.1))


@pytest.mark.parametrize("locale", ["zh-CN", "ko"])
def test_a_sentence_within_a_sentence(
    locale: str, hub: StandInHub, random_net: Callable[..., StyleTransferNet]
) -> None:
    def refused() -> str:
        with pytest.raises(RefusedError) as error:
            load_checkpoint(NAME)
        with asking_for(locale):
            return translated(error.value)

    words = WORDS[locale]
    hub.repo(NAME).commit({CONFIG: b"{}"})
    begin, end = words["error_hub_config"].format(source=f"{NAME}@main", problem="|").split("|")
    inside = words["error_file_no_checksum"].split("{path}")
    assert refused().startswith(begin)
    assert refused().endswith(f"{CONFIG}{inside[1]}{end}")
    files = our_files(random_net())
    bad = json.dumps(json.loads(files[CONFIG]) | {"widths": [8, 8, 8, 8, 8]}).encode()
    hub.repo(NAME).commit(files | {CONFIG: bad})
    begin, end = words["error_hub_unusable"].format(source=f"{NAME}@main", problem="|").split("|")
    middle = words["error_file_fit"].split("{path}")[1].split("{error}")[0]
    assert refused().startswith(begin)
    assert f"{WEIGHTS}{middle}" in refused()


def failing(error: Exception, entry: Entry) -> HotSwapEngine:
    def load(wanted: Entry, progress: object) -> Any:
        raise error

    current = HotSwapEngine(entry, (entry,), patience=20, load=load, waits=())
    eventually(lambda: current.status.coming is None)
    return current


@pytest.mark.parametrize("locale", ["zh-CN", "ko"])
def test_the_page_says_why(locale: str) -> None:
    entry = Entry("other", NAME, "v1")
    refused = failing(RefusedError(sentence(HubSource(NAME, "v1"), OfflineModeIsEnabled())), entry).status
    broken = failing(MemoryError("none"), entry).status
    with asking_for(locale):
        assert WORDS[locale]["error_hub_offline"].format(source="owner/name@v1") in _note(refused)
        assert WORDS[locale]["error_unloaded"].format(name="owner/name@v1") in _note(broken).replace("&#x27;", "'")


@pytest.mark.parametrize("locale", WORDS)
def test_no_path_of_a_folder_is_said(locale: str, tmp_path: Path) -> None:
    folder = tmp_path / "secret" / "mine"
    folder.mkdir(parents=True)
    current = HotSwapEngine(entry_for(str(folder), ()), (), patience=20, waits=())
    eventually(lambda: current.status.coming is None)
    with asking_for(locale):
        note = _note(current.status)
    before, after = WORDS[locale]["error_load_files"].split("{config}")[0].split("{folder}")
    assert f"{before}mine{after}" in note
    assert "secret" not in note
