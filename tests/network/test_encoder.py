"""The VGG encoder against plain functional convolutions."""

import pytest
import torch
import torch.nn.functional as F

from sanet.network.encoder import Encoder, Features

CONVS, WIDTHS = (2, 1, 3, 1, 2), (3, 4, 5, 6, 7)


def encoder():
    torch.manual_seed(0)
    return Encoder(CONVS, WIDTHS).requires_grad_(False)


def oracle(net, image):
    """The same network written out: 3x3 convolutions on mirrored borders, pooling that keeps the odd rest."""
    weights = net.state_dict()
    x = torch.einsum("oc,nchw->nohw", weights["rgb_matrix"], image) + weights["rgb_offset"][:, None, None]
    taps = []
    for block, count in enumerate(CONVS, start=1):
        if block > 1:
            odd_w, odd_h = x.shape[3] % 2, x.shape[2] % 2
            x = F.max_pool2d(F.pad(x, (0, odd_w, 0, odd_h), value=float("-inf")), 2)
        for i in range(1, count + 1):
            mirrored = F.pad(x, (1, 1, 1, 1), mode="reflect")
            x = F.conv2d(mirrored, weights[f"conv{block}_{i}.weight"], weights[f"conv{block}_{i}.bias"])
            x = x.clamp(min=0)
            if i == 1:
                taps.append(x.clone())
    return taps


@pytest.mark.parametrize("size", [(32, 32), (48, 64), (33, 47), (37, 35), (101, 66)])
def test_taps_equal_the_oracle(size):
    net, image = encoder(), torch.rand(2, 3, *size)
    net.rgb_matrix.copy_(torch.randn(3, 3))
    net.rgb_offset.copy_(torch.randn(3))
    for name, found, expected in zip(Features._fields, net(image), oracle(net, image), strict=True):
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5, msg=lambda m, name=name: f"{name}: {m}")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((32, 64), [(32, 64), (16, 32), (8, 16), (4, 8), (2, 4)]),
        ((33, 47), [(33, 47), (17, 24), (9, 12), (5, 6), (3, 3)]),
        ((49, 65), [(49, 65), (25, 33), (13, 17), (7, 9), (4, 5)]),
    ],
)
def test_odd_sizes_are_rounded_up(size, expected):
    taps = encoder()(torch.rand(1, 3, *size))
    assert [tuple(tap.shape[2:]) for tap in taps] == expected
    assert [tap.shape[1] for tap in taps] == list(WIDTHS)


def test_the_colour_transform_starts_as_identity_and_is_saved_but_not_trained():
    net = encoder()
    assert torch.equal(net.rgb_matrix, torch.eye(3))
    assert torch.equal(net.rgb_offset, torch.zeros(3))
    assert {"rgb_matrix", "rgb_offset"} <= net.state_dict().keys()
    assert not {"rgb_matrix", "rgb_offset"} & dict(net.named_parameters()).keys()


def test_the_colour_transform_is_applied_before_the_first_convolution():
    net, image = encoder(), torch.rand(1, 3, 32, 32)
    plain = net(image.flip(1) * 255 - 100)
    net.rgb_matrix.copy_(torch.tensor([[0.0, 0.0, 255.0], [0.0, 255.0, 0.0], [255.0, 0.0, 0.0]]))
    net.rgb_offset.fill_(-100)
    torch.testing.assert_close(net(image).relu5_1, plain.relu5_1, atol=1e-3, rtol=1e-4)


def test_taps_are_not_overwritten_by_later_layers():
    net, image = encoder(), torch.rand(1, 3, 32, 32)
    first = F.relu(net.conv1_1(image))
    assert torch.equal(net(image).relu1_1, first)


def test_the_image_is_left_as_it_was():
    net, image = encoder(), torch.rand(1, 3, 32, 32)
    before = image.clone()
    net(image)
    assert torch.equal(image, before)
