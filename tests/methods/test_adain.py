"""AdaIN: the style's moments come out."""

import torch

from sanet.methods.adain import adain, stylize
from sanet.network.encoder import Encoder
from tests.methods.maps import random_map


def test_the_result_has_the_styles_means_and_deviations() -> None:
    content, style = random_map(6, 9, 7), random_map(6, 5, 11) * 3 + 1
    found = adain(content, style)
    torch.testing.assert_close(found.mean((2, 3)), style.mean((2, 3)), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found.std((2, 3)), style.std((2, 3)), atol=1e-4, rtol=1e-4)


def test_strength_mixes_the_maps_before_they_are_decoded() -> None:
    encoder = Encoder((1,) * 5, (3, 4, 5, 6, 6)).eval()
    content, style = torch.rand(2, 1, 3, 64, 32)
    with torch.inference_mode():
        plain, moved, half = (stylize(encoder, torch.nn.Identity(), content, style, a) for a in (0.0, 1.0, 0.5))
        found, target = encoder(content).relu4_1, encoder(style).relu4_1
    torch.testing.assert_close(plain, found)
    torch.testing.assert_close(moved, adain(found, target))
    torch.testing.assert_close(half, (plain + moved) / 2)
