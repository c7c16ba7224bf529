"""Runs of a tiny recipe from folders of pictures to a checkpoint that the app can load."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from sanet.checkpoints.load import load_network, save_network
from sanet.checkpoints.vgg import save_half
from sanet.network.encoder import Encoder
from sanet.network.model import PRESETS, SANetConfig, StyleTransferNet
from sanet.paths import ROOT
from sanet.training.build import Places, as_configured, build_network, build_objective
from sanet.training.checkpoint import read_state
from sanet.training.data import Stage
from sanet.training.losses import LossWeights, Objective
from sanet.training.recipes import RECIPES, Recipe, changed
from sanet.training.run import run
from sanet.training.schedule import TrainerConfig
from sanet.training.squeezenet import SqueezeNet
from sanet.training.studies import level_variants, study, weight_variants
from sanet.training.trainer import Trainer
from tests.support.two_processes import run_on_two

TINY = SANetConfig(convs=(1, 1, 1, 1, 1), widths=(4, 4, 6, 8, 8))
RECIPE = Recipe(
    net=TINY,
    stages=(Stage(0.5, 32, 2, (32, 48)), Stage(1.0, 48, 1, (48, 64))),
    trainer=TrainerConfig(steps=4, rate=1e-3, final_rate=1e-3),
    train_encoder=True,
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    rng = np.random.default_rng(0)
    for kind in ("content", "style"):
        (tmp_path / kind).mkdir()
        for i in range(2):
            pixels = rng.integers(0, 255, (6, 7, 3), dtype=np.uint8)
            Image.fromarray(pixels).resize((70, 60)).save(tmp_path / kind / f"{i}.png")
    torch.manual_seed(0)
    save_half(Encoder(TINY.convs, TINY.widths), tmp_path / "vgg.safetensors")
    return Places(
        out=tmp_path / "run",
        contents=(tmp_path / "content",),
        styles=(tmp_path / "style",),
        loss_network=tmp_path / "vgg.safetensors",
    )


def test_the_default_recipe_is_the_papers():
    paper = RECIPES["paper"]
    assert paper.net == PRESETS["vgg19"]
    assert paper.weights == LossWeights(1, 3, 50, 1)
    assert (paper.stages[0].crop, paper.stages[0].batch, paper.stages[0].short_side) == (256, 5, (512, 512))
    assert [paper.trainer.rate_at(step, step / 160_000) for step in (0, 80_000, 160_000)] == [1e-4] * 3
    assert not paper.train_encoder


def test_a_run_leaves_a_checkpoint_a_record_and_a_preview(places: Places):
    run(RECIPE, replace(places, previews=places.out.parent), workers=0)
    net = load_network(places.out / "weights")
    assert net.config == TINY
    record = json.loads((places.out / "record.json").read_text())
    assert record["steps"] == 4
    assert record["recipe"]["net"]["widths"] == [4, 4, 6, 8, 8]
    terms = {"content", "style", "identity_pixels", "identity_features", "second_content", "second_style", "color"}
    assert set(record["losses"]) == {"total", *terms}
    assert (places.out / "previews" / "000004.jpg").is_file()
    assert any((places.out / "logs").iterdir())
    state = read_state(places.out / "state.pt")
    for name, value in load_file(places.out / "weights" / "model.safetensors").items():
        if name in state["average"]:
            assert torch.allclose(value.float(), state["average"][name], atol=1e-3)


def test_a_resumed_run_has_the_weights_of_an_uninterrupted_one(places: Places):
    run(RECIPE, replace(places, out=places.out / "whole"), workers=0)
    run(changed(RECIPE, steps=3), replace(places, out=places.out / "cut"), workers=0)
    run(RECIPE, replace(places, out=places.out / "cut"), workers=1)
    whole, cut = (read_state(places.out / name / "state.pt") for name in ("whole", "cut"))
    assert whole["step"] == cut["step"] == 4
    for part in ("weights", "average"):
        assert all(torch.equal(value, cut[part][name]) for name, value in whole[part].items())


def test_a_second_loss_network_joins_in(places: Places):
    torch.manual_seed(0)
    torch.save(SqueezeNet().state_dict(), places.out.parent / "squeezenet.pth")
    recipe = changed(RECIPE, second_style=2.0, steps=1)
    with pytest.raises(ValueError, match="need a second loss network"):
        run(recipe, places, workers=0)
    run(recipe, replace(places, second_network=places.out.parent / "squeezenet.pth"), workers=0)
    assert json.loads((places.out / "record.json").read_text())["losses"]["second_style"] > 0


@pytest.mark.slow
def test_one_pair_can_be_overfitted():
    torch.manual_seed(0)
    module = Objective(StyleTransferNet(TINY), Encoder(TINY.convs, TINY.widths), LossWeights())
    coarse = torch.rand(2, 3, 4, 4)
    content, style = torch.nn.functional.interpolate(coarse, size=(32, 32), mode="bilinear").split(1)
    records = []
    trainer = Trainer(
        module, module.net, TrainerConfig(steps=150, rate=5e-3, final_rate=5e-3, betas=(0.9, 0.99), clip=5.0)
    )
    trainer.run([(content, style)] * 150, [lambda trainer, record: records.append(record.terms)])
    assert records[-1]["total"] < 0.35 * records[0]["total"]
    assert records[-1]["identity_pixels"] < 0.3 * records[0]["identity_pixels"]


def test_a_fixed_encoder_stays_that_of_the_loss_network(places: Places):
    run(replace(RECIPE, train_encoder=False), places, workers=0)
    trained, given = load_network(places.out / "weights").encoder, load_file(places.loss_network)
    for name, value in trained.state_dict().items():
        assert torch.allclose(value, given[name].float(), atol=1e-3)


MEMORY = replace(
    RECIPE,
    train_encoder=False,
    in_memory=True,
    stages=(Stage(1.0, 64, 2, (64, 64)),),  # larger than any picture here
    cpu_stages=(Stage(0.5, 32, 2, (32, 48)), Stage(1.0, 48, 1, (48, 64))),
)


def test_the_full_recipe_is_the_papers_network_and_loss_by_the_clock():
    full = RECIPES["full"]
    assert (full.net.convs, full.net.widths) == (PRESETS["vgg19"].convs, PRESETS["vgg19"].widths)
    assert 18 <= full.weights.style / full.weights.content <= 26
    assert (full.train_encoder, full.in_memory, full.trainer.compiled, full.trainer.rate) == (False, True, True, 5e-4)
    assert [(stage.until, stage.crop) for stage in full.stages] == [(0.67, 256), (0.9, 384), (1.0, 512)]
    assert [stage.crop for stage in full.cpu_stages] == [128, 192, 256]


@pytest.mark.skipif(torch.cuda.is_available(), reason="the stages are those for a CPU")
def test_a_run_from_memory_by_steps_and_then_by_the_clock(places: Places):
    run(MEMORY, places)
    assert read_state(places.out / "state.pt")["examples"] == 2 + 2 + 1 + 1
    assert run(changed(MEMORY, minutes=0.005), places)
    state = read_state(places.out / "state.pt")
    assert state["step"] > state["first_step"] == 4
    assert json.loads((places.out / "record.json").read_text())["pairs"] == state["examples"]


def test_only_a_run_from_memory_can_go_by_the_clock():
    with pytest.raises(ValueError, match="ends by --steps"):
        changed(RECIPE, minutes=3.0)


def test_several_folders_and_lists(places: Places, tmp_path: Path):
    (tmp_path / "first.txt").write_text("content/0.png\n")
    (tmp_path / "second.txt").write_text("style/1.png\n")
    (tmp_path / "more").mkdir()
    Image.radial_gradient("L").save(tmp_path / "more" / "0.png")
    contents, lists = (*places.contents, tmp_path / "more"), (tmp_path / "first.txt", tmp_path / "second.txt")
    run(changed(MEMORY, steps=1), replace(places, contents=contents, held_out=lists))
    record = json.loads((places.out / "record.json").read_text())
    assert (record["contents"], record["styles"]) == (2, 1)


def test_a_frozen_encoder_needs_no_loss_network_beside_a_checkpoint(places: Places, tmp_path: Path):
    save_network(StyleTransferNet(TINY), tmp_path / "start")
    begun = replace(places, loss_network=None, start=tmp_path / "start")
    objective = build_objective(MEMORY, begun)
    assert objective.loss_network is objective.net.encoder
    with pytest.raises(ValueError, match="name a VGG file with --loss-network"):
        build_objective(RECIPE, begun)
    with pytest.raises(ValueError, match="name a VGG file with --loss-network"):
        build_objective(MEMORY, replace(places, loss_network=None))


def test_starting_from_a_checkpoint(places: Places, tmp_path: Path):
    torch.manual_seed(5)
    net = StyleTransferNet(TINY)
    save_network(net, tmp_path / "start")
    found = build_network(RECIPE, replace(places, start=tmp_path / "start"))
    for name, value in net.state_dict().items():
        assert torch.allclose(found.state_dict()[name], value, atol=1e-3)
    with pytest.raises(ValueError, match="the recipe wants"):
        build_network(RECIPES["compact"], replace(places, start=tmp_path / "start"))
    with pytest.raises(
        ValueError, match=r"is an encoder of .*, the recipe wants .*; name a checkpoint to begin with by --start\.$"
    ):
        build_network(RECIPES["compact"], places)


def test_a_start_takes_over_the_moments_of_the_recipe(places: Places, tmp_path: Path):
    save_network(StyleTransferNet(TINY), tmp_path / "start")
    moved = replace(RECIPE, net=replace(TINY, moments=(0.1, 0.2, 0.3, 0.4)))
    found = build_network(moved, replace(places, start=tmp_path / "start"))
    assert found.config == moved.net
    assert found.transform.sanet5_1.moments == (0.1, 0.2, 0.3, 0.4)


def test_changes_find_their_part():
    recipe = changed(RECIPE, steps=7, style=9.0, identity_every=2)
    assert (recipe.trainer.steps, recipe.weights.style, recipe.identity_every) == (7, 9.0, 2)
    assert recipe.net == RECIPE.net


def test_ablated_networks_keep_the_other_weights():
    net = StyleTransferNet(TINY)
    part = as_configured(net, replace(RECIPE, net=replace(TINY, levels=(4,))))
    assert part.config == replace(TINY, levels=(4,))
    assert torch.equal(part.transform.sanet4_1.f.weight, net.transform.sanet4_1.f.weight)
    assert not any("sanet5_1" in name for name in part.state_dict())


def test_studies_vary_one_thing(places: Places):
    assert [v.net.levels for v in level_variants(RECIPE).values()] == [(4,), (5,), (4, 5)]
    weights = [variant.weights for variant in weight_variants(RECIPE).values()]
    assert [w.content for w in weights] == [1, 10, 50, 0, 0, 0]
    assert [w.identity_pixels for w in weights] == [0, 0, 0, 50, 500, 5000]
    assert {w.style for w in weights} == {3}


def test_a_study_draws_a_sheet(places: Places):
    short = changed(replace(RECIPE, train_encoder=False), steps=1)
    study(level_variants(short), replace(places, previews=places.out.parent), workers=0)
    with Image.open(places.out / "sheet.jpg") as table:
        assert table.size == (4 + 260 * 5, 4 + 260 * 3)


LONG = """
import logging, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from sanet.training import logs
logging.basicConfig(level="INFO")
logs.LINE_SECONDS = 0.1
from tests.training.test_recipes import RECIPE, Places, changed, level_variants, replace, run, study
folder = Path({folder!r})
places = Places(folder / "run", (folder / "content",), (folder / "style",), folder / "vgg.safetensors")
long = changed(RECIPE, steps=100_000)
{call}
"""


def interrupt(call: str, tmp_path: Path, number: int) -> None:
    """Make the call in a process, and send the signal to all of its processes once a step has been logged."""
    script = tmp_path / "long.py"
    script.write_text(LONG.format(root=str(ROOT), folder=str(tmp_path), call=call))
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert process.stderr is not None
        seen = b""
        while b"total " not in seen:  # the losses of the first steps
            seen += process.stderr.read1()
            assert process.poll() is None, seen.decode()
        os.killpg(process.pid, number)
        rest = process.stderr.read()
    assert process.returncode == 0, rest.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.slow
def test_a_signal_to_all_processes_of_a_run_saves_it(places: Places, tmp_path: Path, number: int):
    interrupt("run(long, places, save_every=60.0, workers=1)", tmp_path, number)
    assert read_state(places.out / "state.pt")["step"] > 0


@pytest.mark.slow
def test_a_signal_ends_a_study(places: Places, tmp_path: Path):
    interrupt("study(level_variants(long), replace(places, previews=folder), workers=0)", tmp_path, signal.SIGTERM)
    assert [path.name for path in places.out.iterdir()] == ["relu4_1"]


def test_a_study_looks_for_its_previews_first(places: Places, tmp_path: Path):
    with pytest.raises(ValueError, match="nowhere"):
        study(level_variants(RECIPE), replace(places, previews=tmp_path / "nowhere"))
    assert not places.out.exists()


TWO = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from sanet.training.processes import leave
from tests.training.test_recipes import RECIPE, Places, replace, run
folder = Path({folder!r})
shared = replace(RECIPE, stages=RECIPE.stages[:1])
run(shared, Places(folder / "two", (folder / "content",), (folder / "style",), folder / "vgg.safetensors"), workers=0)
leave()
threads = [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]
assert not [name for name in threads if "gloo" in name], threads  # one left over may abort the process at its end
"""


@pytest.mark.slow
def test_two_processes_train_like_one(places: Places, tmp_path: Path):
    """The same global batch, shared; up to the order of sums, which Adam amplifies where gradients vanish."""
    script = tmp_path / "two.py"
    script.write_text(TWO.format(root=str(ROOT), folder=str(tmp_path)))
    run_on_two(script)
    shared = replace(RECIPE, stages=RECIPE.stages[:1])
    run(shared, replace(places, out=tmp_path / "one"), workers=0)
    one, two = (read_state(tmp_path / name / "state.pt")["weights"] for name in ("one", "two"))
    start = build_network(RECIPE, places).state_dict()
    encoder = [name for name in one if name.startswith("encoder")]
    moved = sum(float((one[name] - start[name]).square().sum()) for name in encoder)
    apart = sum(float((one[name] - two[name]).square().sum()) for name in encoder)
    assert apart < 1e-3 * moved
