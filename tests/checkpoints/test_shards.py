"""Weights in several files: written below a size, read and verified as a whole, pulled, pushed and saved."""

import json
import os
from pathlib import Path

import pytest
from huggingface_hub import load_state_dict_from_file

from sanet.checkpoints.format import CONFIG, INDEX, WEIGHTS, sha256
from sanet.checkpoints.hub import HubSource, load_checkpoint, pull
from sanet.checkpoints.load import load_network, save_network
from sanet.checkpoints.pretrained import PretrainedNet
from sanet.checkpoints.publish import push
from sanet.cli.main import main
from tests.support.checkpoint_files import same
from tests.support.stand_in_hub import TOKEN

NAME = "owner/name"
BYTES = 16_000


def shards(folder: Path) -> list[Path]:
    return sorted(folder.glob("model-*-of-*.safetensors"))


@pytest.fixture
def folder(tmp_path: Path, random_net) -> Path:
    save_network(random_net(), tmp_path / "net", half=False, shard_bytes=BYTES)
    return tmp_path / "net"


def restate(folder: Path) -> None:
    """Make the checksums right again."""
    config = json.loads((folder / CONFIG).read_text())
    config["sha256"] = {name: sha256(folder / name) for name in config["sha256"]}
    (folder / CONFIG).write_text(json.dumps(config))


def test_shards_are_small_and_whole(folder, random_net):
    assert len(shards(folder)) > 2
    assert all(path.stat().st_size <= BYTES for path in shards(folder))
    assert not (folder / WEIGHTS).exists()
    assert same(load_network(folder), random_net())
    stated = json.loads((folder / CONFIG).read_text())["sha256"]
    assert stated == {path.name: sha256(path) for path in (*shards(folder), folder / INDEX)}


def test_the_hubs_own_reader_finds_every_tensor_by_the_index(folder, random_net):
    index = json.loads((folder / INDEX).read_text())
    tensors = random_net().state_dict()
    assert index["weight_map"].keys() == tensors.keys()
    assert index["metadata"]["total_size"] == 4 * sum(tensor.numel() for tensor in tensors.values())
    for path in shards(folder):
        own = {name for name, file in index["weight_map"].items() if file == path.name}
        assert load_state_dict_from_file(path).keys() == own


def test_what_fits_into_one_file_is_one(tmp_path, random_net):
    save_network(random_net(), tmp_path, shard_bytes=10_000_000)
    assert {path.name for path in tmp_path.iterdir()} == {CONFIG, WEIGHTS}
    assert isinstance(json.loads((tmp_path / CONFIG).read_text())["sha256"], str)


def test_files_that_are_too_small_for_a_tensor_are_refused(tmp_path, random_net):
    with pytest.raises(ValueError, match=r"Files of 5000 bytes are too small: [\w.]+ alone takes \d+"):
        save_network(random_net(), tmp_path, half=False, shard_bytes=5000)


def test_saving_again_leaves_no_file_of_before(folder, random_net):
    before = len(shards(folder))
    save_network(random_net(seed=1), folder, half=False, shard_bytes=2 * BYTES)
    assert 1 < len(shards(folder)) < before
    assert same(load_network(folder), random_net(seed=1))
    save_network(random_net(seed=2), folder, half=False)
    assert {path.name for path in folder.iterdir()} == {CONFIG, WEIGHTS}
    save_network(random_net(seed=3), folder, half=False, shard_bytes=BYTES)
    assert not (folder / WEIGHTS).exists()
    assert same(load_network(folder), random_net(seed=3))


@pytest.mark.parametrize("which", [0, 1, -1])
def test_every_shard_is_verified(folder, which):
    path = shards(folder)[which]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"{path.name} does not have the SHA-256"):
        load_network(folder)
    path.unlink()
    with pytest.raises(ValueError, match=f"{path.name} is missing"):
        load_network(folder)


def test_an_index_that_was_changed_is_refused(folder):
    index = json.loads((folder / INDEX).read_text())
    index["weight_map"]["decoder.28.bias"] = shards(folder)[0].name
    (folder / INDEX).write_text(json.dumps(index))
    with pytest.raises(ValueError, match=f"{INDEX} does not have the SHA-256"):
        load_network(folder)
    restate(folder)
    with pytest.raises(ValueError, match=f"{INDEX} does not say which tensor is in which file"):
        load_network(folder)


@pytest.mark.parametrize("index", [[], None, {}, {"weight_map": []}, {"weight_map": {"a": "b"}}, 1])
def test_an_index_that_is_none_is_refused(folder, index):
    (folder / INDEX).write_text(json.dumps(index))
    restate(folder)
    with pytest.raises(ValueError, match=f"{INDEX} does not say"):
        load_network(folder)


def test_a_tensor_in_two_shards_is_refused(folder):
    first, second = shards(folder)[:2]
    second.write_bytes(first.read_bytes())
    restate(folder)
    with pytest.raises(ValueError, match=f"{INDEX} does not say"):
        load_network(folder)


@pytest.mark.parametrize(
    "name", ["../model.safetensors", "/etc/passwd", "model-1-of-2.safetensors", "x/model-00001-of-00002.safetensors"]
)
def test_a_configuration_that_names_other_files_is_refused(folder, name):
    config = json.loads((folder / CONFIG).read_text())
    config["sha256"][name] = "0" * 64
    (folder / CONFIG).write_text(json.dumps(config))
    with pytest.raises(ValueError, match="names other files than"):
        load_network(folder)


def test_shards_are_pulled_once_and_used_offline(hub, folder, random_net):
    commit = hub.repo(NAME).commit({path.name: path.read_bytes() for path in folder.iterdir()})
    assert same(load_checkpoint(NAME), random_net())
    hub.log.clear()
    assert same(load_checkpoint(f"{NAME}@{commit}"), random_net())
    assert hub.log == []


def test_a_pull_that_was_cut_off_between_shards_is_ended(hub, folder, random_net):
    commit = hub.repo(NAME).commit({path.name: path.read_bytes() for path in folder.iterdir()})
    kept = pull(HubSource(NAME, commit))
    (kept / shards(folder)[1].name).unlink()
    assert same(load_checkpoint(f"{NAME}@{commit}"), random_net())


def test_a_shard_that_rots_in_the_cache_is_thrown_away(hub, folder, random_net):
    commit = hub.repo(NAME).commit({path.name: path.read_bytes() for path in folder.iterdir()})
    (pull(HubSource(NAME, commit)) / shards(folder)[1].name).resolve().write_bytes(b"rotten")
    with pytest.raises(ValueError, match=r"wrong SHA-256"):
        load_checkpoint(f"{NAME}@{commit}")
    assert same(load_checkpoint(f"{NAME}@{commit}"), random_net())


def test_a_repository_without_one_of_its_shards_is_refused(hub, folder):
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    del files[shards(folder)[1].name]
    hub.repo(NAME).commit(files)
    with pytest.raises(ValueError, match=f"has no file {shards(folder)[1].name}"):
        load_checkpoint(NAME)


def test_shards_are_pushed_and_what_they_replace_is_deleted(hub, monkeypatch, folder, tmp_path, random_net):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    save_network(random_net(seed=1), tmp_path / "one")
    for source, expected in ((tmp_path / "one", 1), (folder, len(shards(folder)) + 1), (tmp_path / "one", 1)):
        push(source, NAME)
        files = hub.repos[NAME].commits[hub.repos[NAME].branches["main"]]
        assert sum(name.startswith("model") for name in files) == expected
        assert same(load_checkpoint(NAME), load_network(source))


def test_the_mixin_reads_shards(hub, folder, random_net):
    assert same(PretrainedNet.from_pretrained(folder), random_net())
    hub.repo(NAME).commit({path.name: path.read_bytes() for path in folder.iterdir()})
    assert same(PretrainedNet.from_pretrained(NAME), random_net())


def test_commands_know_shards(folder, tmp_path, capsys, random_net):
    assert main(["checkpoints", "verify", str(folder)]) == 0
    assert "is whole" in capsys.readouterr().out
    assert main(["checkpoints", "convert", str(folder), str(tmp_path / "one")]) == 0
    assert main(["checkpoints", "convert", str(folder), str(tmp_path / "two"), "--shard-bytes", str(2 * BYTES)]) == 0
    assert (tmp_path / "one" / WEIGHTS).is_file()
    assert 1 < len(shards(tmp_path / "two")) < len(shards(folder))
    for name in ("one", "two"):
        assert same(load_network(tmp_path / name), random_net())


@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_files_have_the_rights_that_the_umask_gives(tmp_path, random_net, mask):
    before = os.umask(mask)
    try:
        save_network(random_net(), tmp_path / "one")
        save_network(random_net(), tmp_path / "many", half=False, shard_bytes=BYTES)
    finally:
        os.umask(before)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert {path.stat().st_mode & 0o777 for path in files} == {0o666 & ~mask}
