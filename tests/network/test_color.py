"""Colours: luma of the result under chroma of the content, and one picture in the palette of another."""

import pytest
import torch

from sanet.network.color import keep_content_color, luminance, match_palette, mean_and_covariance


@pytest.mark.parametrize(
    ("rgb", "luma"), [((1, 1, 1), 1), ((1, 0, 0), 0.299), ((0, 1, 0), 0.587), ((0, 0, 1), 0.114), ((0, 0, 0), 0)]
)
def test_luma_of_known_colours(rgb, luma):
    image = torch.tensor(rgb, dtype=torch.float32)[None, :, None, None]
    assert luminance(image).shape == (1, 1, 1, 1)
    assert luminance(image).item() == pytest.approx(luma)


def middling(seed):
    torch.manual_seed(seed)
    return 0.4 + 0.2 * torch.rand(2, 3, 5, 7)


def test_luma_comes_from_the_result_and_chroma_from_the_content():
    result, content = middling(0), middling(1)
    kept = keep_content_color(result, content)
    torch.testing.assert_close(luminance(kept), luminance(result))
    torch.testing.assert_close(kept - luminance(kept), content - luminance(content), atol=1e-6, rtol=0)


def test_a_grey_content_makes_the_result_grey():
    kept = keep_content_color(middling(0), middling(1)[:, :1].expand(-1, 3, -1, -1))
    torch.testing.assert_close(kept, luminance(middling(0)).expand(-1, 3, -1, -1))


def test_known_colour():
    content = torch.tensor([0.5, 0.25, 0.25])[None, :, None, None]  # luma 0.32475
    result = torch.full((1, 3, 1, 1), 0.42475)
    assert keep_content_color(result, content).flatten().tolist() == pytest.approx([0.6, 0.35, 0.35])


def test_colours_stay_in_range():
    kept = keep_content_color(torch.tensor([1.0, 0.0]).reshape(1, 1, 1, 2).expand(1, 3, 1, 2), torch.rand(1, 3, 1, 2))
    assert kept.min() >= 0
    assert kept.max() <= 1


def colored(seed, *, axes=3):
    """Pixels whose colours lie along `axes` directions, (1, 3, 40, 50)."""
    torch.manual_seed(seed)
    pixels = torch.randn(40 * 50, axes) @ torch.randn(axes, 3) * 0.08 + torch.rand(3)
    return pixels.T.reshape(1, 3, 40, 50)


def test_mean_and_covariance_are_those_of_numpy():
    image = colored(0)
    pixels = image[0].flatten(1).double()
    mean, covariance = mean_and_covariance(image)
    torch.testing.assert_close(mean[:, 0], pixels.mean(dim=1), atol=1e-6, rtol=0)
    torch.testing.assert_close(covariance, torch.cov(pixels, correction=0), atol=1e-7, rtol=0)


def test_a_palette_has_mean_and_covariance_of_the_other_picture():
    matched, other = match_palette(colored(0), colored(1)), colored(1)
    for found, wanted in zip(mean_and_covariance(matched), mean_and_covariance(other), strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=0)


def test_the_map_is_linear_symmetric_and_never_turns_a_colour_around():
    """Of all maps between two covariances the one that moves colours least is the symmetric, positive one."""
    image = colored(0)
    before, after = (x[0].flatten(1).double().T for x in (image, match_palette(image, colored(1))))
    found = torch.linalg.lstsq(before - before.mean(dim=0), after - after.mean(dim=0)).solution
    torch.testing.assert_close((before - before.mean(dim=0)) @ found, after - after.mean(dim=0), atol=1e-5, rtol=0)
    torch.testing.assert_close(found, found.T, atol=1e-5, rtol=0)
    assert torch.linalg.eigvalsh(found).min() > 0


def test_channels_that_vary_by_themselves_are_scaled_one_by_one():
    square = torch.tensor([-1.0, -1.0, 1.0, 1.0])
    image = torch.stack([0.1 * square, 0.2 * square[[0, 2, 1, 3]], 0.1 * square[[0, 2, 3, 1]]])[None, :, None] + 0.5
    other = torch.stack([0.2 * square, 0.1 * square[[0, 2, 1, 3]], 0.1 * square[[0, 2, 3, 1]]])[None, :, None] + 0.4
    torch.testing.assert_close(match_palette(image, other), other, atol=1e-6, rtol=0)


def test_a_picture_in_its_own_palette_stays():
    torch.testing.assert_close(match_palette(colored(2), colored(2)), colored(2), atol=1e-5, rtol=0)


def test_noise_of_a_grey_picture_is_not_spread_to_colours():
    torch.manual_seed(3)
    grey = torch.rand(1, 1, 40, 50).expand(-1, 3, -1, -1)
    noise = (torch.rand(1, 3, 40, 50) - 0.5) / 255
    clean, noisy = match_palette(grey, colored(1)), match_palette(grey + noise, colored(1))
    assert (clean - noisy).abs().max() < 0.5
    assert match_palette(torch.full((1, 3, 4, 4), 0.5), colored(1)).std(dim=(2, 3)).max() < 1e-5
