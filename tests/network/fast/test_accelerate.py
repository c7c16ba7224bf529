"""The network for inference: the same pictures, the same weights, and nothing that depends on it."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from sanet.checkpoints.load import load_network, save_network
from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture
from sanet.image.region_presets import preset_masks
from sanet.network.attention import attention
from sanet.network.fast import accelerate
from sanet.network.fast.choice import OFFERED, Kernels
from sanet.network.fast.encoder import FastEncoder
from sanet.network.model import SANetConfig
from sanet.paths import EXAMPLES, ROOT

CPU = torch.device("cpu")
PAINT = """
import sys
import torch
from sanet.checkpoints.load import load_network
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture
from sanet.image.save import save_picture
import sanet.training.recipes

folder, content, style, out = sys.argv[1:]
engine = Stylizer(load_network(folder), torch.device("cpu"))
print(type(engine.net.encoder).__name__)
save_picture(engine.stylize(open_picture(content), [open_picture(style)]), out)
"""


def difference(a, b):
    """Largest difference of two pictures in levels of 255."""
    assert a.size == b.size
    return int(np.abs(np.asarray(a).astype(int) - np.asarray(b)).max())


def mean_difference(a, b):
    """The mean difference of two pictures in levels of 255."""
    return float(np.abs(np.asarray(a).astype(int) - np.asarray(b)).mean())


@pytest.mark.slow
@pytest.mark.parametrize("side", [128, 301])
@pytest.mark.parametrize(
    "controls",
    [
        Controls(),
        Controls(alpha=0.0),
        Controls(alpha=0.6, mix=(1, 3), keep_color=True),
        Controls(alpha=0.9, masks=tuple(preset_masks("Left / right", (64, 64), 2))),
    ],
)
def test_plain_and_fast_pictures_differ_by_a_level_at_most(controls, side):
    content = open_picture(EXAMPLES / "content" / "astronaut.jpg")
    styles = [open_picture(EXAMPLES / "style" / name) for name in ("starry-night.jpg", "poppies.jpg")]
    fast, plain = (Stylizer(load_network("embedded"), CPU) for _ in range(2))
    plain.net = load_network("embedded").eval().requires_grad_(False)
    assert isinstance(fast.net.encoder, FastEncoder)
    pictures = [engine.stylize(content, styles, controls, side) for engine in (plain, fast)]
    assert difference(*pictures) <= 1


@pytest.mark.slow
def test_an_engine_works_without_the_folder(random_net, noise, tmp_path):
    net, content, style = random_net(), noise(70, 41), noise(48, 48, 1)
    save_network(net, tmp_path / "net", half=False)
    expected = Stylizer(net, CPU).stylize(content, [style])
    shutil.copytree(ROOT / "sanet", tmp_path / "sanet", ignore=shutil.ignore_patterns("fast", "web"))
    paths = [tmp_path / name for name in ("net", "content.png", "style.png", "out.png")]
    content.save(paths[1])
    style.save(paths[2])
    run = [sys.executable, "-c", PAINT, *map(str, paths)]
    said = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert said.split() == ["Encoder"]
    assert difference(Image.open(paths[3]), expected) <= 1


def test_the_given_network_stays_as_it_is_and_shares_its_weights(random_net):
    net = random_net()
    modules = [type(module) for module in net.modules()]
    fast = accelerate(net)
    assert [type(module) for module in net.modules()] == modules
    shared = dict(fast.named_parameters())
    assert {name: p.data_ptr() for name, p in net.named_parameters()} == {n: p.data_ptr() for n, p in shared.items()}
    assert fast.state_dict().keys() == net.state_dict().keys()
    assert net.transform.sanet4_1.attend is attention


@pytest.mark.slow
def test_in_bfloat16_pictures_differ_by_a_level_on_average_and_12_at_most():
    content = open_picture(EXAMPLES / "content" / "astronaut.jpg")
    style = open_picture(EXAMPLES / "style" / "starry-night.jpg")
    engine, rounded = (Stylizer(load_network("embedded"), CPU) for _ in range(2))
    kernels = Kernels(attention="fused-bfloat16", decoder="bfloat16")
    rounded.net = accelerate(load_network("embedded").eval().requires_grad_(False), kernels)
    pictures = [painter.stylize(content, [style], max_side=256) for painter in (engine, rounded)]
    assert 0 < mean_difference(*pictures) <= 1
    assert difference(*pictures) <= 12


@pytest.fixture
def painting(random_net):
    """A network, with one picture and what it makes of it."""
    net = random_net(SANetConfig(convs=(1, 1, 1, 1, 1), widths=(4, 4, 64, 64, 64)))
    given = torch.rand(1, 3, 272, 288), [torch.rand(1, 3, 256, 32)], torch.tensor([0.0, 1.0])[:, None, None]
    return net, given, net(*given)


@pytest.mark.parametrize("attention", ["chunks", "fused"])
@pytest.mark.parametrize("convolutions", OFFERED["convolutions"])
@pytest.mark.parametrize("products", OFFERED["products"])
def test_the_picture_is_the_same_with_all_kernels(painting, products, attention, convolutions):
    net, given, expected = painting
    found = accelerate(net, Kernels(products, attention, convolutions))(*given)
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-3)


def test_the_picture_is_nearly_the_same_with_attention_in_bfloat16(painting):
    net, given, expected = painting
    found = accelerate(net, Kernels(attention="fused-bfloat16"))(*given)
    assert (found - expected).abs().mean() < 0.02 * expected.std()


def test_it_can_be_done_twice(random_net):
    fast = accelerate(random_net())
    image, style, only_style = torch.rand(1, 3, 48, 32), torch.rand(1, 3, 32, 32), torch.tensor([0.0, 1.0])
    once, twice = (net(image, [style], only_style[:, None, None]) for net in (fast, accelerate(fast)))
    assert torch.equal(once, twice)
