"""Colour preservation: luma of the result, chroma of the content."""

import pytest
import torch

from sanet.network.color import keep_content_color, luminance


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
