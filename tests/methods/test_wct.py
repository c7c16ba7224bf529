"""Whitening and colouring: the moments that were asked for come out."""

import pytest
import torch

from sanet.methods.wct import colored, whitened, whitening_and_coloring
from sanet.network.encoder import Encoder
from tests.methods.maps import covariance, random_map


def test_the_result_has_the_styles_mean_and_covariance() -> None:
    content, style = random_map(6, 9, 7), random_map(6, 5, 11) * 3 + 1
    found = whitening_and_coloring(content, style)
    assert found.shape == content.shape
    torch.testing.assert_close(found.mean((2, 3)), style.mean((2, 3)), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(covariance(found), covariance(style), atol=1e-5, rtol=1e-5)


def test_a_map_in_its_own_style_stays() -> None:
    content = random_map(6, 9, 7)
    torch.testing.assert_close(whitening_and_coloring(content, content), content, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("alpha", [0.0, 0.25])
def test_strength_goes_from_the_content_to_the_style(alpha: float) -> None:
    content, style = random_map(4, 6, 6), random_map(4, 8, 3)
    wanted = torch.lerp(content, whitening_and_coloring(content, style), alpha)
    torch.testing.assert_close(whitening_and_coloring(content, style, alpha), wanted, atol=1e-5, rtol=1e-5)


def test_channels_that_never_fire_stay_out() -> None:
    content, style = random_map(4, 6, 6), random_map(4, 8, 3)
    content[:, 1] = 0
    style[:, 2] = 0
    found = whitening_and_coloring(content, style)
    assert torch.isfinite(found).all()
    torch.testing.assert_close(found[:, 2], torch.zeros_like(found[:, 2]), atol=1e-5, rtol=0)


def test_what_is_whitened_has_the_identity_for_covariance_and_can_be_colored() -> None:
    content, style = random_map(5, 9, 9), random_map(5, 7, 8)
    plain = whitened(content)
    torch.testing.assert_close(covariance(plain), torch.eye(5), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(covariance(colored(plain, style)), covariance(style), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(colored(whitened(style), style), style, atol=1e-5, rtol=1e-5)


def test_five_levels_follow_each_other_from_coarse_to_fine() -> None:
    encoder, asked = Encoder((1,) * 5, (3, 4, 5, 6, 6)).eval(), []

    class Recorded:
        def __init__(self, level: int) -> None:
            self.level = level

        def __call__(self, x: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
            asked.append((self.level, x.shape[1], size))
            return torch.full((1, 3, *size), 0.1 * self.level)

    from sanet.methods.wct import stylize

    with torch.inference_mode():
        image = stylize(encoder, Recorded, torch.rand(1, 3, 48, 32), torch.rand(1, 3, 32, 64))
    assert asked == [(level, width, (48, 32)) for level, width in ((5, 6), (4, 6), (3, 5), (2, 4), (1, 3))]
    torch.testing.assert_close(image, torch.full((1, 3, 48, 32), 0.1))
