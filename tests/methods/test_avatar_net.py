"""Avatar-Net: the style decorator against a literal one, and what it makes of a style itself."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.methods import avatar_net
from sanet.methods.adain import adain
from sanet.methods.avatar_net import decorate, style_fusion
from sanet.methods.wct import colored, whitened
from sanet.network.encoder import Features
from tests.methods.maps import random_map


def literal(content: Tensor, style: Tensor, side: int) -> Tensor:
    """Patches of whitened maps compared one by one, and their overlaps averaged."""
    seen, source = whitened(content)[0], whitened(style)[0]
    rows, columns = (length - side + 1 for length in source.shape[1:])
    patches = [source[:, y : y + side, x : x + side] for y in range(rows) for x in range(columns)]
    total, count = torch.zeros_like(seen), torch.zeros_like(seen)
    for y in range(seen.shape[1] - side + 1):
        for x in range(seen.shape[2] - side + 1):
            own = seen[:, y : y + side, x : x + side]
            scores = [F.cosine_similarity(own.flatten(), patch.flatten(), dim=0) for patch in patches]
            total[:, y : y + side, x : x + side] += patches[int(torch.stack(scores).argmax())]
            count[:, y : y + side, x : x + side] += 1
    return colored((total / count)[None], style)


@pytest.mark.parametrize("at_once", [avatar_net.AT_ONCE, 40])
def test_each_patch_becomes_the_styles_that_is_most_like_it(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(avatar_net, "AT_ONCE", at_once)
    content, style = random_map(4, 8, 7), random_map(4, 7, 9)
    torch.testing.assert_close(decorate(content, style), literal(content, style, 5), atol=1e-4, rtol=1e-4)


def test_a_style_in_its_own_style_stays() -> None:
    style = random_map(5, 9, 8)
    torch.testing.assert_close(decorate(style, style), style, atol=1e-4, rtol=1e-4)


def test_maps_smaller_than_a_patch_are_matched_whole() -> None:
    content, style = random_map(3, 4, 4), random_map(3, 6, 7)
    torch.testing.assert_close(decorate(content, style), literal(content, style, 4), atol=1e-4, rtol=1e-4)


def test_a_map_takes_the_moments_of_its_block_by_a_share() -> None:
    content, style = (Features(*(random_map(3, 8, 8) for _ in Features._fields)) for _ in range(2))
    x = random_map(3, 6, 6)
    of_content, of_style = adain(x, content.relu2_1), adain(x, style.relu2_1)
    torch.testing.assert_close(style_fusion(content, style)(2, x), of_style)
    torch.testing.assert_close(style_fusion(content, style, 0.0)(2, x), of_content)
    torch.testing.assert_close(style_fusion(content, style, 0.5)(2, x), (of_content + of_style) / 2)
