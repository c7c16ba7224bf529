"""The fused attention: the same as in chunks, without the matrix of all scores."""

import pytest
import torch

from sanet.network.attention import chunked_attention, matched_attention
from sanet.network.fast import attention
from sanet.network.fast.attention import fused_attention, fused_bfloat16_attention
from tests.support.largest import Largest


def rows(count, channels=8, batch=1, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, count, channels, generator=generator)


@pytest.mark.parametrize("piece", [1, 29, 100 * 29, 1 << 20])
@pytest.mark.parametrize("batch", [1, 3])
def test_it_is_attention_in_chunks(piece, batch, monkeypatch):
    monkeypatch.setattr(attention, "PIECE_SCORES", piece)
    monkeypatch.setattr(attention, "LEAST_ROWS", 1)
    query, key, value = rows(53, batch=batch), rows(29, batch=batch, seed=1), rows(29, batch=batch, seed=2)
    torch.testing.assert_close(
        fused_attention(query, key, value), chunked_attention(query, key, value), atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize("key_channels", [8, 9])
def test_it_never_makes_the_matrix_of_all_scores(key_channels):
    query, key, value = rows(2000, key_channels), rows(1500, key_channels, seed=1), rows(1500, seed=2)
    transposed = [x.mT.contiguous().mT for x in (query, key, value)]
    for inputs in ((query, key, value), transposed):
        with Largest() as largest:
            found = fused_attention(*inputs)
        assert largest.numel <= 2000 * 9
        torch.testing.assert_close(found, chunked_attention(query, key, value), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("share", [0.4, 1.0])
def test_regions_are_matched_as_in_chunks(share):
    query, key, value = rows(40), rows(60, seed=1), rows(60, seed=2)
    regions = [torch.arange(count) % 3 for count in (40, 60)]
    expected = matched_attention(query, key, value, regions, share)
    found = matched_attention(query, key, value, regions, share, attend=fused_attention)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_in_bfloat16_scores_are_nearly_those_of_float32():
    query, key, value = 4 * rows(300, 64), rows(200, 64, seed=1), rows(200, 48, seed=2)  # scores of deviation 32
    expected = chunked_attention(query, key, value)
    rounded = chunked_attention(query.bfloat16().float(), key.bfloat16().float(), value)
    found = fused_bfloat16_attention(query, key, value)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=0.02, rtol=0.01)
    assert (found - expected).abs().mean() < (rounded - expected).abs().mean() / 4


def test_it_can_be_stopped_between_pieces(monkeypatch):
    monkeypatch.setattr(attention, "PIECE_SCORES", 1)
    seen = []

    def stop(done):
        seen.append(done)
        if done >= 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fused_attention(rows(4 * attention.LEAST_ROWS), rows(10), rows(10), stop)
    assert seen == [0.0, 0.25, 0.5]
