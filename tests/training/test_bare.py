"""Training where only what it needs is installed: no page, no cache of the engine, no HEIC."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from sanet.checkpoints.load import load_network, save_network
from sanet.network.model import SANetConfig, StyleTransferNet
from sanet.paths import ROOT

TINY = SANetConfig(convs=(2, 2, 4, 4, 1), widths=(2, 2, 4, 4, 4), upsampling="bilinear")
BARE = """
import sys
for name in ("cachetools", "gradio", "pillow_heif", "accelerate", "av"):
    sys.modules[name] = None
from dataclasses import replace
from sanet.cli.main import main
from sanet.network.model import SANetConfig
from sanet.training import recipes
full = recipes.RECIPES["full"]
recipes.RECIPES["full"] = replace(full, net=replace(full.net, widths=(2, 2, 4, 4, 4)))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_the_training_command_runs_where_little_is_installed(tmp_path: Path):
    rng = np.random.default_rng(0)
    for kind in ("content", "style"):
        (tmp_path / kind).mkdir()
        Image.fromarray(rng.integers(0, 255, (512, 520, 3), dtype=np.uint8)).save(tmp_path / kind / "a.webp")
    torch.manual_seed(0)
    save_network(StyleTransferNet(TINY), tmp_path / "start")
    words = ["train", "run", "--recipe", "full", "--minutes", "0.02", "--start", "start", "--previews", "."]
    pictures = ["--contents", "content", "--styles", "style"]
    script = [sys.executable, "-c", BARE, *words, *pictures]
    subprocess.run(script, check=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, timeout=300)
    assert load_network(tmp_path / "run" / "weights").config == TINY
    assert len(list((tmp_path / "run" / "previews").iterdir())) == 1
