"""Strips of rows against the whole map."""

from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from sanet.network.fast import strips
from sanet.network.fast.strips import by_strips

HALVE = nn.Sequential(nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect"), nn.MaxPool2d(2)).requires_grad_(False)
DOUBLE = nn.Sequential(
    nn.Upsample(scale_factor=2), nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect")
).requires_grad_(False)


@pytest.mark.parametrize(("local", "scale"), [(HALVE, Fraction(1, 2)), (DOUBLE, Fraction(2))])
@pytest.mark.parametrize("rows", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("batch", [1, 2])
def test_strips_are_the_whole(local, scale, rows, batch, monkeypatch):
    torch.manual_seed(0)
    x = torch.randn(batch, 2, 14, 8)
    monkeypatch.setattr(strips, "WHOLE_BYTES", 0)
    monkeypatch.setattr(strips, "STRIP_BYTES", rows * batch * 2 * 3 * max(8, int(8 * scale)) * 4)
    heights = []

    def note(x):
        heights.append(x.shape[2])
        return local(x)

    torch.testing.assert_close(by_strips(note, x, scale, 1, 3), local(x))
    cells = 7 if scale < 1 else 14
    assert len(heights) == -(-cells // rows)


def test_a_small_map_stays_whole():
    heights = []

    def note(x):
        heights.append(x.shape[2])
        return F.max_pool2d(x, 2)

    by_strips(note, torch.randn(1, 2, 64, 8), Fraction(1, 2), 1, 2)
    assert heights == [64]
