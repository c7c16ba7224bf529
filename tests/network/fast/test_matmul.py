"""oneDNN's products, and whether there are any."""

import pytest
import torch
import torch.nn.functional as F

from sanet.network.fast.matmul import has_onednn, multiply_with_onednn


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("sizes", [(1, 1, 1), (5, 7, 3), (300, 256, 130)])
def test_it_is_the_product(sizes, biased):
    torch.manual_seed(0)
    p, k, n = sizes
    x, weight, bias = torch.randn(p, k), torch.randn(n, k), torch.randn(n) if biased else None
    exact = F.linear(x.double(), weight.double(), None if bias is None else bias.double()).float()
    torch.testing.assert_close(multiply_with_onednn(x, weight, bias), exact, atol=1e-4, rtol=1e-5)


def test_torch_without_onednn_is_known(monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not has_onednn()
