"""The first values of fresh weights."""

import pytest
import torch

from sanet.network.encoder import Features
from sanet.network.model import SANetConfig, StyleTransferNet
from sanet.training import start
from sanet.training.start import GREY, STYLE, set_first_weights

CONFIG = SANetConfig(convs=(1, 1, 1, 1, 1), widths=(8, 8, 16, 256, 256))


def features(seed: int) -> Features:
    generator = torch.Generator().manual_seed(seed)
    nothing = torch.empty(0)
    four, five = (torch.randn(1, 256, side, side, generator=generator).relu() for side in (8, 4))
    return Features(nothing, nothing, nothing, four, five)


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> StyleTransferNet:
    monkeypatch.setattr(start, "NOISE", 0.0)
    net = StyleTransferNet(CONFIG)
    set_first_weights(net)
    return net.requires_grad_(False)


def test_a_picture_finds_itself(net):
    """As its own style every position attends to itself, and comes out larger by the style's share."""
    x = features(0)
    found = net.transform.sanet4_1(x.relu4_1, x.relu4_1)
    torch.testing.assert_close(found, (1 + STYLE) * x.relu4_1, rtol=1e-3, atol=1e-3)


def test_content_passes_and_style_is_added(net):
    content, style = features(0), features(1)
    added = (net.transform.sanet4_1(content.relu4_1, style.relu4_1) - content.relu4_1) / STYLE
    assert added.mean() == pytest.approx(float(style.relu4_1.mean()), rel=0.1)


def test_the_decoder_begins_with_grey_pictures_that_differ(net):
    x = features(0)
    picture = net.decoder(net.attend(x, x))
    assert picture.mean() == pytest.approx(GREY, abs=0.2)
    assert 0.01 < picture.std() < 0.5


def test_channels_are_not_all_alike():
    net = StyleTransferNet(CONFIG)
    set_first_weights(net)
    assert net.transform.sanet4_1.f.weight.flatten(1).std(dim=1).min() > 0
    assert (net.transform.sanet4_1.f.weight != net.transform.sanet4_1.g.weight).any()
