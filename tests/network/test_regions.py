"""Regions that content and style have in common: found without being told, each with its like."""

import pytest
import torch

from sanet.network.regions import MOST, SMALLEST, Matching, k_means, match_regions


def patches(layout, channels=16, seed=0):
    """Features that have one direction for each letter of `layout`, rows of words, and a little noise, 8 x 8 each."""
    letters = sorted(set("".join(layout)))
    directions = {letter: torch.eye(channels)[ord(letter) - ord("a")] for letter in letters}
    rows = [torch.cat([directions[letter].expand(8, 8, -1) for letter in row], dim=1) for row in layout]
    grid = torch.cat(rows).permute(2, 0, 1)[None]
    return grid + 0.05 * torch.randn(grid.shape, generator=torch.Generator().manual_seed(seed))


def cells(labels):
    """The number of each patch; all of its positions have the same."""
    blocks = labels.unfold(0, 8, 8).unfold(1, 8, 8)
    assert (blocks == blocks[..., :1, :1]).all()
    return blocks[..., 0, 0]


def test_likes_find_each_other_wherever_they_lie():
    matching = match_regions(patches(["ab", "cd"]), patches(["dcab"], seed=1))
    content, style = cells(matching.content).flatten().tolist(), cells(matching.style).flatten().tolist()
    assert len(set(content)) == 4
    assert [content[i] for i in (3, 2, 0, 1)] == style


def test_what_the_style_lacks_goes_to_what_it_has():
    matching = match_regions(patches(["ab", "ac"]), patches(["ab", "ba"], seed=1))
    assert set(matching.content.unique().tolist()) <= set(matching.style.unique().tolist())


@pytest.mark.parametrize("seed", range(5))
def test_every_region_of_the_content_is_in_the_style(seed):
    generator = torch.Generator().manual_seed(seed)
    matching = match_regions(*(torch.randn(1, 8, 20, 30, generator=generator) for _ in range(2)))
    assert set(matching.content.unique().tolist()) <= set(matching.style.unique().tolist())
    assert len(matching.style.unique()) <= MOST


def test_there_are_no_small_regions():
    layout = ["aaaaaaaa", "aaaaaaaa", "aaaaaaab", "aaaaaaaa"]
    assert SMALLEST > 1 / 32
    matching = match_regions(patches(layout, channels=2), patches(["ab"], channels=2, seed=1))
    assert len(matching.content.unique()) == 1


def test_the_same_features_give_the_same_regions():
    pair = patches(["ab", "cd"]), patches(["dcab"], seed=1)
    for first, second in zip(match_regions(*pair), match_regions(*pair), strict=True):
        assert torch.equal(first, second)


def test_flat_features_are_one_region():
    matching = match_regions(torch.ones(1, 8, 10, 10), torch.ones(1, 8, 6, 6))
    assert matching.content.unique().tolist() == matching.style.unique().tolist() == [0]


def test_large_features_are_looked_at_small():
    matching = match_regions(torch.randn(1, 4, 200, 100), torch.randn(1, 4, 30, 60))
    assert (tuple(matching.content.shape), tuple(matching.style.shape)) == ((48, 24), (24, 48))


def test_k_means_finds_what_lies_apart():
    points = torch.tensor([[0.0, 0.0], [0.0, 0.1], [5.0, 5.0], [5.1, 5.0], [9.0, 0.0], [9.0, 0.2]])
    centers = k_means(points, 3)
    assert sorted(tuple(round(v, 2) for v in center) for center in centers.tolist()) == [
        (0.0, 0.05),
        (5.05, 5.0),
        (9.0, 0.1),
    ]
    assert len(k_means(points[:1].repeat(5, 1), 3)) == 1


def test_numbers_are_brought_to_other_grids():
    matching = Matching(torch.tensor([[0, 1]]), torch.tensor([[1], [0]]))
    content, style = matching.at((2, 4), (4, 1))
    assert content.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    assert style.tolist() == [1, 1, 0, 0]
