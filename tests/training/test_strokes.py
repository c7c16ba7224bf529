"""Numbers for what the eye sees, by pictures that are known."""

import pytest
import torch
from torch import Tensor

from sanet.training.strokes import (
    OCTAVES,
    PERIODS,
    coherence,
    flattest,
    grid,
    lattice,
    octave_energies,
    strokes,
    wavelength,
)

SIDE = 256
EVERYWHERE = torch.ones(SIDE, SIDE, dtype=torch.bool)


def wave(length: float, angle: float = 0.0) -> Tensor:
    """Stripes of this wavelength, brightness 0.3 to 0.7."""
    down, across = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    turned = torch.cos(torch.tensor(angle)) * across + torch.sin(torch.tensor(angle)) * down
    return 0.5 + 0.2 * torch.sin(2 * torch.pi * turned / length)


def noise(seed: int = 0) -> Tensor:
    return torch.rand(SIDE, SIDE, generator=torch.Generator().manual_seed(seed))


def photograph_like(seed: int = 0) -> Tensor:
    """Noise whose energy falls with the square of the frequency, as that of photographs does."""
    spectrum = torch.fft.rfft2(noise(seed) - 0.5)
    frequency = torch.hypot(torch.fft.fftfreq(SIDE)[:, None], torch.fft.rfftfreq(SIDE)[None])
    image = torch.fft.irfft2(spectrum / frequency.clamp(min=1 / SIDE), s=(SIDE, SIDE))
    return 0.5 + 0.15 * image / image.std()


EVERYWHERE = torch.ones(SIDE, SIDE, dtype=torch.bool)


@pytest.mark.parametrize(("length", "octave"), [(5, "4-8"), (10, "8-16"), (20, "16-32"), (40, "32-64"), (80, "64-128")])
@pytest.mark.parametrize("angle", [0.0, 0.7])
def test_a_wave_lands_in_its_octave(length: float, octave: str, angle: float):
    energies = octave_energies(wave(length, angle), EVERYWHERE)
    assert OCTAVES[energies.index(max(energies))] == octave
    assert max(energies) == pytest.approx(0.2 * 0.47 / 2**0.5, rel=0.15)  # the best a difference of Gaussians passes


def test_of_equal_pictures_the_energies_are_one():
    picture = photograph_like()
    assert strokes(picture, torch.full_like(picture, 0.5), picture).energy == pytest.approx((1.0,) * 5)


def test_half_the_contrast_is_half_the_energy():
    picture = photograph_like()
    found = strokes(0.5 * picture, torch.full_like(picture, 0.5), picture)
    assert found.energy == pytest.approx((0.5,) * 5, rel=1e-3)


@pytest.mark.parametrize("angle", [0.0, 0.7, 1.5])
def test_stripes_run_side_by_side_and_noise_does_not(angle: float):
    assert coherence(wave(12, angle), EVERYWHERE) > 0.95
    assert coherence(noise(), EVERYWHERE) < 0.15


def test_a_grid_of_known_amplitude_and_none():
    """Half of the 64 phases 4 grey levels up, the others as much down."""
    up = (torch.arange(SIDE)[:, None] % 8 < 4) ^ (torch.arange(SIDE)[None] % 8 < 4)
    gridded = 0.5 + (4 / 255) * (2 * up.float() - 1)
    assert grid(gridded, EVERYWHERE) == pytest.approx(4.0, rel=0.05)
    assert grid(gridded, EVERYWHERE, shuffled=True) < 0.2
    assert grid(wave(11.3, 0.7), EVERYWHERE) < 0.2


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("period", PERIODS)
def test_a_lattice_stands_out_of_its_neighbors(period: int, axis: int):
    plain = photograph_like()
    assert lattice(plain, period, axis) == pytest.approx(1.0, abs=0.35)
    lines = 0.2 * (torch.arange(SIDE) % period == 0).float()
    striped = plain + (lines[None] if axis == 1 else lines[:, None])
    assert lattice(striped, period, axis) > 5
    assert lattice(striped, period, 1 - axis) == pytest.approx(lattice(plain, period, 1 - axis), rel=1e-3)


def test_it_looks_where_the_content_is_flattest():
    content = torch.full((SIDE, SIDE), 0.5)
    content[:, SIDE // 2 :] = noise()[:, SIDE // 2 :]
    where = flattest(content)
    assert not where[:, SIDE // 2 + 8 :].any()
    assert 0.28 < where.float().mean() < 0.52
    calm, hatched = content.clone(), content.clone()
    hatched[:, : SIDE // 2] = wave(10)[:, : SIDE // 2]
    style = photograph_like()
    assert strokes(hatched, content, style).energy[1] > 10 * strokes(calm, content, style).energy[1]


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="size of its content"):
        strokes(noise(), noise()[:, :100], noise())
    with pytest.raises(ValueError, match="longer side than 24"):
        lattice(noise()[:, :24], 8, 1)


@pytest.mark.parametrize("length", [6, 12, 24, 48])
def test_the_wavelength_of_a_wave(length):
    assert wavelength(wave(length), EVERYWHERE) == pytest.approx(length, rel=0.25)


def test_a_wave_that_is_twice_as_long_has_twice_the_wavelength():
    assert wavelength(wave(24), EVERYWHERE) / wavelength(wave(12), EVERYWHERE) == pytest.approx(2, rel=0.05)
