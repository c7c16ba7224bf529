"""Files of tensors as people save them: wrapped, with prefixes; and files that are none, in one sentence."""

import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from sanet.checkpoints.load import load_network
from sanet.checkpoints.tensor_files import read_tensors
from sanet.checkpoints.vgg import load_encoder, save_half
from sanet.cli.main import main
from sanet.network.encoder import Encoder
from sanet.training.distil import load_loss_network
from sanet.training.squeezenet import SqueezeNet, load_squeezenet
from tests.support.checkpoint_files import published_files, same

WIDTHS = (4, 5, 6, 7, 7)


@pytest.fixture
def encoder() -> Encoder:
    torch.manual_seed(0)
    return Encoder((1, 2, 1, 1, 1), WIDTHS).requires_grad_(False)


def prefixed(tensors: dict, *prefixes: str) -> dict:
    return {"".join(prefixes) + name: tensor for name, tensor in tensors.items()}


PREFIXES = [("module.",), ("_orig_mod.",), ("module.", "_orig_mod."), ("_orig_mod.", "module."), ("model.",), ("net.",)]
WRAPPINGS = [
    lambda tensors: {"state_dict": tensors},
    lambda tensors: {"model": tensors},
    lambda tensors: {"model_state_dict": tensors, "optimizer_state_dict": {"state": {}, "param_groups": [{"lr": 0.1}]}},
    lambda tensors: {"epoch": 7, "state_dict": prefixed(tensors, "model."), "optimizer": {"state": {0: {}}}},
    lambda tensors: {"checkpoint": 1, "model": {"state_dict": prefixed(tensors, "module.")}},
    lambda tensors: {"params": tensors, "note": "trained at home"},
]


@pytest.mark.parametrize("prefixes", PREFIXES, ids=" ".join)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_prefixes_of_wrappers_are_taken_away(tmp_path, encoder, prefixes, suffix):
    tensors = prefixed(encoder.state_dict(), *prefixes)
    (save_file if suffix == ".safetensors" else torch.save)(tensors, tmp_path / f"vgg{suffix}")
    assert same(load_encoder(tmp_path / f"vgg{suffix}"), encoder)
    assert same(load_loss_network(tmp_path / f"vgg{suffix}"), encoder)


@pytest.mark.parametrize("wrap", WRAPPINGS)
def test_the_state_dict_is_found_in_what_a_script_saved(tmp_path, encoder, wrap):
    torch.save(wrap(encoder.state_dict()), tmp_path / "vgg.pth")
    assert same(load_encoder(tmp_path / "vgg.pth"), encoder)


def test_a_compiled_part_of_a_model_is_read(tmp_path, encoder):
    tensors = encoder.state_dict()
    torch.save({name.replace("conv2_1.", "conv2_1._orig_mod."): tensors[name] for name in tensors}, tmp_path / "a.pth")
    assert same(load_encoder(tmp_path / "a.pth"), encoder)


def test_a_real_compiled_module_is_read(tmp_path, encoder):
    torch.save(torch.compile(encoder).state_dict(), tmp_path / "vgg.pth")
    assert same(load_encoder(tmp_path / "vgg.pth"), encoder)


@pytest.mark.parametrize("wrap", WRAPPINGS)
def test_each_of_the_published_files_may_be_wrapped(tmp_path, random_net, small_vgg19, wrap):
    for name, data in published_files(random_net()).items():
        (tmp_path / name).write_bytes(data)
        torch.save(wrap(torch.load(tmp_path / name)), tmp_path / name)
    assert same(load_network(tmp_path), random_net())


def test_a_second_loss_network_may_be_wrapped(tmp_path):
    net = SqueezeNet()
    torch.save({"state_dict": prefixed(net.state_dict(), "module.")}, tmp_path / "squeezenet.pth")
    assert torch.equal(
        load_squeezenet(tmp_path / "squeezenet.pth").features["3"].squeeze.weight, net.features["3"].squeeze.weight
    )


class Malicious:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


def test_nothing_in_a_wrapping_is_run(tmp_path, encoder):
    torch.save({"state_dict": encoder.state_dict(), "hook": Malicious(tmp_path / "run")}, tmp_path / "vgg.pth")
    with pytest.raises(ValueError, match=r"vgg\.pth is not a file of plain tensors"):
        load_encoder(tmp_path / "vgg.pth")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "value",
    [
        {"state_dict": {"state_dict": {"state_dict": {"state_dict": {}}}}, "epoch": 1},
        {"optimizer": {"a": torch.zeros(1)}, "epoch": 1},
        {"state_dict": [torch.zeros(1)]},
        {"state_dict": {1: torch.zeros(1)}},
        {},
        [],
        None,
        torch.zeros(3),
    ],
)
def test_what_holds_no_state_dict_is_one_sentence(tmp_path, value):
    torch.save(value, tmp_path / "a.pth")
    with pytest.raises(ValueError, match=r"^[^\n]*a\.pth [^\n]*\.?$"):
        load_encoder(tmp_path / "a.pth")


@pytest.mark.parametrize(
    "tensor",
    [
        torch.zeros(3, 3).to_sparse(),
        torch.zeros(3, dtype=torch.complex64),
        torch.empty(10**12, device="meta"),
    ],
    ids=["sparse", "complex", "meta"],
)
def test_tensors_without_plain_numbers_are_one_sentence(tmp_path, encoder, tensor):
    torch.save({**encoder.state_dict(), "conv1_1.weight": tensor}, tmp_path / "a.pth")
    with pytest.raises(ValueError, match=r"^[^\n]*a\.pth[^\n]*$"):
        load_encoder(tmp_path / "a.pth")


def test_a_view_that_claims_more_than_the_file_has_is_refused(tmp_path):
    torch.save({"conv1_1.weight": torch.zeros(1).expand(10**6, 10**6, 3, 3)}, tmp_path / "a.pth")
    with pytest.raises(ValueError, match="claims more numbers than it holds"):
        load_encoder(tmp_path / "a.pth")


def test_a_packed_file_is_refused_before_it_is_unpacked(tmp_path):
    torch.save({"a": torch.zeros(10**6)}, tmp_path / "plain.pth")
    with zipfile.ZipFile(tmp_path / "plain.pth") as plain, zipfile.ZipFile(tmp_path / "a.pth", "w") as packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name), zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match=r"a\.pth is packed"):
        read_tensors(tmp_path / "a.pth")


@pytest.mark.parametrize("name", ["nowhere.pth", "nowhere.safetensors"])
@pytest.mark.parametrize(
    "words",
    [["encoder", "{file}", "out"], ["evaluate", "embedded", "{folder}", "{folder}", "-o", "e", "--judge", "{file}"]],
)
def test_a_file_that_is_not_there_is_one_sentence(tmp_path, capsys, name, words, noise):
    noise(32, 32).save(tmp_path / "a.png")
    places = {"file": tmp_path / name, "folder": tmp_path}
    assert main([word.format(**places) for word in words]) == 2
    assert capsys.readouterr().err == f"sanet: {tmp_path / name} is missing.\n"


def test_an_encoder_that_cannot_be_written_is_one_sentence(tmp_path, capsys, encoder):
    save_half(encoder, tmp_path / "vgg.safetensors")
    assert main(["encoder", str(tmp_path / "vgg.safetensors"), "/proc/nowhere.safetensors"]) == 2
    assert capsys.readouterr().err == "sanet: Nothing can be written to the folder /proc: No such file or directory.\n"


def test_an_encoder_has_the_rights_that_the_umask_gives(tmp_path, encoder):
    save_half(encoder, tmp_path / "vgg.safetensors")
    (tmp_path / "other").touch()
    assert (tmp_path / "vgg.safetensors").stat().st_mode == (tmp_path / "other").stat().st_mode
