"""The decoder against plain functional convolutions, and its published format."""

import pytest
import torch
import torch.nn.functional as F

from sanet.network.decoder import UPSAMPLING, Decoder

WIDTHS = (3, 4, 5, 6, 6)
INDICES = (1, 5, 8, 11, 14, 18, 21, 25, 28)


def decoder(upsampling="nearest"):
    torch.manual_seed(0)
    return Decoder(WIDTHS, upsampling).requires_grad_(False)


def doubled(x, upsampling):
    """By the definition: a value four times, or between two centres 3/4 of the nearer one and 1/4 of the other."""
    if upsampling == "nearest":
        return x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    for dim in (2, 3):
        ends = x.narrow(dim, 0, 1), x.narrow(dim, x.shape[dim] - 1, 1)
        wide = torch.cat([ends[0], x, ends[1]], dim)
        before, after = wide.narrow(dim, 0, x.shape[dim]), wide.narrow(dim, 2, x.shape[dim])
        x = torch.stack([0.75 * x + 0.25 * before, 0.75 * x + 0.25 * after], dim + 1).flatten(dim, dim + 1)
    return x


@pytest.mark.parametrize("upsampling", UPSAMPLING)
@pytest.mark.parametrize("size", [(2, 2), (3, 5), (6, 4)])
def test_decoder_equals_the_oracle(size, upsampling):
    net, x = decoder(upsampling), torch.randn(2, 6, *size)
    found, weights = net(x), net.state_dict()
    for index in INDICES:
        mirrored = F.pad(x, (1, 1, 1, 1), mode="reflect")
        x = F.conv2d(mirrored, weights[f"{index}.weight"], weights[f"{index}.bias"])
        if index != INDICES[-1]:
            x = x.clamp(min=0)
        if index in {1, 14, 21}:
            x = doubled(x, upsampling)
    assert found.shape == (2, 3, 8 * size[0], 8 * size[1])
    torch.testing.assert_close(found, x, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("upsampling", UPSAMPLING)
def test_convolutions_sit_at_the_published_indices_and_mirror_the_widths(upsampling):
    weights = decoder(upsampling).state_dict()
    shapes = {name: tuple(weight.shape[:2]) for name, weight in weights.items() if "weight" in name}
    out_in = [(5, 6), (5, 5), (5, 5), (5, 5), (4, 5), (4, 4), (3, 4), (3, 3), (3, 3)]
    assert shapes == {f"{index}.weight": shape for index, shape in zip(INDICES, out_in, strict=True)}


def test_colours_are_not_clamped():
    net = decoder()
    net[28].weight.zero_()
    net[28].bias.copy_(torch.tensor([-1.0, 0.5, 2.0]))
    assert net(torch.zeros(1, 6, 2, 2))[0, :, 0, 0].tolist() == [-1.0, 0.5, 2.0]


@pytest.mark.parametrize(("upsampling", "reach"), [("nearest", 30), ("bilinear", 37)])
def test_a_cell_reaches_no_further_than_the_radius(upsampling, reach):
    net, x = decoder(upsampling), torch.zeros(1, 6, 3, 24)
    changed = x.clone()
    changed[..., 12] = 1.0
    columns = (net(x) - net(changed)).abs().amax(dim=(0, 1, 2)).nonzero().flatten()
    assert net.radius == reach
    assert columns.min() >= 12 * 8 - reach
    assert columns.max() <= 12 * 8 + 7 + reach


@pytest.mark.parametrize(("upsampling", "steps"), [("nearest", [0.0, 1.0] * 6), ("bilinear", [0.5] * 12)])
def test_only_nearest_neighbours_leave_a_grid(upsampling, steps):
    """A ramp as the first doubling and a convolution that takes neighbours' differences see it."""
    net = decoder(upsampling)
    net[5].weight.zero_()
    net[5].weight[0, 0, 1] = torch.tensor([-1.0, 1.0, 0.0])
    net[5].bias.zero_()
    ramp = torch.arange(12.0).expand(1, 5, 12, 12)
    assert torch.nn.Sequential(*list(net)[3:6])(ramp)[0, 0, 6, 5:17].tolist() == pytest.approx(steps)
