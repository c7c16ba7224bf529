"""Words of the training commands: what they pass on and how they refuse."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from sanet.checkpoints.load import save_network
from sanet.checkpoints.vgg import load_encoder, save_half
from sanet.cli.main import build_parser
from sanet.cli.training import _recipe
from sanet.network.encoder import Encoder
from sanet.network.model import SANetConfig, StyleTransferNet
from sanet.paths import ROOT

TINY = SANetConfig(convs=(1, 1, 1, 1, 1), widths=(4, 4, 4, 4, 4))


def parse(*words: object) -> argparse.Namespace:
    return build_parser().parse_args([str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_half(Encoder(TINY.convs, TINY.widths), tmp_path / "vgg.safetensors")
    for kind in ("content", "style"):
        (tmp_path / kind).mkdir()
        Image.radial_gradient("L").resize((64, 48)).save(tmp_path / kind / "a.png")
    return tmp_path


def training(folder: Path, *words: object) -> argparse.Namespace:
    pictures = ("--contents", folder / "content", "--styles", folder / "style")
    return parse("train", folder / "run", *pictures, "--loss-network", folder / "vgg.safetensors", *words)


def test_the_paper_is_the_default_and_can_be_changed(folder: Path):
    assert _recipe(training(folder)).trainer.steps == 160_000
    recipe = _recipe(training(folder, "--recipe", "compact", "--style", "9", "--steps", "3"))
    assert (recipe.weights.style, recipe.trainer.steps, recipe.net.widths[0]) == (9.0, 3, 32)


def test_an_unknown_recipe_is_refused(folder: Path):
    options = training(folder, "--recipe", "grand")
    with pytest.raises(ValueError, match=r"no recipe 'grand'; there are paper, full, compact\.$"):
        _recipe(options)  # a study has these alone
    with pytest.raises(ValueError, match=r"there are paper, full, compact, reconstruction, adain\.$"):
        options.func(options)


def test_an_encoder_is_converted_and_normalised(folder: Path):
    options = parse(
        "encoder", folder / "vgg.safetensors", folder / "new" / "out.safetensors", "--normalise", folder / "content"
    )
    assert options.func(options) == 0
    assert load_encoder(folder / "new" / "out.safetensors").conv5_1.out_channels == 4


def test_a_checkpoint_is_evaluated(folder: Path, capsys: pytest.CaptureFixture[str]):
    save_network(StyleTransferNet(TINY), folder / "net")
    inputs = (folder / "net", folder / "content", folder / "style")
    options = parse("evaluate", *inputs, "--judge", folder / "vgg.safetensors", "--size", 64, "-o", folder / "out")
    assert options.func(options) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"vgg", "strokes", "identity"}
    written = {path.name for path in (folder / "out").iterdir()}
    assert written == {"pairs.csv", "strokes.csv", "summary.json", "sheet.jpg"}


@pytest.mark.slow
def test_refusals_are_one_line(folder: Path):
    command = [sys.executable, "-m", "sanet", "encoder", str(folder / "content" / "a.png"), "x"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr.startswith("sanet: ")
    assert "not a file of plain tensors" in done.stderr
