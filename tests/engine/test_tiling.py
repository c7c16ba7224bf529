"""Tiled against whole, for sizes that do and do not divide, and how the work is reported and stopped."""

import pytest
import torch

from sanet.engine.tiling import decode_tiled, encode_tiled, spans
from sanet.network.decoder import UPSAMPLING, Decoder
from sanet.network.encoder import Encoder
from sanet.network.fast.decoder import FastDecoder
from sanet.network.fast.encoder import FastEncoder
from sanet.network.model import PRESETS
from sanet.progress import unreported

WIDTHS = (4, 5, 6, 7, 7)


@pytest.mark.parametrize("convs", [(2, 2, 3, 3, 1), (2, 2, 4, 4, 1)])
@pytest.mark.parametrize("size", [(160, 272), (320, 64), (48, 336)])
@pytest.mark.parametrize("kind", [lambda plain: plain, FastEncoder], ids=["plain", "fast"])
def test_tiled_encoding_equals_whole(kind, convs, size):
    torch.manual_seed(0)
    encoder = kind(Encoder(convs, WIDTHS).requires_grad_(False))
    image = torch.rand(1, 3, *size)
    whole, tiled = encoder(image), encode_tiled(encoder, image, 64, unreported)
    torch.testing.assert_close(tiled.relu4_1, whole.relu4_1, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(tiled.relu5_1, whole.relu5_1, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("upsampling", UPSAMPLING)
@pytest.mark.parametrize("size", [(20, 34), (40, 8), (6, 42)])
@pytest.mark.parametrize("kind", [lambda plain: plain, FastDecoder], ids=["plain", "fast"])
def test_tiled_decoding_equals_whole(kind, size, upsampling):
    torch.manual_seed(0)
    decoder = kind(Decoder(WIDTHS, upsampling).requires_grad_(False))
    mixed = torch.randn(1, 7, *size)
    torch.testing.assert_close(decode_tiled(decoder, mixed, 64, unreported), decoder(mixed), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", ["compact", "vgg16", "vgg19"])
def test_the_radius_is_what_relu5_1_sees(name):
    encoder = Encoder(PRESETS[name].convs, WIDTHS).requires_grad_(False)
    for convolution in encoder.children():
        torch.nn.init.ones_(convolution.weight)
    reaches = []
    for x in range(256, 272):  # every place within a cell
        image = torch.zeros(1, 3, 32, 512)
        changed = image.clone()
        changed[..., x] = 1.0
        cells = (encoder(image).relu5_1 != encoder(changed).relu5_1).any(dim=2).flatten(0, 1).any(dim=0).nonzero()
        reaches += [x - (16 * int(cells.min()) + 15), 16 * int(cells.max()) - x]
    assert max(reaches) == encoder.radius


def test_spans_cover_every_position_once():
    found = spans(100, 32, 8)
    assert [(s.start, s.stop) for s in found] == [(0, 32), (32, 64), (64, 96), (96, 100)]
    assert [(s.outer_start, s.outer_stop) for s in found] == [(0, 40), (24, 72), (56, 100), (88, 100)]


def test_progress_comes_before_each_tile_and_can_stop_the_work():
    encoder = Encoder((1, 1, 1, 1, 1), WIDTHS).requires_grad_(False)
    seen: list[float] = []

    def stop_at_half(fraction: float) -> None:
        seen.append(fraction)
        if fraction >= 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        encode_tiled(encoder, torch.rand(1, 3, 64, 128), 32, stop_at_half)
    assert seen == [0, 1 / 8, 2 / 8, 3 / 8, 4 / 8]
