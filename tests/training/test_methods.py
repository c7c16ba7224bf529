"""Training the decoders of the other systems: what the errors are of, and a run that ends, resumes and can be used."""

from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from sanet.cli.main import main
from sanet.methods.avatar_net import style_fusion
from sanet.methods.decoders import Decoders, adain_decoder, load
from sanet.network.encoder import Encoder, Features
from sanet.training.checkpoint import read_state
from sanet.training.methods import ADAIN_STYLE, PIXELS, TAP, TAPS, AdaINObjective, Reconstruction, take_over
from sanet.training.methods import begun as begin

WIDTHS = (3, 4, 5, 6, 6)


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    """Options that name a photograph and a painting."""
    for kind in ("content", "style"):
        (tmp_path / kind).mkdir()
        Image.radial_gradient("L").save(tmp_path / kind / "a.png")
    return ["--contents", str(tmp_path / "content"), "--styles", str(tmp_path / "style")]


def small_encoder() -> Encoder:
    torch.manual_seed(0)
    return Encoder((1,) * 5, WIDTHS)


def test_each_picture_is_rebuilt_from_its_tap() -> None:
    encoder, decoders, images = small_encoder(), Decoders(WIDTHS), torch.rand(len(TAPS), 3, 48, 48)
    terms = Reconstruction(encoder, decoders)(*images.chunk(2))
    features = encoder(images)
    own = [Features(*(x[i : i + 1] for x in features)) for i in range(len(TAPS))]
    fives = [i for i, tap in enumerate(TAPS) if tap == 5]
    rebuilt = torch.cat([decoders.of_level(5)(own[i].relu5_1, (48, 48)) for i in fives])
    error = (encoder(rebuilt).relu5_1 - features.relu5_1[fives]).square().mean() / features.relu5_1[
        fives
    ].square().mean()
    torch.testing.assert_close(terms["tap_5"], PIXELS * (rebuilt - images[fives]).square().mean() + TAP * error)
    fused = [i for i, tap in enumerate(TAPS) if tap == 0]
    rebuilt = torch.cat([decoders.avatar_net(own[i].relu4_1, (48, 48), style_fusion(own[i], own[i])) for i in fused])
    error = (encoder(rebuilt).relu4_1 - features.relu4_1[fused]).square().mean() / features.relu4_1[
        fused
    ].square().mean()
    torch.testing.assert_close(terms["avatar_net"], PIXELS * (rebuilt - images[fused]).square().mean() + TAP * error)
    torch.testing.assert_close(terms["total"], sum(value for name, value in terms.items() if name != "total"))


def test_only_the_decoder_learns_what_adain_wants() -> None:
    objective = AdaINObjective(small_encoder(), adain_decoder(WIDTHS), small_encoder())
    terms = objective(*torch.rand(2, 2, 3, 48, 48))
    torch.testing.assert_close(terms["total"], terms["content"] + ADAIN_STYLE * terms["style"])
    terms["total"].backward()
    learns = {name.split(".")[0] for name, parameter in objective.named_parameters() if parameter.grad is not None}
    assert learns == {"decoder"}


def test_the_last_convolutions_are_taken_over() -> None:
    decoders, decoder = Decoders(WIDTHS), adain_decoder(WIDTHS)
    known = [layer for layer in decoder if isinstance(layer, nn.Conv2d)]
    for level, count in ((1, 1), (3, 5), (4, 9), (5, 9)):
        take_over(decoders.of_level(level), decoder)
        own = decoders.of_level(level).convolutions
        for a, b in zip(own[-count:], known[-count:], strict=True):
            assert torch.equal(a.weight, b.weight)


@pytest.mark.parametrize("recipe", ["reconstruction", "adain"])
def test_a_run_resumes_and_leaves_weights(recipe: str, pictures: list[str], tmp_path: Path) -> None:
    run = tmp_path / "run"
    for steps in ("1", "2"):
        assert main(["train", str(run), "--recipe", recipe, *pictures, "--steps", steps]) == 0
    assert read_state(run / "state.pt")["step"] == 2
    _, learner, widths = begin(recipe)
    before = {name: value.clone() for name, value in learner.state_dict().items()}
    load(learner, widths, run / "weights")
    assert any(not torch.equal(before[name], value) for name, value in learner.state_dict().items())
    assert all(path.stat().st_size <= 6_000_000 for path in (run / "weights").iterdir())


def test_what_a_recipe_has_not_is_refused(pictures: list[str], tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["train", str(tmp_path / "run"), "--recipe", "adain", *pictures, "--color", "3"]) == 2
    assert "has no color; leave it out" in capsys.readouterr().err
