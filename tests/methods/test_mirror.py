"""Mirrors: sizes on the way back, and what is asked on the way."""

import pytest
import torch
from torch import Tensor

from sanet.methods.mirror import Mirror
from sanet.network.encoder import Encoder

WIDTHS = (3, 4, 5, 6, 7)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("size", [(64, 48), (49, 83)])
def test_an_image_has_its_own_size_again(level: int, size: tuple[int, int]) -> None:
    features = Encoder((1,) * 5, WIDTHS)(torch.rand(1, 3, *size))
    asked = []

    def note(block: int, x: Tensor) -> Tensor:
        asked.append((block, x.shape[1]))
        return x

    image = Mirror(WIDTHS, level)(features[level - 1], size, note)
    assert image.shape == (1, 3, *size)
    assert asked == [(block, WIDTHS[block - 1]) for block in range(level - 1, 0, -1)]


def test_what_is_moved_on_the_way_is_gone_on_with() -> None:
    mirror = Mirror(WIDTHS, 3)
    image = mirror(torch.rand(1, 5, 8, 8), (32, 32), lambda block, x: torch.zeros_like(x))
    torch.testing.assert_close(image, mirror.rgb(torch.zeros(1, 3, 32, 32)))
