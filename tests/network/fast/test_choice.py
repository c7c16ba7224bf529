"""Which layers get which kernel."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from sanet.network.fast.attention import fused_attention, fused_bfloat16_attention
from sanet.network.fast.choice import (
    Kernels,
    choose_attention,
    choose_convolution,
    choose_multiply,
    choose_transform,
    has_bfloat16,
)
from sanet.network.fast.matmul import multiply_with_onednn
from sanet.network.fast.winograd import WinogradConv2d, transform_rows, transform_tiles


def conv(channels_in, channels_out):
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, padding_mode="reflect")


@pytest.mark.parametrize(
    ("channels", "transform"),
    [
        ((32, 128), None),
        ((64, 64), transform_rows),
        ((128, 128), transform_rows),
        ((64, 256), transform_rows),
        ((128, 256), transform_tiles),
        ((512, 512), transform_tiles),
    ],
)
def test_wide_layers_are_filtered_along_one_side_and_the_widest_along_both(channels, transform):
    assert choose_transform(conv(*channels)) is transform
    assert choose_transform(conv(*channels[::-1])) is transform


def test_narrow_layers_and_what_is_no_convolution_stay():
    for layer in (conv(32, 128), nn.ReLU()):
        assert choose_convolution(layer) is layer
    assert isinstance(choose_convolution(conv(64, 64)), WinogradConv2d)


def test_plain_convolutions_stay():
    layer = conv(64, 64)
    assert choose_convolution(layer, Kernels(convolutions="plain")) is layer


@pytest.mark.parametrize(("products", "expected"), [("blas", F.linear), ("onednn", multiply_with_onednn)])
def test_products_come_from_the_chosen_library(products, expected):
    kernels = Kernels(products)
    assert choose_multiply(kernels) is expected
    assert choose_convolution(conv(64, 64), kernels).multiply is expected
    assert choose_attention(kernels).keywords == {"multiply": expected}


def test_attention_is_fused_where_it_was_chosen():
    assert choose_attention(Kernels(attention="fused")) is fused_attention
    assert choose_attention(Kernels(attention="fused-bfloat16")) is fused_bfloat16_attention


def test_in_bfloat16_convolutions_are_plain():
    layer = conv(64, 64).bfloat16()
    assert choose_convolution(layer) is layer


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"amx_tile": True}, True),
        ({"avx512_bf16": True}, True),
        ({"avx512_bf16": False}, False),
        ({"avx2": True}, False),
    ],
)
def test_bfloat16_is_for_processors_that_multiply_in_it(capabilities, expected, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert has_bfloat16() is expected
