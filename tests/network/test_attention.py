"""Attention against literal oracles of the paper's equations."""

import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F

from sanet.network.attention import (
    CHUNK_SCORES,
    PAPER_MOMENTS,
    SANet,
    StyleAttention,
    attention,
    chunked_attention,
    matched_attention,
)
from sanet.network.encoder import Features
from sanet.network.regions import Matching, marked_positions
from sanet.network.statistics import mean_variance_norm, partial_adain
from tests.support.largest import Largest


def literal_norm(x):
    """F-bar of Eq. 1 for (C, H, W), one channel and one position at a time."""
    channels, height, width = x.shape
    out = torch.zeros_like(x)
    for c in range(channels):
        values = [float(x[c, i, j]) for i in range(height) for j in range(width)]
        mean = sum(values) / len(values)
        variance = sum((v - mean) ** 2 for v in values) / (len(values) - 1)
        for i in range(height):
            for j in range(width):
                out[c, i, j] = (float(x[c, i, j]) - mean) / math.sqrt(variance + 1e-5)
    return out


def literal_sanet(block, content, style):
    """Eq. 5 and the residual of Eq. 1 as a double loop over content and style positions; (C, H, W) in and out."""

    def conv1x1(layer, vector):
        return layer.weight[:, :, 0, 0] @ vector + layer.bias

    content_norm, style_norm = literal_norm(content), literal_norm(style)
    out = torch.zeros_like(content)
    for i in range(content.shape[1]):
        for j in range(content.shape[2]):
            query = conv1x1(block.f, content_norm[:, i, j])
            total, summed = 0.0, torch.zeros(content.shape[0], dtype=content.dtype)
            for m in range(style.shape[1]):
                for n in range(style.shape[2]):
                    weight = torch.exp(query @ conv1x1(block.g, style_norm[:, m, n]))
                    summed = summed + weight * conv1x1(block.h, style[:, m, n])
                    total = total + weight
            out[:, i, j] = content[:, i, j] + conv1x1(block.out_conv, summed / total)
    return out


def rows(count, channels=8, batch=1, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, count, channels, generator=generator)


@pytest.mark.parametrize(("content_size", "style_size"), [((4, 5), (3, 6)), ((1, 3), (5, 1)), ((3, 3), (3, 3))])
def test_sanet_is_eq_5_of_the_paper(content_size, style_size):
    torch.manual_seed(0)
    block = SANet(6).double().requires_grad_(False)
    content = torch.randn(6, *content_size, dtype=torch.float64) * 2 + 1
    style = torch.randn(6, *style_size, dtype=torch.float64) * 3 - 1
    found = block(content[None], style[None])[0]
    # The statistics are taken in float32.
    torch.testing.assert_close(found, literal_sanet(block, content, style), atol=1e-5, rtol=1e-5)


def test_sanet_handles_each_image_of_a_batch_by_itself():
    torch.manual_seed(0)
    block = SANet(4).requires_grad_(False)
    content, style = torch.randn(2, 4, 3, 5), torch.randn(2, 4, 4, 2)
    apart = torch.cat([block(content[i : i + 1], style[i : i + 1]) for i in range(2)])
    torch.testing.assert_close(block(content, style), apart)


@pytest.mark.parametrize("chunk_scores", [1, 29, 30, 77, 290, 1000, CHUNK_SCORES])
@pytest.mark.parametrize("batch", [1, 3])
def test_chunked_attention_equals_the_fused_kernel(chunk_scores, batch, monkeypatch):
    monkeypatch.setattr("sanet.network.attention.CHUNK_SCORES", chunk_scores)
    monkeypatch.setattr("sanet.network.attention.LEAST_ROWS", 1)
    query, key, value = rows(53, batch=batch), rows(29, batch=batch, seed=1), rows(29, batch=batch, seed=2)
    fused = F.scaled_dot_product_attention(query[:, None], key[:, None], value[:, None], scale=1.0)[:, 0]
    torch.testing.assert_close(chunked_attention(query, key, value), fused, atol=1e-5, rtol=1e-5)


def test_attention_does_not_scale_the_scores():
    query, key, value = rows(10), rows(12, seed=1), rows(12, seed=2)
    torch.testing.assert_close(attention(query, key, value), (query @ key.mT).softmax(-1) @ value)


def test_attention_to_one_far_best_match_copies_its_value():
    key = torch.eye(4)[None] * 100
    query = torch.eye(4)[[2, 0, 3, 3]][None]
    value = torch.arange(8.0).reshape(1, 4, 2)
    expected = torch.tensor([[[4.0, 5.0], [0.0, 1.0], [6.0, 7.0], [6.0, 7.0]]])
    torch.testing.assert_close(attention(query, key, value), expected)


@pytest.mark.parametrize("batch", [1, 2])
def test_attention_never_makes_the_matrix_of_all_scores(batch):
    query, key, value = rows(4096, batch=batch), rows(3000, batch=batch, seed=1), rows(3000, batch=batch, seed=2)
    with Largest() as largest:
        attention(query, key, value)
    assert largest.numel <= CHUNK_SCORES
    assert CHUNK_SCORES < 4096 * 3000 / 8


def test_a_large_style_is_read_for_several_positions_at_once():
    query, key, value = rows(200), rows(40_000, seed=1), rows(40_000, seed=2)
    with Largest() as largest:
        attention(query, key, value)
    assert largest.numel == 64 * 40_000


def test_attention_of_a_large_image_stays_linear_in_memory():
    torch.manual_seed(0)
    net = StyleAttention(4, (4, 5)).requires_grad_(False)
    low, high = torch.randn(1, 4, 80, 80), torch.randn(1, 4, 40, 40)
    features = Features(*[torch.empty(0)] * 3, low, high)
    with Largest() as largest:
        net(features, features)
    assert largest.numel <= CHUNK_SCORES < 6400 * 6400 / 8


def regions(count, most=3, seed=0):
    return torch.randint(0, most, (count,), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("batch", [1, 2])
def test_matched_attention_is_a_softmax_with_weights_between_regions(share, batch):
    """Literally: each exponential times 1, or 1 - share where the regions differ, over the sum of them."""
    query, key, value = rows(40, batch=batch), rows(60, batch=batch, seed=1), rows(60, batch=batch, seed=2)
    of_query, of_key = regions(40), regions(60, seed=1)
    factors = torch.where(of_query[:, None] == of_key[None], 1.0, 1.0 - share)
    exponentials = (query @ key.mT).double().exp() * factors
    expected = (exponentials / exponentials.sum(dim=2, keepdim=True)) @ value.double()
    found = matched_attention(query, key, value, (of_query, of_key), share)
    torch.testing.assert_close(found, expected.float(), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_one_region_is_plain_attention_bit_for_bit(share):
    query, key, value = rows(300), rows(4000, seed=1), rows(4000, seed=2)
    one = torch.zeros(300, dtype=torch.long), torch.zeros(4000, dtype=torch.long)
    assert torch.equal(matched_attention(query, key, value, one, share), attention(query, key, value))


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_region_that_no_key_has_attends_to_all(share):
    query, key, value = rows(10), rows(12, seed=1), rows(12, seed=2)
    lonely = torch.full((10,), 7), torch.zeros(12, dtype=torch.long)
    assert torch.equal(matched_attention(query, key, value, lonely, share), attention(query, key, value))


def test_matched_attention_multiplies_less():
    products = []

    def counted(a, b):
        products.append(a.shape[0] * a.shape[1] * b.shape[0])
        return F.linear(a, b)

    query, key, value = rows(300), rows(400, seed=1), rows(400, seed=2)
    chunks = partial(chunked_attention, multiply=counted)
    chunks(query, key, value)
    plain, products[:] = sum(products), []
    matched_attention(query, key, value, (regions(300), regions(400, seed=1)), 1.0, attend=chunks)
    assert sum(products) < 0.5 * plain


@pytest.mark.parametrize("levels", [(4,), (5,), (4, 5)])
def test_two_levels_are_summed_on_the_lower_grid_and_merged(levels):
    torch.manual_seed(0)
    net = StyleAttention(4, levels).requires_grad_(False)
    content = Features(*[torch.empty(0)] * 3, torch.randn(1, 4, 6, 8), torch.randn(1, 4, 3, 4))
    style = Features(*[torch.empty(0)] * 3, torch.randn(1, 4, 4, 4), torch.randn(1, 4, 2, 2))
    merged = torch.zeros(1, 4, 6, 8)
    if 4 in levels:
        merged += net.sanet4_1(content.relu4_1, style.relu4_1)
    if 5 in levels:
        merged += net.sanet5_1(content.relu5_1, style.relu5_1).repeat_interleave(2, 2).repeat_interleave(2, 3)
    expected = F.conv2d(F.pad(merged, (1, 1, 1, 1), mode="reflect"), net.merge_conv.weight, net.merge_conv.bias)
    torch.testing.assert_close(net(content, style), expected, atol=1e-6, rtol=1e-5)


def test_the_strength_of_the_raw_style_survives():
    """Since h sees raw features, doubling a style doubles what is added to the content, up to h's bias."""
    torch.manual_seed(0)
    block = SANet(4).requires_grad_(False)
    block.h.bias.zero_()
    block.out_conv.bias.zero_()
    content, style = torch.randn(1, 4, 3, 3), torch.randn(1, 4, 3, 3)
    once, twice = block(content, style) - content, block(content, 2 * style) - content
    torch.testing.assert_close(twice, 2 * once, atol=1e-3, rtol=1e-3)


def test_sanet_moves_the_content_and_what_was_attended():
    torch.manual_seed(0)
    plain, block = SANet(5), SANet(5, (0.2, 0.4, 0.6, 0.8)).requires_grad_(False)
    plain.load_state_dict(block.state_dict())
    plain.requires_grad_(False)
    content, style = torch.randn(2, 5, 3, 4) + 1, torch.randn(2, 5, 4, 5) * 1.2
    query, key = block.f(mean_variance_norm(content)), block.g(mean_variance_norm(style))
    weights = (query.flatten(2).mT @ key.flatten(2)).softmax(dim=-1)  # (N, P, Q)
    attended = (block.h(style).flatten(2) @ weights.mT).reshape(content.shape)
    expected = partial_adain(content, style, 0.2, 0.4)
    expected = expected + block.out_conv(partial_adain(attended, block.h(style), 0.6, 0.8))
    torch.testing.assert_close(block(content, style), expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(plain(content, style), content + block.out_conv(attended), atol=1e-5, rtol=1e-5)


def left_half(width, height):
    """A mask that is white on the left."""
    mask = torch.zeros(1, 1, height, width)
    mask[..., : width // 2] = 1
    return mask


@pytest.mark.parametrize("moments", [PAPER_MOMENTS, (0.5, 0.25, 0.5, 0.25)], ids=["paper", "moments"])
def test_a_part_of_a_style_is_the_style_that_has_nothing_else(moments):
    torch.manual_seed(0)
    block, content, style = SANet(8, moments), torch.randn(1, 8, 6, 5), torch.randn(1, 8, 4, 10)
    part = style[..., :5].contiguous()
    found = block(content, style, seen=left_half(80, 32))
    torch.testing.assert_close(found, block(content, part), atol=1e-5, rtol=1e-5)
    assert (found - block(content, style)).abs().max() > 1e-3


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_regions_are_matched_within_the_part_of_a_style(share):
    torch.manual_seed(0)
    block, content, style = SANet(8), torch.randn(1, 8, 6, 5), torch.randn(1, 8, 4, 10)
    of_content, of_style = torch.randint(0, 3, (6, 5)), torch.randint(0, 3, (4, 10))
    found = block(content, style, matching=Matching(of_content, of_style), share=share, seen=left_half(80, 32))
    matching = Matching(of_content, of_style[:, :5].contiguous())
    expected = block(content, style[..., :5].contiguous(), matching=matching, share=share)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_a_whole_style_is_plain_attention():
    torch.manual_seed(0)
    block, content, style = SANet(8), torch.randn(1, 8, 6, 5), torch.randn(1, 8, 4, 10)
    found = block(content, style, seen=torch.ones(1, 1, 32, 80))
    torch.testing.assert_close(found, block(content, style), atol=1e-6, rtol=1e-6)


def test_of_a_part_that_is_smaller_than_a_position_the_nearest_is_seen():
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 17:20, 2:5] = 1
    assert marked_positions(mask, (4, 4)).nonzero().flatten().tolist() == [8]
    assert marked_positions(mask, (1, 1)).tolist() == [True]
