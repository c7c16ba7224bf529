"""Pulling through the real client from a stand-in Hub: what is asked, what is kept, and what is said when it fails."""

import errno
import json
import os
import pickle
import re
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from huggingface_hub import close_session, constants

import sanet
from sanet.checkpoints.hub import HubSource, hub_source, load_checkpoint, pull
from sanet.checkpoints.hub_errors import sentence
from sanet.cli.main import main
from sanet.image.decode import open_picture
from sanet.paths import ROOT
from tests.support.checkpoint_files import our_files, pth, published_files, same
from tests.support.stand_in_hub import TOKEN, StandInHub, cut_after, dribble, etag, instead, serving, status, times

NAME = "owner/name"


@pytest.fixture
def ours(hub: StandInHub, random_net) -> str:
    """A repository in our format; the hash of its commit."""
    return hub.repo(NAME).commit(our_files(random_net()))


def refused(source: str = NAME) -> str:
    with pytest.raises(ValueError, match=re.escape(source.split("@")[0])) as refusal:
        load_checkpoint(source)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("owner/name", HubSource("owner/name", "main")),
        ("owner/name@v1.0", HubSource("owner/name", "v1.0")),
        ("owner/name@refs/pr/1", HubSource("owner/name", "refs/pr/1")),
        ("embedded", None),
        ("./owner/name", None),
        ("/owner/name", None),
        ("a/b/c", None),
        ("weights/compact", None),  # a folder of this project
    ],
)
def test_what_a_source_means(source, meant):
    assert hub_source(source) == meant


def test_pull_fetches_each_file_once(hub, ours, random_net):
    assert same(load_checkpoint(NAME), random_net())
    asked = [method for method, path in hub.log if path.startswith((f"/api/models/{NAME}", f"/{NAME}", "/lfs"))]
    assert asked == ["GET", "HEAD", "GET", "HEAD", "GET"]  # the names, then each file


def test_a_cached_commit_makes_no_request(hub, ours, random_net):
    load_checkpoint(f"{NAME}@{ours}")
    hub.log.clear()
    assert same(load_checkpoint(f"{NAME}@{ours}"), random_net())
    assert hub.log == []


def test_a_branch_costs_at_most_one_head_per_file(hub, ours):
    load_checkpoint(NAME)
    hub.log.clear()
    load_checkpoint(NAME)
    heads = [path for method, path in hub.log if method == "HEAD"]
    assert len(heads) == len(set(heads)) <= 2
    assert [path for method, path in hub.log if method == "GET"] == [f"/api/models/{NAME}/revision/main"]


def test_a_changed_revision_is_pulled_again(hub, ours, random_net):
    load_checkpoint(NAME)
    hub.repo(NAME).commit(our_files(random_net(seed=1)))
    assert same(load_checkpoint(NAME), random_net(seed=1))
    assert same(load_checkpoint(f"{NAME}@{ours}"), random_net())


def test_the_published_format_is_pulled_and_read(hub, random_net, small_vgg19):
    files = published_files(random_net()) | {"decoder_iter_90000.pth": b"older", "README.md": b"# Card"}
    commit = hub.repo(NAME).commit(files)
    assert same(load_checkpoint(NAME), random_net())
    assert not any("90000" in path or "README" in path for _, path in hub.log)
    hub.log.clear()
    assert same(load_checkpoint(f"{NAME}@{commit}"), random_net())
    assert hub.log == []


def test_other_usual_names_of_the_published_files(hub, random_net, small_vgg19):
    data = published_files(random_net()).values()
    names = ("vgg_normalised.pth", "decoder.pth", "transformer.pth")
    hub.repo(NAME).commit(dict(zip(names, data, strict=True)) | {"config.json": b"{}"})
    assert same(load_checkpoint(NAME), random_net())


class Bomb:
    def __reduce__(self):
        return os.system, ("touch exploded",)


@pytest.mark.parametrize(
    ("part", "data", "words"),
    [
        ("decoder_iter_500000.pth", pickle.dumps(Bomb()), "not a file of plain tensors"),
        ("decoder_iter_500000.pth", b"<html>", "not a file of plain tensors"),
        ("decoder_iter_500000.pth", pth([1, 2]), "not a mapping"),
        ("decoder_iter_500000.pth", pth({"1.weight": torch.zeros(2)}), "does not fit"),
        ("decoder_iter_500000.pth", pth({"1.weight": torch.full((2,), torch.nan)}), "not finite"),
        ("vgg_normalised.pth", pth({}), "not the published VGG Sequential"),
    ],
)
def test_published_files_that_are_refused(hub, random_net, small_vgg19, part, data, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hub.repo(NAME).commit(published_files(random_net()) | {part: data})
    assert words in refused()
    assert not (tmp_path / "exploded").exists()


def test_progress_is_reported(hub, ours):
    shares = []
    load_checkpoint(NAME, shares.append)
    assert shares[-1] == 1.0


def test_a_transfer_that_breaks_off_is_resumed(hub, ours, random_net):
    hub.fault("GET /lfs/", times(1, cut_after(7000)))
    assert same(load_checkpoint(NAME), random_net())
    assert len([path for method, path in hub.log if method == "GET" and "/lfs/" in path]) == 2


@pytest.mark.parametrize("change", [lambda data: data[:-9], lambda data: data + b"more"], ids=["short", "long"])
def test_a_wrong_length_is_refused_and_not_kept(hub, ours, random_net, change):
    hub.fault("GET /lfs/", times(1, instead(change)))
    assert "did not arrive complete" in refused()
    assert same(load_checkpoint(NAME), random_net())


def test_a_corrupt_file_is_refused_and_not_kept(hub, ours, random_net):
    hub.fault("GET /lfs/", times(1, instead(lambda data: data[:-1] + bytes([data[-1] ^ 1]))))
    assert "wrong SHA-256" in refused()
    assert same(load_checkpoint(NAME), random_net())


def test_a_file_that_rots_in_the_cache_is_thrown_away(hub, ours, random_net):
    weights = pull(HubSource(NAME, ours)) / "model.safetensors"
    weights.resolve().write_bytes(b"rotten")
    assert "wrong SHA-256" in refused(f"{NAME}@{ours}")
    assert same(load_checkpoint(f"{NAME}@{ours}"), random_net())


@pytest.mark.parametrize("name", ["config.json", "vgg_normalised.pth", "decoder_iter_500000.pth"])
def test_files_without_a_checksum_of_ours_are_thrown_away_too(hub, random_net, small_vgg19, name):
    files = our_files(random_net()) if name == "config.json" else published_files(random_net())
    commit = hub.repo(NAME).commit(files)
    (pull(HubSource(NAME, commit)) / name).resolve().write_bytes(b"rotten")
    assert f"{name} of {NAME}@{commit} is corrupt" in refused(f"{NAME}@{commit}")
    assert same(load_checkpoint(f"{NAME}@{commit}"), random_net())


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (status(401), "HF_TOKEN"),
        (status(403), "HF_TOKEN"),
        (status(403, "GatedRepo"), "gated"),
        (status(404, "RepoNotFound"), "check the name"),
        (status(404), "check the name and HF_ENDPOINT"),
        (status(429, Retry_After="17"), "in 17 s"),
        (status(500), "cannot serve"),
        (status(503), "cannot serve"),
        (instead(lambda _: b"<html>"), "does not answer as a Hub"),
    ],
    ids=["401", "403", "gated", "404", "other site", "429", "500", "503", "portal"],
)
def test_refusals_are_one_sentence(hub, ours, fault, words):
    hub.blobs["main"] = b""
    hub.fault("/api/models/", fault)
    assert words in refused()


def portal(handler) -> bool:
    handler.answer(200, b"<html>")
    return True


@pytest.mark.parametrize(
    "fault",
    [status(500), status(429, Retry_After="9"), status(401), status(403, "GatedRepo"), portal, dribble()],
    ids=["500", "429", "401", "gated", "portal", "slow"],
)
def test_what_was_pulled_before_is_used_when_the_hub_refuses(hub, ours, random_net, fault, monkeypatch, caplog):
    monkeypatch.setattr("sanet.checkpoints.hub.ANSWER_SECONDS", 0.5)
    load_checkpoint(NAME)
    hub.fault("/", fault)
    assert same(load_checkpoint(NAME), random_net())
    assert "Using a copy fetched earlier. " in caplog.text


def test_retry_after_is_heeded_for_a_file(hub, ours, random_net):
    hub.fault("GET /lfs/", times(1, status(429, Retry_After="0")))
    assert same(load_checkpoint(NAME), random_net())


def test_names_that_do_not_exist(hub, ours):
    assert "check the name" in refused("no/body")
    assert "no such revision" in refused(f"{NAME}@v9")
    assert "no such revision" in refused(f"{NAME}@{'0' * 40}")
    assert "allows" in refused("-a/b--c")


def test_repositories_that_are_no_checkpoints(hub):
    hub.repo(NAME).commit({"README.md": b"# Other"})
    assert "neither of the two formats" in refused()
    hub.repo(NAME).commit({"config.json": b'{"hidden_size": 768}', "model.safetensors": b"x" * 30_000})
    assert "states no sha256" in refused()
    assert not any("/lfs/" in path for _, path in hub.log), "the weights were fetched in vain"
    hub.repo(NAME).commit({"config.json": b"["})
    assert "not JSON" in refused()


@pytest.mark.parametrize("sizes", [{"convs": [10**9] * 5}, {"widths": [10**9] * 5}, {"levels": [7]}, {"code": "x"}])
def test_a_configuration_that_is_not_ours_is_refused_before_the_weights_come(hub, random_net, sizes):
    files = our_files(random_net())
    config = json.dumps(json.loads(files["config.json"]) | sizes).encode()
    hub.repo(NAME).commit({"config.json": config, "model.safetensors": b"x" * 30_000})
    assert "is not a configuration of this network" in refused()
    assert not any("/lfs/" in path or "model.safetensors" in path for _, path in hub.log)


def test_a_file_that_is_not_there(hub, random_net):
    hub.repo(NAME).commit({"config.json": our_files(random_net())["config.json"]})
    assert "has no file model.safetensors" in refused()


def test_down_at_start_is_one_sentence_without_another_try(hub, ours, monkeypatch):
    hub.shutdown()
    hub.server_close()
    pauses = []
    here, sleep = threading.get_ident(), time.sleep

    def pause(seconds: float) -> None:  # everyone's: other threads sleep as ever
        if threading.get_ident() == here:
            pauses.append(seconds)
        else:
            sleep(seconds)

    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", pause)
    assert "does not answer" in refused()
    assert pauses == []


def test_down_after_a_pull_is_no_matter(hub, ours, random_net):
    load_checkpoint(NAME)
    hub.shutdown()
    hub.server_close()
    assert same(load_checkpoint(NAME), random_net())


def test_down_in_the_middle_of_a_file(hub, ours, random_net):
    def die(handler):
        cut_after(7000)(handler)
        hub.shutdown()
        hub.server_close()
        return True

    hub.fault("GET /lfs/", die)
    assert "does not answer" in refused()
    close_session()  # a connection kept from before could still be in the pool
    with serving(hub.server_port) as again:
        again.repos = hub.repos
        assert same(load_checkpoint(NAME), random_net())


def test_a_server_that_dribbles_is_given_up(hub, ours, random_net):
    hub.fault("GET /lfs/", times(1, dribble()))
    with pytest.raises(ValueError, match=r"owner/name@main did not arrive within 2 s"):
        pull(HubSource(NAME), seconds=2)


def test_a_hub_that_dribbles_its_answer_is_given_up(hub, ours, monkeypatch):
    monkeypatch.setattr("sanet.checkpoints.hub.ANSWER_SECONDS", 0.5)
    hub.fault("GET /api/models", dribble())
    assert "did not arrive within 1 s" in refused()


@pytest.mark.parametrize(
    ("stage", "fault", "words"),
    [
        ("HEAD /", status(401), "HF_TOKEN"),
        ("HEAD /", status(403, "GatedRepo"), "gated"),
        ("HEAD /", status(404, "EntryNotFound"), "has no file config.json"),
        ("HEAD /", portal, "does not answer as a Hub"),
        ("GET /owner", status(500), "cannot serve"),
        ("GET /owner", portal, "wrong length"),
        ("GET /lfs/", status(403), "HF_TOKEN"),
        ("GET /lfs/", status(500), "cannot serve"),
        ("GET /lfs/", portal, "wrong length"),
    ],
)
def test_refusals_after_the_names_are_one_sentence_too(hub, ours, random_net, stage, fault, words):
    hub.fault(stage, times(1, fault))
    assert words in refused()
    assert same(load_checkpoint(NAME), random_net())


@pytest.mark.parametrize("code", [401, 404])
def test_a_store_of_large_files_that_fails_is_one_sentence(hub, ours, monkeypatch, code):
    """Xet, which has a client of its own: what it raises is none of the Hub's errors."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    data = hub.repo(NAME).commits[ours]["model.safetensors"]

    def by_xet(handler) -> bool:
        if not handler.path.endswith("safetensors"):
            return False
        linked = {"X-Repo-Commit": ours, "X-Linked-Etag": f'"{etag(data)}"', "X-Linked-Size": str(len(data))}
        xet = {"X-Xet-Hash": "ab" * 32, "X-Xet-Refresh-Route": f"{hub.url}/xet-token"}
        handler.answer(302, headers={**linked, **xet, "Location": f"{hub.store}/lfs/{etag(data)}"})
        return True

    def allow(handler) -> bool:
        access = {"X-Xet-Access-Token": "t", "X-Xet-Token-Expiration": str(int(time.time()) + 3600)}
        handler.answer(200, b"{}", {"X-Xet-Cas-Url": f"{hub.url}/store", **access})
        return True

    hub.fault("HEAD /", by_xet)
    hub.fault("/xet-token", allow)
    hub.fault("/store", status(code))
    assert "the store of large files failed" in refused()


def test_private_and_gated_with_and_without_a_token(hub, ours, random_net, monkeypatch):
    hub.repo(NAME).private = True
    assert "HF_TOKEN" in refused()
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert same(load_checkpoint(NAME), random_net())
    assert hub.store_tokens == {None}, "the token was sent to the store of large files, which is another server"
    hub.repo(NAME).private, hub.repo(NAME).gated = False, True
    monkeypatch.setattr(constants, "HF_HUB_CACHE", constants.HF_HUB_CACHE + "2")
    monkeypatch.delenv("HF_TOKEN")
    assert "gated" in refused()


def limited_disk():
    """A process whose files may have 12 kB: writing more fails as a full disk does."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))


def command(hub: StandInHub, home: Path, *words: str, limit=None, **environment: str) -> subprocess.CompletedProcess:
    """`python -m sanet checkpoints ...` with the environment that the client's documentation names."""
    env = os.environ | {"HF_ENDPOINT": hub.url, "HF_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.run(
        [sys.executable, "-m", "sanet", "checkpoints", *words],
        cwd=ROOT,
        env=env,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.slow
def test_a_full_disk_is_one_sentence_and_leaves_nothing(hub, ours, tmp_path):
    done = command(hub, tmp_path / "home", "pull", NAME, limit=limited_disk)
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not fit on the disk" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "home").rglob("*.incomplete"))


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_is_one_sentence(hub, ours, tmp_path):
    (tmp_path / "file").touch()
    done = command(hub, tmp_path / "file" / "home", "pull", NAME)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "set HF_HOME to a folder that may be written" in done.stderr


def test_the_pull_command_asks_once(hub, ours, capsys):
    assert main(["checkpoints", "pull", NAME]) == 0
    assert Path(capsys.readouterr().out.strip()).name == ours
    assert [method for method, path in hub.log if "/api/" in path] == ["GET"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_other_kinds_of_full_disk(number):
    assert "does not fit on the disk" in sentence(NAME, OSError(number, os.strerror(number)))


@pytest.mark.slow
def test_the_clients_environment_variables(hub, ours, tmp_path):
    hub.repo(NAME).private = True
    home = tmp_path / "home"
    pulled = command(hub, home, "pull", NAME, HF_TOKEN=TOKEN, TQDM_POSITION="-1")
    folder = Path(pulled.stdout.strip())
    assert (pulled.returncode, folder.name) == (0, ours)
    assert "100%" in pulled.stderr, "no progress was shown"
    assert home in folder.parents
    hub.log.clear()
    assert command(hub, home, "pull", f"{NAME}@{ours}").stdout == pulled.stdout
    offline = command(hub, home, "pull", NAME, HF_HUB_OFFLINE="1")
    assert (offline.stdout, offline.stderr) == (pulled.stdout, "")
    missing = command(hub, home, "pull", "other/name", HF_HUB_OFFLINE="1")
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)
    assert "HF_HUB_OFFLINE is set" in missing.stderr
    assert hub.log == []


def test_sanet_load_takes_a_repository(hub, ours, noise, random_net):
    engine = sanet.load(NAME, device="cpu")
    expected = sanet.Stylizer(random_net(), torch.device("cpu"))
    pictures = noise(64, 48), [noise(48, 48, 1)]
    assert engine.stylize(*pictures).tobytes() == expected.stylize(*pictures).tobytes()


def test_the_command_line_takes_a_repository(hub, ours, noise, tmp_path, capsys):
    noise(40, 32).save(tmp_path / "photo.png")
    choices = ["stylize", str(tmp_path / "photo.png"), str(tmp_path / "photo.png"), "--device", "cpu"]
    assert main([*choices, "-o", str(tmp_path / "a.png"), "--checkpoint", NAME]) == 0
    assert open_picture(tmp_path / "a.png").size == (40, 32)
    assert main([*choices, "-o", str(tmp_path / "b.png"), "--checkpoint", "owner/nothing"]) == 2
    assert "owner/nothing" in capsys.readouterr().err
    assert not (tmp_path / "b.png").exists()
