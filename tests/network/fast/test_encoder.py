"""The encoder for inference against the plain one."""

import pytest
import torch

from sanet.network.encoder import Encoder
from sanet.network.fast import strips
from sanet.network.fast.encoder import FastEncoder

WIDTHS = (4, 64, 64, 128, 256)


def encoder(convs=(2, 2, 3, 3, 1)):
    torch.manual_seed(0)
    return Encoder(convs, WIDTHS).requires_grad_(False)


@pytest.mark.parametrize("convs", [(2, 2, 3, 3, 1), (1, 2, 4, 4, 1)])
@pytest.mark.parametrize("size", [(32, 32), (48, 64), (144, 160)])
def test_the_taps_of_attention_are_the_plain_ones(convs, size):
    plain, image = encoder(convs), torch.rand(2, 3, *size)
    plain.rgb_matrix.copy_(torch.randn(3, 3))
    expected, found = plain(image), FastEncoder(plain)(image)
    torch.testing.assert_close(found.relu4_1, expected.relu4_1, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.relu5_1, expected.relu5_1, atol=1e-5, rtol=1e-4)
    assert found.relu1_1.numel() == found.relu2_1.numel() == found.relu3_1.numel() == 0


@pytest.mark.parametrize("rows", [1, 3, 8])
def test_strips_are_as_high_as_they_should_be_and_change_nothing(rows, monkeypatch):
    plain, image = encoder(), torch.rand(1, 3, 208, 48)
    whole, fast = plain(image), FastEncoder(plain)
    monkeypatch.setattr(strips, "WHOLE_BYTES", 0)
    monkeypatch.setattr(strips, "STRIP_BYTES", rows * 2 * 48 * WIDTHS[0] * 4)
    heights: list[int] = []
    fast.conv1_1.register_forward_pre_hook(lambda module, args: heights.append(args[0].shape[2]))
    found = fast(image)
    assert max(heights) == 2 * rows + 4
    torch.testing.assert_close(found.relu4_1, whole.relu4_1, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.relu5_1, whole.relu5_1, atol=1e-5, rtol=1e-4)


def test_parameters_are_shared_under_their_names():
    plain = encoder()
    fast = FastEncoder(plain)
    assert fast.state_dict().keys() == plain.state_dict().keys()
    assert fast.conv1_1.weight is plain.conv1_1.weight
    assert fast.conv5_1.bias is plain.conv5_1.bias
    assert fast.radius == plain.radius
