"""oneDNN's products, and when they are taken."""

import pytest
import torch
import torch.nn.functional as F

from sanet.network.fast import matmul
from sanet.network.fast.matmul import multiply_with_onednn, onednn_is_faster


@pytest.fixture
def _measured_anew():
    onednn_is_faster.cache_clear()
    yield
    onednn_is_faster.cache_clear()


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("sizes", [(1, 1, 1), (5, 7, 3), (300, 256, 130)])
def test_it_is_the_product(sizes, biased):
    torch.manual_seed(0)
    p, k, n = sizes
    x, weight, bias = torch.randn(p, k), torch.randn(n, k), torch.randn(n) if biased else None
    exact = F.linear(x.double(), weight.double(), None if bias is None else bias.double()).float()
    torch.testing.assert_close(multiply_with_onednn(x, weight, bias), exact, atol=1e-4, rtol=1e-5)


@pytest.mark.usefixtures("_measured_anew")
@pytest.mark.parametrize("faster", [True, False])
def test_the_faster_one_is_known_by_its_time(faster, monkeypatch):
    seconds = {multiply_with_onednn: 1.0 if faster else 2.0, F.linear: 1.5}
    monkeypatch.setattr(matmul, "_measure", lambda multiply, x: seconds[multiply])
    assert onednn_is_faster() == faster


@pytest.mark.usefixtures("_measured_anew")
def test_torch_without_onednn_has_no_faster_one(monkeypatch):
    def missing(*_):
        raise AttributeError

    monkeypatch.setattr(matmul, "multiply_with_onednn", missing)
    assert not onednn_is_faster()
