"""Means, deviations and what is done with them, by known answers and by their definitions."""

import math

import pytest
import torch

from sanet.network.statistics import mean_and_deviation, mean_variance_norm, partial_adain


def test_norm_of_known_values_uses_unbiased_variance_and_eps():
    x = torch.tensor([1.0, 2.0, 3.0, 6.0]).reshape(1, 1, 2, 2)  # mean 3, unbiased variance 14 / 3
    expected = torch.tensor([-2.0, -1.0, 0.0, 3.0]).reshape(1, 1, 2, 2) / math.sqrt(14 / 3 + 1e-5)
    torch.testing.assert_close(mean_variance_norm(x), expected, atol=1e-7, rtol=1e-6)


def test_norm_of_nearly_constant_values_is_damped_by_eps():
    x = torch.tensor([0.0, 2e-3]).reshape(1, 1, 1, 2)  # unbiased variance 2e-6, below eps
    expected = 1e-3 / math.sqrt(2e-6 + 1e-5)
    torch.testing.assert_close(mean_variance_norm(x).flatten(), torch.tensor([-expected, expected]))


@pytest.mark.parametrize("size", [(1, 1), (3, 4)])
def test_norm_of_constant_channels_is_zero(size):
    x = torch.tensor([7.0, -2.0])[None, :, None, None].expand(1, 2, *size)
    assert torch.equal(mean_variance_norm(x), torch.zeros(1, 2, *size))


def test_norm_keeps_half_precision_but_not_its_overflow():
    x = torch.tensor([0.0, 60000.0]).half().reshape(1, 1, 1, 2)
    normed = mean_variance_norm(x)
    assert normed.dtype == torch.float16
    torch.testing.assert_close(normed.float().flatten(), torch.tensor([-1.0, 1.0]) * 0.5**0.5, atol=1e-3, rtol=0)


def test_each_channel_and_image_is_normalised_by_itself():
    torch.manual_seed(0)
    normed = mean_variance_norm(torch.randn(2, 3, 5, 7) * torch.tensor([1.0, 10.0, 100.0])[:, None, None] + 40)
    torch.testing.assert_close(normed.mean(dim=(2, 3)), torch.zeros(2, 3), atol=1e-5, rtol=0)
    torch.testing.assert_close(normed.var(dim=(2, 3)), torch.ones(2, 3), atol=1e-4, rtol=0)


def row(*values):
    """One channel in a row, (1, 1, 1, W)."""
    return torch.tensor(values)[None, None, None]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((1.0, 0.0), (9.0, 11.0)),
        ((0.25, 0.0), (3.0, 5.0)),
        ((0.0, 1.0), (0.5, 3.5)),
        ((0.0, 0.5), (0.75, 3.25)),
        ((1.0, 1.0), (8.5, 11.5)),
    ],
)
def test_mean_and_deviation_move_by_their_shares(shares, expected):
    """Mean 2 and deviation 1 towards mean 10 and deviation 1.5."""
    moved = partial_adain(row(1.0, 3.0), row(8.5, 11.5), *shares)
    torch.testing.assert_close(moved, row(*expected), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("spread", "expected"), [(100.0, (0.0, 4.0)), (0.0, (1.5, 2.5))])
def test_a_deviation_at_most_doubles_or_halves(spread, expected):
    moved = partial_adain(row(1.0, 3.0), row(-spread, spread), 0.0, 1.0)
    torch.testing.assert_close(moved, row(*expected), atol=1e-4, rtol=0)


def test_a_constant_channel_only_changes_its_mean():
    moved = partial_adain(row(4.0, 4.0), row(0.0, 2.0), 0.5, 1.0)
    torch.testing.assert_close(moved, row(2.5, 2.5))


def test_adain_of_half_precision_do_not_overflow():
    moved = partial_adain(row(0.0, 60000.0).half(), row(0.0, 30000.0).half(), 1.0, 1.0)
    assert moved.dtype == torch.float16
    torch.testing.assert_close(moved.float(), row(0.0, 30000.0), atol=1.0, rtol=1e-3)


def test_shares_of_zero_leave_the_features_alone():
    x = torch.randn(2, 3, 4, 5)
    assert partial_adain(x, x + 1, 0.0, 0.0) is x


def test_each_channel_and_image_moves_to_its_own_counterpart():
    torch.manual_seed(0)
    x, other = torch.randn(2, 3, 4, 5) + 7, torch.randn(2, 3, 6, 2) * 1.5
    moved = partial_adain(x, other, 1.0, 1.0)
    torch.testing.assert_close(moved.mean(dim=(2, 3)), other.mean(dim=(2, 3)), atol=1e-5, rtol=1e-5)
    alone = partial_adain(x[1:, 2:], other[1:, 2:], 1.0, 1.0)
    torch.testing.assert_close(moved[1:, 2:], alone)


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


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_gradient_of_mean_and_deviation_is_that_of_their_definition(layout):
    torch.manual_seed(0)
    x = torch.randn(2, 3, 5, 7).contiguous(memory_format=layout).requires_grad_()
    weights = torch.randn(2, 2, 3)
    var, mean = torch.var_mean(x, dim=(2, 3))
    (expected,) = torch.autograd.grad((weights * torch.stack([mean, (var + 1e-5).sqrt()])).sum(), x)
    (found,) = torch.autograd.grad((weights * torch.stack(mean_and_deviation(x))).sum(), x)
    torch.testing.assert_close(found, expected)
