"""Every loss term by a known answer."""

from dataclasses import fields

import pytest
import torch

from sanet.network.encoder import Encoder, Features
from sanet.network.model import SANetConfig, StyleTransferNet
from sanet.training.losses import (
    CLOSE,
    FAINT,
    LossWeights,
    Objective,
    color_loss,
    content_loss,
    feature_loss,
    identity_losses,
    mean_and_deviation,
    relative_style_loss,
    structure_loss,
    style_loss,
)
from sanet.training.squeezenet import SqueezeNet

TINY = SANetConfig(convs=(1, 1, 1, 1, 1), widths=(2, 3, 4, 4, 4))


def features(seed: int, count: int = 2) -> Features:
    torch.manual_seed(seed)
    return Features(*(torch.rand(count, 3, 32 >> i, 32 >> i) for i in range(5)))


def shifted(x: Features, scale: float, offset: float) -> Features:
    return Features(*(scale * tap + offset for tap in x))


def test_paper_weights_follow_the_erratum():
    assert LossWeights() == LossWeights(content=1, style=3, identity_pixels=50, identity_features=1, color=0)


def test_total_is_the_weighted_sum():
    names = [field.name for field in fields(LossWeights)]
    terms = {name: torch.tensor(value) for name, value in zip(names, (2, 3, 5, 7, 4, 6, 8), strict=True)}
    assert LossWeights(*(10**i for i in range(7))).total(terms).item() == 8_647_532


def test_content_loss_ignores_brightness_and_contrast_of_channels():
    x = features(0)
    assert content_loss(shifted(x, 3.0, 5.0), x).item() == pytest.approx(0.0, abs=1e-6)


def test_content_loss_of_opposite_features_is_four_for_each_level():
    x = features(0)
    # Normalised features of mean square (n - 1) / n differ by twice themselves.
    expected = sum(4.0 * (n - 1) / n for n in (x.relu4_1[0, 0].numel(), x.relu5_1[0, 0].numel()))
    assert content_loss(shifted(x, -1.0, 0.0), x).item() == pytest.approx(expected, rel=1e-3)


def test_content_loss_reads_only_the_two_deep_levels():
    x, other = features(0), features(1)
    assert content_loss(x._replace(relu1_1=other.relu1_1, relu3_1=other.relu3_1), x).item() == 0.0


def test_style_loss_counts_means_and_deviations_of_all_five_levels():
    x = features(0)
    assert style_loss(shifted(x, 1.0, 0.5), x).item() == pytest.approx(5 * 0.25, rel=1e-5)
    expected = sum(
        (mean.square().mean() + deviation.square().mean()).item() for mean, deviation in map(mean_and_deviation, x)
    )
    assert style_loss(shifted(x, 2.0, 0.0), x).item() == pytest.approx(expected, rel=1e-3)


def test_style_loss_ignores_where_things_are():
    x = features(0)
    assert style_loss(Features(*(tap.flip(2, 3) for tap in x)), x).item() == pytest.approx(0.0, abs=1e-9)


def test_relative_style_counts_in_units_of_the_untouched_content():
    """A third of the way left to go is a ninth of the squared distance, in each of five layers."""
    style = features(0)
    content, output = shifted(style, 1.0, 3.0), shifted(style, 1.0, 1.0)
    found = relative_style_loss(output, style, content).item()
    assert found == pytest.approx(5 / 9 / (1 + CLOSE), rel=1e-4)
    louder = [shifted(x, 7.0, 0.0) for x in (output, style, content)]
    assert relative_style_loss(*louder).item() == pytest.approx(found, rel=1e-3)


def test_relative_style_counts_near_and_far_pairs_alike():
    style = torch.rand(2, 3, 8, 8)
    away = torch.tensor([1.0, 5.0])[:, None, None, None]
    halfway = relative_style_loss([style + away / 2], [style], [style + away]).item()
    expected = (1 / (1 + CLOSE * 13) + 25 / (25 + CLOSE * 13)) / 2 / 4
    assert halfway == pytest.approx(expected, rel=1e-4)


def test_relative_style_where_content_and_style_agree():
    same = torch.rand(1, 3, 8, 8)
    assert relative_style_loss([same], [same], [same]).isfinite()


def test_color_loss_of_a_tint_on_grey():
    """Red higher by d: d along red, and d / sqrt(2) along the two differences that have red in them."""
    grey = torch.full((1, 3, 8, 8), 0.5)
    tinted = grey + torch.tensor([0.01, 0.0, 0.0])[:, None, None]
    expected = (0.01**2 + 2 * 0.01**2 / 2) / 6
    # Deviations have 1e-5 inside their root.
    assert color_loss(tinted, grey).item() == pytest.approx(expected / (FAINT**2 + 1e-5), rel=1e-3)


def test_color_loss_sees_which_colors_go_together():
    """Red with blue and red against blue: the same means and deviations of red, green and blue."""
    ramp = torch.linspace(0, 1, 64).reshape(1, 1, 8, 8)
    flat = torch.full_like(ramp, 0.5)
    together, against = torch.cat([ramp, flat, ramp], 1), torch.cat([ramp, flat, 1 - ramp], 1)
    assert color_loss(together, together.flip(2, 3)).item() == pytest.approx(0.0, abs=1e-6)
    deviation = ramp.std().item()
    # Only along the difference of red and blue: none, and twice the ramp's over sqrt(2).
    expected = 2 * deviation**2 / (2 * deviation**2 + FAINT**2) / 6
    assert color_loss(together, against).item() == pytest.approx(expected, rel=2e-2)


def test_deviation_of_a_known_channel():
    mean, deviation = mean_and_deviation(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
    assert mean.item() == 2.5
    assert deviation.item() == pytest.approx((5 / 3) ** 0.5, rel=1e-4)


def test_a_single_position_does_not_deviate():
    x = torch.tensor([[[[3.0]]]], requires_grad=True)
    mean, deviation = mean_and_deviation(x)
    assert (mean.item(), deviation.item()) == (3.0, pytest.approx(1e-5**0.5))
    (mean + deviation).sum().backward()
    assert x.grad is not None
    assert x.grad.item() == 1.0


def test_deviation_of_a_flat_channel_has_a_gradient():
    x = torch.ones(1, 1, 4, 4, requires_grad=True)
    mean_and_deviation(x)[1].sum().backward()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()


def test_identity_terms_sum_over_content_and_style():
    images = torch.zeros(2, 3, 8, 8)
    outputs = torch.cat([torch.full((1, 3, 8, 8), 1.0), torch.full((1, 3, 8, 8), 2.0)])
    x = features(0)
    terms = identity_losses(outputs, images, shifted(x, 1.0, 1.0), x)
    assert terms["identity_pixels"].item() == 1.0 + 4.0
    assert terms["identity_features"].item() == pytest.approx(2 * 5.0, rel=1e-5)
    assert feature_loss(x, x).item() == 0.0


def objective(identity_every: int = 1) -> Objective:
    torch.manual_seed(0)
    return Objective(StyleTransferNet(TINY), Encoder((1, 1, 1, 1, 1), (4, 4, 4, 4, 4)), LossWeights(), identity_every)


def test_objective_is_what_the_terms_say():
    """Against the equations written out one picture after another."""
    module = objective()
    torch.manual_seed(1)
    content, style = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)
    terms = module(content, style)
    net, judge = module.net, module.loss_network
    one = torch.ones(1, 1, 1)
    stylized = net.decoder(net.attend(net.encoder(content), net.encoder(style)))
    same_content, same_style = (net.decoder(net.attend(net.encoder(x), net.encoder(x))) for x in (content, style))
    assert torch.allclose(net(content, [style], torch.stack([0 * one, one])[:, 0]), stylized, atol=1e-6)
    pixels = (same_content - content).square().mean() + (same_style - style).square().mean()
    deep = feature_loss(judge(same_content), judge(content)) + feature_loss(judge(same_style), judge(style))
    assert terms["content"].item() == pytest.approx(content_loss(judge(stylized), judge(content)).item(), rel=1e-4)
    assert terms["style"].item() == pytest.approx(style_loss(judge(stylized), judge(style)).item(), rel=1e-4)
    assert terms["identity_pixels"].item() == pytest.approx(pixels.item(), rel=1e-4)
    assert terms["identity_features"].item() == pytest.approx(deep.item(), rel=1e-4)
    assert terms["color"].item() == pytest.approx(color_loss(stylized, style).item(), rel=1e-4)
    assert terms["total"].item() == pytest.approx(LossWeights().total(terms).item())


def test_objective_with_a_second_loss_network():
    torch.manual_seed(0)
    second = SqueezeNet()
    first = objective()
    module = Objective(first.net, first.loss_network, LossWeights(second_content=3.0, second_style=2.0), 1, second)
    content, style = torch.rand(2, 3, 48, 48), torch.rand(2, 3, 48, 48)
    before, terms = first(content, style), module(content, style)
    net = module.net
    stylized = net.decoder(net.attend(net.encoder(content), net.encoder(style)))
    maps, content_maps = second(stylized), second(content)
    structure = structure_loss((maps[2], maps[4]), (content_maps[2], content_maps[4])).item()
    statistics = relative_style_loss(maps, second(style), content_maps).item()
    assert terms["second_content"].item() == pytest.approx(structure, rel=1e-4)
    assert terms["second_style"].item() == pytest.approx(statistics, rel=1e-4)
    assert (before["second_content"].item(), before["second_style"].item()) == (0.0, 0.0)
    assert terms["total"].item() == pytest.approx(before["total"].item() + 3 * structure + 2 * statistics, rel=1e-4)
    terms["total"].backward()
    assert all(p.grad is None for p in second.parameters())


@pytest.mark.parametrize("name", ["second_content", "second_style"])
def test_terms_without_their_network_are_refused(name: str):
    module = objective()
    with pytest.raises(ValueError, match="need a second loss network"):
        Objective(module.net, module.loss_network, LossWeights(**{name: 2.0}))


def test_objective_trains_the_network_and_not_the_loss_network():
    module = objective()
    module(torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32))["total"].backward()
    assert all(p.grad is None for p in module.loss_network.parameters())
    assert all(p.grad is not None for p in module.net.parameters())


def test_identity_of_every_second_pair():
    module = objective(identity_every=2)
    torch.manual_seed(1)
    content, style = torch.rand(4, 3, 32, 32), torch.rand(4, 3, 32, 32)
    half = objective()(content[::2], style[::2])
    terms = module(content, style)
    assert terms["identity_pixels"].item() == pytest.approx(half["identity_pixels"].item(), rel=1e-4)
    assert terms["identity_features"].item() == pytest.approx(half["identity_features"].item(), rel=1e-4)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_gradient_of_the_statistics_is_that_of_their_definition(layout: torch.memory_format):
    torch.manual_seed(0)
    x = torch.randn(2, 3, 5, 7).contiguous(memory_format=layout).requires_grad_()
    weights = torch.randn(2, 2, 3)
    var, mean = torch.var_mean(x, dim=(2, 3))
    (expected,) = torch.autograd.grad((weights * torch.stack([mean, (var + 1e-5).sqrt()])).sum(), x)
    (found,) = torch.autograd.grad((weights * torch.stack(mean_and_deviation(x))).sum(), x)
    torch.testing.assert_close(found, expected)
