"""Half precision on CUDA against float32 on the CPU, within stated errors. Skipped where there is no CUDA device.

Half has 11 significant bits, 5e-4 relative: convolutions and products err by about that for each layer, statistics and
softmax are in float32. Errors are of maps relative to their deviation, and of pictures on their scale from 0 to 1.
"""

import numpy as np
import pytest
import torch

import sanet
from sanet.engine import stylizer as engine_module
from sanet.engine.stylizer import Stylizer
from sanet.network.attention import SANet, attention
from sanet.network.statistics import mean_variance_norm

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
CUDA = torch.device("cuda")
MAP_ERROR = 0.02  # root mean square
PICTURE_ERROR = 0.01  # mean over all pixels
LARGEST_TILE_ERROR = 0.02  # of one pixel, tiled against whole, both in half


def half():
    return torch.autocast("cuda", dtype=torch.float16)


def error(found, expected):
    """Root mean square difference, relative to the expected deviation."""
    return ((found.float().cpu() - expected).pow(2).mean().sqrt() / expected.std()).item()


def difference(a, b):
    return np.abs(np.asarray(a, dtype=np.float32) - np.asarray(b, dtype=np.float32)) / 255


def test_attention():
    torch.manual_seed(0)
    query, key, value = 0.3 * torch.randn(1, 600, 64), 0.3 * torch.randn(1, 500, 64), torch.randn(1, 500, 64)
    found = attention(query.to(CUDA).half(), key.to(CUDA).half(), value.to(CUDA).half())
    assert error(found, attention(query, key, value)) < MAP_ERROR


def test_statistics_do_not_overflow():
    torch.manual_seed(0)
    x = 3000 * torch.rand(1, 8, 64, 64)  # the sum of squares is beyond the largest half
    assert error(mean_variance_norm(x.to(CUDA).half()), mean_variance_norm(x)) < MAP_ERROR


def test_a_whole_attention_block():
    torch.manual_seed(0)
    block = SANet(64).requires_grad_(False)
    content, style = torch.rand(1, 64, 24, 20), torch.rand(1, 64, 16, 28)
    expected = block(content, style)
    with half():
        found = block.to(CUDA)(content.to(CUDA), style.to(CUDA))
    assert error(found, expected) < MAP_ERROR


@pytest.mark.parametrize("alpha", [1.0, 0.5])
def test_the_whole_model(embedded, noise, alpha):
    content, style = noise(200, 150), noise(120, 160, 1)
    on_gpu = sanet.load("embedded", device="cuda")
    controls = sanet.Controls(alpha=alpha)
    expected = embedded.stylize(content, [style], controls)
    assert difference(on_gpu.stylize(content, [style], controls), expected).mean() < PICTURE_ERROR


def test_tiles(noise, monkeypatch):
    content, style = noise(320, 272), noise(96, 96, 1)
    net = sanet.load("embedded", device="cuda").net
    whole = Stylizer(net, CUDA).stylize(content, [style])
    monkeypatch.setattr(engine_module, "TILE", 128)
    tiled = Stylizer(net, CUDA).stylize(content, [style])
    assert difference(tiled, whole).max() < LARGEST_TILE_ERROR
