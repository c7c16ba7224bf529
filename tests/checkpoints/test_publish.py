"""Saving and publishing: the mixin's methods, the model card, and the commands, through the real client."""

import json

import pytest
from huggingface_hub import ModelCard

import sanet
from sanet.checkpoints.load import load_network, save_network
from sanet.checkpoints.pretrained import PretrainedNet
from sanet.checkpoints.publish import push
from sanet.cli.main import main
from tests.support.checkpoint_files import our_files, published_files, same
from tests.support.stand_in_hub import TOKEN, StandInHub, status

NAME = "owner/name"
RECORD = {
    "contents": 1766,
    "styles": 2729,
    "steps": 2584,
    "recipe": {"train_encoder": True, "weights": {"content": 1.0, "style": 26.0}},
    "losses": {"content": 1.23456, "style": 0.5},
}
EVALUATION = {"vgg": {"content": 0.76543, "pairs": 40}, "identity": {"psnr": 21.5}}


@pytest.fixture
def run(tmp_path, random_net):
    """A folder as training leaves it."""
    save_network(random_net(), tmp_path / "run" / "weights", half=False)
    (tmp_path / "run" / "record.json").write_text(json.dumps(RECORD | {"places": {"out": "/home/somebody"}}))
    (tmp_path / "run" / "summary.json").write_text(json.dumps(EVALUATION))
    (tmp_path / "run" / "previews").mkdir()
    for step in (100, 200):
        (tmp_path / "run" / "previews" / f"{step:06d}.jpg").write_bytes(b"sheet %d" % step)
    return tmp_path / "run" / "weights"


@pytest.fixture
def token(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", TOKEN)


def picture(source, noise):
    return sanet.load(source, device="cpu").stylize(noise(64, 48), [noise(48, 48, 1)]).tobytes()


def test_what_was_pushed_loads_to_the_same_picture(hub: StandInHub, token, run, noise, capsys):
    assert main(["checkpoints", "push", str(run), NAME]) == 0
    (commit,) = hub.repos[NAME].commits
    assert capsys.readouterr().out.strip() == f"{hub.url}/{NAME}/commit/{commit}"
    files = hub.repos[NAME].commits[commit]
    assert {name: files[name] for name in ("config.json", "model.safetensors")} == {
        path.name: path.read_bytes() for path in run.iterdir()
    }
    assert picture(NAME, noise) == picture(f"{NAME}@{commit}", noise) == picture(run, noise)


def test_a_pushed_run_has_a_card_with_its_record(hub: StandInHub, token, run):
    push(run, NAME, licence="mit")
    files = hub.repos[NAME].commits[hub.repos[NAME].branches["main"]]
    assert files["sheet.jpg"] == b"sheet 200"
    assert json.loads(files["record.json"]) == RECORD
    assert not any(b"somebody" in data for data in files.values())
    card = ModelCard(files["README.md"].decode())
    facts = (card.data.pipeline_tag, card.data.library_name, card.data.license)
    assert facts == ("image-to-image", "sanet", "mit")
    assert "arxiv:1812.02342" in card.data.tags
    for said in ("arxiv.org/abs/1812.02342", 'load("owner/name")', "| contents | 1766 |", "| steps | 2584 |", "1.235"):
        assert said in card.text
    for said in ("26.0", "0.7654", "21.5", "(sheet.jpg)", "## Limits", "## Credits", "Simonyan", "pip install ."):
        assert said in card.text


def test_a_card_in_the_folder_is_kept(hub: StandInHub, token, run):
    (run / "README.md").write_text("---\nlicense: mit\n---\n# Mine")
    push(run, NAME)
    assert hub.repos[NAME].commits[hub.repos[NAME].branches["main"]]["README.md"].endswith(b"# Mine")


def test_pushing_what_is_not_whole_is_refused(hub: StandInHub, token, run):
    (run / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(ValueError, match="SHA-256"):
        push(run, NAME)
    with pytest.raises(ValueError, match=r"has no config\.json"):
        push(run.parent, NAME)
    assert hub.log == []


@pytest.mark.parametrize("repo", ["name", "a/b/c", ""])
def test_a_push_needs_owner_and_name(hub: StandInHub, token, run, repo):
    with pytest.raises(ValueError, match="owner/name, got"):
        push(run, repo)
    assert hub.log == []


def test_a_push_to_a_hub_that_is_down_is_one_sentence(hub: StandInHub, token, run):
    hub.shutdown()
    hub.server_close()
    with pytest.raises(ValueError, match=f"^{NAME} could not be uploaded: .* does not answer"):
        push(run, NAME)


@pytest.mark.parametrize(
    ("fault", "words"), [(None, "HF_TOKEN"), (status(403), "HF_TOKEN"), (status(500), "cannot serve")]
)
def test_a_refused_push_is_one_sentence(hub: StandInHub, run, fault, words):
    if fault:
        hub.fault("POST", fault)
    with pytest.raises(ValueError, match=words) as refusal:
        push(run, NAME)
    assert "\n" not in str(refusal.value)


def pretrained(net):
    """The same network with the mixin."""
    own = PretrainedNet(net.config)
    own.load_state_dict(net.state_dict())
    return own


def test_the_mixin_saves_and_loads_in_our_format(tmp_path, random_net):
    net = pretrained(random_net())
    net.save_pretrained(tmp_path, model_card_kwargs={"record": RECORD})
    assert same(PretrainedNet.from_pretrained(tmp_path), net)
    assert same(load_network(tmp_path), net)
    assert "| steps | 2584 |" in (tmp_path / "README.md").read_text()


def test_the_mixin_pushes_and_pulls(hub: StandInHub, token, random_net):
    net = pretrained(random_net())
    net.push_to_hub(NAME)
    first = hub.repos[NAME].branches["main"]
    pretrained(random_net(seed=1)).push_to_hub(NAME)
    assert same(PretrainedNet.from_pretrained(NAME, revision=first), net)
    assert same(PretrainedNet.from_pretrained(NAME), random_net(seed=1))


def test_from_pretrained_is_strict(tmp_path, random_net):
    net = pretrained(random_net())
    net.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"levels": [4]}))
    with pytest.raises(ValueError, match="does not fit"):
        PretrainedNet.from_pretrained(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(config | {"sha256": "0"}))
    with pytest.raises(ValueError, match="SHA-256"):
        PretrainedNet.from_pretrained(tmp_path)


def test_convert_keeps_the_result(tmp_path, random_net, small_vgg19, noise, capsys):
    for name, data in published_files(random_net()).items():
        (tmp_path / name).write_bytes(data)
    assert main(["checkpoints", "convert", str(tmp_path), str(tmp_path / "full")]) == 0
    assert same(load_network(tmp_path / "full"), random_net())
    assert "difference of a colour value 0 " in capsys.readouterr().out
    assert main(["checkpoints", "convert", str(tmp_path), str(tmp_path / "half"), "--half"]) == 0
    printed = float(capsys.readouterr().out.split("value ")[1].split(" ")[0])
    assert 0 < printed < 0.2  # random weights amplify
    full, half = ((tmp_path / kind / "model.safetensors").stat().st_size for kind in ("full", "half"))
    assert half < 0.7 * full


def test_the_catalog_is_listed_and_verified(capsys):
    assert main(["checkpoints", "list"]) == 0
    assert capsys.readouterr().out.startswith("compact  embedded  cc-by-nc-4.0  ")
    assert main(["checkpoints", "verify", "embedded"]) == 0
    assert "embedded is whole: 4.5 million numbers" in capsys.readouterr().out


def test_commands_explain_what_they_refuse(tmp_path, random_net, capsys):
    for name, data in our_files(random_net()).items():
        (tmp_path / name).write_bytes(data[:-1] if name.endswith("tensors") else data)
    for words in (
        ["verify", str(tmp_path)],
        ["verify", str(tmp_path / "none")],
        ["pull", "embedded"],
        ["push", str(tmp_path), NAME],
    ):
        assert main(["checkpoints", *words]) == 2
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1)
