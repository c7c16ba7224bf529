"""Bilinear doubling for compilers against PyTorch's own."""

import pytest
import torch
import torch.nn.functional as F

from sanet.network.layers import upsample_by_slices


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (4, 3)])
def test_doubling_by_slices_is_bilinear_with_the_same_gradient(size):
    x = torch.randn(2, 3, *size, requires_grad=True)
    found, expected = upsample_by_slices(x), F.interpolate(x, scale_factor=2, mode="bilinear")
    torch.testing.assert_close(found, expected)
    weights = torch.randn_like(found)
    (gradient,) = torch.autograd.grad((weights * found).sum(), x)
    (wanted,) = torch.autograd.grad((weights * expected).sum(), x)
    torch.testing.assert_close(gradient, wanted)
