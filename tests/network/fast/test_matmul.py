"""Products of either library, and who may use the faster."""

import pytest
import torch
import torch.nn.functional as F

from sanet.network.fast import matmul as products
from sanet.network.fast.matmul import onednn_is_faster, product


@pytest.fixture(params=[True, False], ids=["oneDNN", "plain"])
def _either(request, monkeypatch):
    monkeypatch.setattr(products, "onednn_is_faster", lambda: request.param)


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("sizes", [(1, 1, 1), (5, 7, 3), (300, 256, 130)])
def test_it_is_the_product(sizes, biased):
    torch.manual_seed(0)
    p, k, n = sizes
    x, weight, bias = torch.randn(p, k), torch.randn(n, k), torch.randn(n) if biased else None
    exact = F.linear(x.double(), weight.double(), None if bias is None else bias.double()).float()
    torch.testing.assert_close(product(x, weight, bias), exact, atol=1e-4, rtol=1e-5)


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize("trained", [0, 1])
def test_gradients_flow(trained):
    x = [torch.randn(4, 3), torch.randn(5, 3)]
    x[trained].requires_grad_()
    product(*x).sum().backward()
    torch.testing.assert_close(x[trained].grad, x[1 - trained].sum(dim=0).expand(len(x[trained]), 3))


@pytest.mark.usefixtures("_either")
def test_other_types_are_as_ever():
    x, weight = torch.randn(4, 3).bfloat16(), torch.randn(5, 3).bfloat16()
    assert torch.equal(product(x, weight), F.linear(x, weight))


def test_without_onednn_the_plain_product_is_taken(monkeypatch):
    def missing(*_):
        raise AttributeError

    monkeypatch.setattr(products, "_onednn", missing)
    onednn_is_faster.cache_clear()
    assert not onednn_is_faster()
    x = torch.randn(4, 4)
    assert torch.equal(product(x, x), F.linear(x, x))
    onednn_is_faster.cache_clear()
