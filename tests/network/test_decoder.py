"""The decoder against plain functional convolutions, and its published layout."""

import pytest
import torch
import torch.nn.functional as F

from sanet.network.decoder import Decoder

WIDTHS = (3, 4, 5, 6, 6)
INDICES = (1, 5, 8, 11, 14, 18, 21, 25, 28)


def decoder():
    torch.manual_seed(0)
    return Decoder(WIDTHS).requires_grad_(False)


@pytest.mark.parametrize("size", [(2, 2), (3, 5), (6, 4)])
def test_decoder_equals_the_oracle(size):
    net, x = decoder(), torch.randn(2, 6, *size)
    found, weights = net(x), net.state_dict()
    for index in INDICES:
        mirrored = F.pad(x, (1, 1, 1, 1), mode="reflect")
        x = F.conv2d(mirrored, weights[f"{index}.weight"], weights[f"{index}.bias"])
        if index != INDICES[-1]:
            x = x.clamp(min=0)
        if index in {1, 14, 21}:
            x = x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    assert found.shape == (2, 3, 8 * size[0], 8 * size[1])
    torch.testing.assert_close(found, x, atol=1e-6, rtol=1e-5)


def test_convolutions_sit_at_the_published_indices_and_mirror_the_widths():
    shapes = {name: tuple(weight.shape[:2]) for name, weight in decoder().state_dict().items() if "weight" in name}
    out_in = [(5, 6), (5, 5), (5, 5), (5, 5), (4, 5), (4, 4), (3, 4), (3, 3), (3, 3)]
    assert shapes == {f"{index}.weight": shape for index, shape in zip(INDICES, out_in, strict=True)}


@pytest.mark.parametrize("size", [(2, 2), (2, 4), (3, 5)])
def test_the_stages_are_the_decoder(size):
    net, x = decoder(), torch.randn(2, 6, *size)
    stages, found = net.stages(), x
    for stage in stages:
        found = stage(found)
    assert len(stages) == 4
    torch.testing.assert_close(found, net(x), atol=1e-6, rtol=1e-5)


def test_colours_are_not_clamped():
    net = decoder()
    net[28].weight.zero_()
    net[28].bias.copy_(torch.tensor([-1.0, 0.5, 2.0]))
    assert net(torch.zeros(1, 6, 2, 2))[0, :, 0, 0].tolist() == [-1.0, 0.5, 2.0]


def test_a_cell_reaches_at_most_30_pixels_beyond_its_own():
    net, x = decoder(), torch.zeros(1, 6, 3, 24)
    changed = x.clone()
    changed[..., 12] = 1.0
    columns = (net(x) - net(changed)).abs().amax(dim=(0, 1, 2)).nonzero().flatten()
    assert columns.min() >= 12 * 8 - 30
    assert columns.max() <= 12 * 8 + 7 + 30
