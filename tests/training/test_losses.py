"""Every loss term by a known answer."""

from copy import deepcopy
from dataclasses import fields, replace

import pytest
import torch

from sanet.network.distances import content_loss, structure_loss, style_loss
from sanet.network.encoder import Encoder, Features
from sanet.network.model import SANetConfig, StyleTransferNet
from sanet.training.losses import (
    CLOSE,
    FAINT,
    LossWeights,
    Objective,
    color_loss,
    feature_loss,
    identity_losses,
    relative_style_loss,
)
from sanet.training.squeezenet import SqueezeNet
from tests.support.no_waiting import NoWaiting

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


def judged_by_its_own_encoder(loss_network_is_a_copy: bool) -> Objective:
    torch.manual_seed(0)
    net = StyleTransferNet(replace(TINY, upsampling="bilinear"))
    net.encoder.requires_grad_(False)
    judge = deepcopy(net.encoder) if loss_network_is_a_copy else net.encoder
    return Objective(net, judge, LossWeights(), identity_every=2)


def test_an_encoder_that_is_the_judge_gives_the_same_losses_and_gradients():
    content, style = torch.rand(4, 3, 32, 32), torch.rand(4, 3, 32, 32)
    shared, apart = judged_by_its_own_encoder(False), judged_by_its_own_encoder(True)
    found, expected = shared(content, style), apart(content, style)
    assert found.keys() == expected.keys()
    for name, term in found.items():
        torch.testing.assert_close(term, expected[name])
    for module, terms in ((shared, found), (apart, expected)):
        terms["total"].backward()
        assert all(p.grad is None for p in module.net.encoder.parameters())
    weights = zip(shared.net.transform.parameters(), apart.net.transform.parameters(), strict=True)
    for a, b in weights:
        torch.testing.assert_close(a.grad, b.grad)


def test_an_encoder_that_is_the_judge_sees_every_picture_once():
    module = judged_by_its_own_encoder(False)
    seen: list[int] = []
    module.net.encoder.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    module(torch.rand(4, 3, 32, 32), torch.rand(4, 3, 32, 32))
    assert seen == [8, 4 + 4]  # contents and styles; then stylized pictures, and two of each kind as their own style


@pytest.mark.slow
def test_the_objective_is_captured_as_one_graph():
    """What `torch.compile` would otherwise leave to Python between its kernels; with other crops, too."""
    torch.compiler.reset()
    module = judged_by_its_own_encoder(False)
    captured = torch.compile(module, backend="aot_eager", fullgraph=True, dynamic=False)
    for side in (32, 48):
        content, style = torch.rand(2, 3, side, side), torch.rand(2, 3, side, side)
        plain, found = module(content, style), captured(content, style)
        for name, term in plain.items():
            torch.testing.assert_close(found[name], term, rtol=1e-4, atol=1e-5)
    (expected,) = torch.autograd.grad(plain["total"], module.net.transform.merge_conv.weight)
    (gradient,) = torch.autograd.grad(found["total"], module.net.transform.merge_conv.weight)
    torch.testing.assert_close(gradient, expected, rtol=1e-3, atol=1e-5)


def test_the_objective_does_not_wait_for_the_device():
    module = judged_by_its_own_encoder(False)
    with NoWaiting():
        module(torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32))["total"].backward()
