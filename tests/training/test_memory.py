"""Pictures in memory: what is decoded, what is drawn, and how a crop is scaled."""

import logging
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from sanet.training.data import Stage
from sanet.training.memory import PicturesInMemory, decode_all, random_crop

CPU = torch.device("cpu")
STAGE = Stage(until=1.0, crop=32, batch=2, short_side=(32, 4096))


def noise(height: int, width: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (3, height, width), dtype=torch.uint8, generator=generator)


def ramp(length: int) -> torch.Tensor:
    """Brightness is the column; a square."""
    return torch.arange(length, dtype=torch.uint8).expand(3, length, length)


def test_pictures_are_kept_as_they_are(tmp_path: Path):
    pixels = noise(40, 50).permute(1, 2, 0).numpy()
    Image.fromarray(pixels).save(tmp_path / "a.png")
    (found,) = decode_all([tmp_path / "a.png"], CPU)
    assert found.dtype == torch.uint8
    assert np.array_equal(found.permute(1, 2, 0).numpy(), pixels)


def test_files_that_cannot_be_read_are_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "bad.png").write_bytes(b"nothing")
    Image.new("L", (40, 40)).save(tmp_path / "good.png")
    with caplog.at_level(logging.WARNING):
        assert len(decode_all([tmp_path / "bad.png", tmp_path / "good.png"], CPU)) == 1
    assert "bad.png" in caplog.text
    with pytest.raises(ValueError, match="None of 1 pictures could be read"):
        decode_all([tmp_path / "bad.png"], CPU)


def test_a_crop_of_a_picture_at_its_own_size_is_a_part_of_it():
    picture = noise(40, 48)
    crop = random_crop(picture, replace(STAGE, short_side=(64, 64)), random.Random(0))
    parts = picture.float().div(255).unfold(1, 32, 1).unfold(2, 32, 1)  # (3, 9, 17, 32, 32)
    assert any((parts == c[:, None, None]).all(dim=4).all(dim=3).all(dim=0).any() for c in (crop, crop.flip(2)))


def test_nothing_is_enlarged():
    """In a ramp at its own size neighbours differ by one; enlarged they would differ by less."""
    for seed in range(20):
        crop = random_crop(ramp(100), STAGE, random.Random(seed)) * 255
        assert (crop[0, 16, 1:] - crop[0, 16, :-1]).abs().mean() > 0.999


@pytest.mark.parametrize("short_side", [32, 50, 80])
def test_a_crop_shows_the_scale_that_was_asked_for(short_side: int):
    crop = random_crop(ramp(200), replace(STAGE, short_side=(short_side, short_side)), random.Random(1)) * 255
    slope = float((crop[0, 16, -5] - crop[0, 16, 4]).abs()) / 23
    assert slope == pytest.approx(200 / short_side, rel=0.05)


def test_scaling_down_averages():
    """Lines one pixel wide become grey; picking pixels would leave black or white."""
    lines = (torch.arange(160) % 2 * 255).to(torch.uint8).expand(3, 160, 160)
    crop = random_crop(lines, replace(STAGE, short_side=(40, 40)), random.Random(0))
    assert (crop[:, 4:-4, 4:-4] - 0.5).abs().max() < 0.05


def test_crops_are_mirrored_every_other_time():
    stage = replace(STAGE, short_side=(40, 40))
    slopes = [random_crop(ramp(40), stage, random.Random(seed))[0, 0].diff().mean() for seed in range(40)]
    assert 10 < sum(float(slope) < 0 for slope in slopes) < 30


def test_a_crop_depends_on_the_random_state_alone():
    pictures = PicturesInMemory([noise(40, 60), noise(80, 50, 1)], (STAGE,))
    first, again, other = (pictures.draw(random.Random(seed), STAGE) for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.shape == (3, 32, 32)
    assert 0 <= first.min() < first.max() <= 1


def test_too_small_pictures_are_not_drawn_for_large_crops():
    large = Stage(until=1.0, crop=48, batch=1, short_side=(48, 64))
    dark, bright = torch.zeros(3, 40, 90, dtype=torch.uint8), torch.full((3, 50, 60), 255, dtype=torch.uint8)
    pictures = PicturesInMemory([dark, bright], (STAGE, large))
    assert all(pictures.draw(random.Random(seed), large).min() > 0.99 for seed in range(20))
    assert {round(float(pictures.draw(random.Random(seed), STAGE).max())) for seed in range(20)} == {0, 1}
    with pytest.raises(ValueError, match="All of 1 pictures are too small for crops of 48 pixels"):
        PicturesInMemory([dark], (STAGE, large))
