"""The decoder for inference against the plain one."""

import pytest
import torch

from sanet.network.decoder import UPSAMPLING, Decoder
from sanet.network.fast import strips
from sanet.network.fast.choice import Kernels
from sanet.network.fast.decoder import FastDecoder

NARROW, WIDE = (3, 4, 5, 6, 6), (8, 64, 128, 256, 256)


def decoder(widths, upsampling="nearest"):
    torch.manual_seed(0)
    return Decoder(widths, upsampling).requires_grad_(False)


@pytest.mark.parametrize("upsampling", UPSAMPLING)
@pytest.mark.parametrize("size", [(2, 2), (2, 4), (3, 5), (33, 32)])
@pytest.mark.parametrize("widths", [NARROW, WIDE])
def test_it_is_the_plain_decoder(widths, size, upsampling):
    plain, x = decoder(widths, upsampling), torch.randn(2, widths[3], *size)
    torch.testing.assert_close(FastDecoder(plain)(x), plain(x), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("upsampling", UPSAMPLING)
@pytest.mark.parametrize("rows", [1, 3, 8])
def test_strips_change_nothing(rows, upsampling, monkeypatch):
    plain, x = decoder(NARROW, upsampling), torch.randn(1, 6, 26, 6)
    fast, painted = FastDecoder(plain), plain(x)
    monkeypatch.setattr(strips, "WHOLE_BYTES", 0)
    monkeypatch.setattr(strips, "STRIP_BYTES", rows * 2 * 48 * NARROW[0] * 4)
    runs = []
    fast[8].register_forward_hook(lambda *_: runs.append(1))
    torch.testing.assert_close(fast(x), painted, atol=1e-6, rtol=1e-5)
    assert len(runs) > 1


@pytest.mark.parametrize("upsampling", UPSAMPLING)
def test_in_bfloat16_it_is_nearly_the_plain_decoder_and_its_pictures_have_no_coarse_steps(upsampling, monkeypatch):
    monkeypatch.setattr(strips, "WHOLE_BYTES", 0)
    plain, x = decoder(WIDE, upsampling), torch.randn(1, 256, 6, 9)
    expected, found = plain(x), FastDecoder(plain, Kernels(decoder="bfloat16"))(x)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=0.02 * expected.abs().max().item(), rtol=0)
    assert (found != found.bfloat16()).float().mean() > 0.9
    assert {p.dtype for p in plain.parameters()} == {torch.float32}


@pytest.mark.parametrize("upsampling", UPSAMPLING)
def test_there_is_a_stage_for_each_doubling(upsampling):
    fast, x = FastDecoder(decoder(NARROW, upsampling)), torch.randn(1, 6, 3, 5)
    sizes = []
    for stage in fast.stages():
        x = stage(x)
        sizes.append(tuple(x.shape[2:]))
    assert sizes == [(3, 5), (6, 10), (12, 20), (24, 40)]


@pytest.mark.parametrize("upsampling", UPSAMPLING)
def test_parameters_are_shared_at_the_published_places(upsampling):
    plain = decoder(WIDE, upsampling)
    fast = FastDecoder(plain)
    assert fast.radius == plain.radius
    assert fast.state_dict().keys() == plain.state_dict().keys()
    assert all(fast[i].weight is plain[i].weight for i in (1, 5, 8, 11, 14, 18, 21, 25, 28))
