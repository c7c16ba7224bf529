"""Measures by known answers and by literal loops."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from sanet.measures import distances
from sanet.measures.distances import cfsd, gram_distance, ssim
from sanet.methods.gatys import gram


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def literal_ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Wang et al. 2004, Eqs. 13 to 16, of one channel: every window of 11 x 11, borders mirrored."""
    a, b = (np.pad(image, 5, mode="reflect") for image in (a, b))
    line = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.outer(line, line) / np.outer(line, line).sum()
    found = []
    for top in range(a.shape[0] - 10):
        for left in range(a.shape[1] - 10):
            x, y = (image[top : top + 11, left : left + 11] for image in (a, b))
            mx, my = (window * x).sum(), (window * y).sum()
            vx, vy = (window * (x - mx) ** 2).sum(), (window * (y - my) ** 2).sum()
            both = (window * (x - mx) * (y - my)).sum()
            light = (2 * mx * my + 0.01**2) / (mx**2 + my**2 + 0.01**2)
            found.append(light * (2 * both + 0.03**2) / (vx + vy + 0.03**2))
    return float(np.mean(found))


def test_ssim_is_that_of_a_literal_loop():
    a = torch.rand(1, 3, 17, 21)
    b = (0.7 * a + 0.3 * torch.rand_like(a)).clamp(0, 1)
    channels = [literal_ssim(a[0, c].double().numpy(), b[0, c].double().numpy()) for c in range(3)]
    assert ssim(a, b) == pytest.approx(np.mean(channels), abs=1e-4)
    assert ssim(a, b) < 0.97


def test_ssim_of_an_image_with_itself_is_one():
    image = torch.rand(1, 3, 16, 24)
    assert ssim(image, image) == pytest.approx(1.0, abs=1e-6)
    assert ssim(image, 1 - image) < 0


def literal_gram(x: Tensor) -> list[list[float]]:
    _, channels, height, width = x.shape
    found = [[0.0] * channels for _ in range(channels)]
    for i in range(channels):
        for j in range(channels):
            for row in range(height):
                for column in range(width):
                    found[i][j] += float(x[0, i, row, column]) * float(x[0, j, row, column])
            found[i][j] /= height * width
    return found


def test_gram_is_a_double_loop_over_channels():
    x = torch.randn(1, 3, 4, 5)
    torch.testing.assert_close(gram(x), torch.tensor(literal_gram(x)))


def test_gram_distance_is_the_mean_square_of_the_difference_over_layers():
    small, large = torch.randn(1, 2, 4, 5), torch.randn(1, 2, 8, 3)
    a, b = literal_gram(small), literal_gram(large)
    expected = sum((a[i][j] - b[i][j]) ** 2 for i in range(2) for j in range(2)) / 4
    one = torch.eye(3)
    assert gram_distance([gram(small), one], [gram(large), 3 * one]) == pytest.approx(expected + 4 / 3, rel=1e-5)


def literal_cfsd(output: Tensor, content: Tensor) -> float:
    """Position by position: softmax of similarities, then KL(content || output)."""
    o, c = ((x[0].flatten(1).T / x.shape[1] ** 0.5).tolist() for x in (output, content))
    total = 0.0
    for i in range(len(c)):
        p, q = (
            [math.exp(sum(a * b for a, b in zip(map_[i], other, strict=True))) for other in map_] for map_ in (c, o)
        )
        p, q = [x / sum(p) for x in p], [x / sum(q) for x in q]
        total += sum(x * math.log(x / y) for x, y in zip(p, q, strict=True))
    return total / len(c)


@pytest.mark.parametrize("rows", [256, 7])
def test_cfsd_is_that_of_a_literal_loop_in_any_parts(rows: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(distances, "ROWS", rows)
    output, content = torch.randn(2, 1, 6, 4, 5)
    assert cfsd(output, content) == pytest.approx(literal_cfsd(output, content), rel=1e-4)
    assert cfsd(output, content) != pytest.approx(cfsd(content, output), rel=0.01)


def test_cfsd_of_a_map_with_itself_is_zero():
    x = torch.randn(1, 6, 8, 8)
    assert cfsd(x, x) == 0
    assert cfsd(-x, x) == pytest.approx(0, abs=1e-6)  # similarities, not features
