"""What the eye sees of strokes and of faults, as numbers: energy by octave, coherence, grid and lattice.

Pure functions of brightness (H, W), 0 to 1; knows no network and no judge. They look where the content is flattest, for
there hatching shows and nothing of the photograph hides it. Fine energy alone does not tell good from bad: what a weak
network lacks begins at wavelengths of 8 pixels.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

FLATTEST = 0.3  # share of a content's pixels
SMOOTHED = 2.0  # pixels, before the gradient that tells flat from busy
SIGMAS = (0.7, 1.4, 2.8, 5.6, 11.2, 22.4)
# Wavelengths in pixels. Differences of neighbouring Gaussians pass an octave each; of two sigmas s and 2s a wave of
# 2 pi s sqrt(1.5 / ln 4) = 6.5 s passes best: 4.6, 9, 18, 37 and 73 pixels.
OCTAVES = ("4-8", "8-16", "16-32", "32-64", "64-128")
WINDOW = 6.0  # sigma in pixels of the structure tensor
CELL = 8  # pixels of the grid that a decoder may leave
PERIODS = (8, 4, 2)  # pixels of the lattice
NEIGHBORS = 3  # frequencies on each side that an exact period is compared with


@dataclass(frozen=True)
class Strokes:
    """Of one result. `energy`: for each of OCTAVES, over the style picture's own; higher is better, 1 is the style.

    `coherence` of direction, 0 to 1: higher is better. `grid`: grey levels, lower is better, beside `grid_chance`, what
    the same pixels give in random order. `lattice_across`, `lattice_down`: for each of PERIODS along a row and along a
    column; 1 is none, lower is better. `wavelength`: in pixels, how large the strokes are.
    """

    energy: tuple[float, ...]
    coherence: float
    grid: float
    grid_chance: float
    lattice_across: tuple[float, ...]
    lattice_down: tuple[float, ...]
    wavelength: float

    def named(self) -> dict[str, float]:
        """Each number by name."""
        lattices = {"across": self.lattice_across, "down": self.lattice_down}
        return {
            **{f"energy_{octave}": energy for octave, energy in zip(OCTAVES, self.energy, strict=True)},
            "coherence": self.coherence,
            "grid": self.grid,
            "grid_chance": self.grid_chance,
            **{
                f"lattice_{period}_{way}": found
                for way, numbers in lattices.items()
                for period, found in zip(PERIODS, numbers, strict=True)
            },
            "wavelength": self.wavelength,
        }


def strokes(result: Tensor, content: Tensor, style: Tensor) -> Strokes:
    """Measures of a result, where its content is flattest; brightness (H, W) in [0, 1], content and result alike."""
    if result.shape != content.shape:
        raise ValueError(f"A result has the size of its content, got {tuple(result.shape)} and {tuple(content.shape)}.")
    where = flattest(content)
    own = octave_energies(style, torch.ones_like(style, dtype=torch.bool))
    found = octave_energies(result, where)
    energy = tuple(a / max(b, 1e-12) for a, b in zip(found, own, strict=True))
    return Strokes(
        energy,
        coherence(result, where),
        grid(result, where),
        grid(result, where, shuffled=True),
        tuple(lattice(result, period, 1) for period in PERIODS),
        tuple(lattice(result, period, 0) for period in PERIODS),
        wavelength(result, where),
    )


def flattest(content: Tensor) -> Tensor:
    """The FLATTEST share of the pixels by their smoothed gradient, (H, W) of booleans."""
    down, across = torch.gradient(blurred(content, SMOOTHED))
    steepness = blurred(torch.hypot(down, across), SMOOTHED)
    return steepness <= torch.quantile(steepness.flatten()[:: max(1, steepness.numel() // 1_000_000)], FLATTEST)


def octave_energies(image: Tensor, where: Tensor) -> list[float]:
    """Root-mean-square of each octave at these pixels, finest first."""
    blurs = [blurred(image, sigma) for sigma in SIGMAS]
    return [float((fine - coarse)[where].square().mean().sqrt()) for fine, coarse in pairwise(blurs)]


def wavelength(image: Tensor, where: Tensor) -> float:
    """In pixels, of the average energy at these pixels: the geometric mean over half octaves, weighted by energy."""
    sigmas = [SIGMAS[0] * 2 ** (i / 2) for i in range(2 * len(SIGMAS) - 1)]
    blurs = [blurred(image, sigma) for sigma in sigmas]
    energy = torch.stack([(fine - coarse)[where].square().mean() for fine, coarse in pairwise(blurs)])
    # Of the difference of two Gaussians of sigma and sqrt(2) sigma, a wave of 2 pi sigma sqrt(0.5 / ln 2) passes best.
    passed = torch.tensor([2 * math.pi * sigma * math.sqrt(0.5 / math.log(2)) for sigma in sigmas[:-1]])
    return float(torch.exp((energy * passed.log()).sum() / energy.sum().clamp(min=1e-12)))


def coherence(image: Tensor, where: Tensor) -> float:
    """How much strokes run side by side: of the structure tensor's eigenvalues, difference over sum, by energy."""
    down, across = torch.gradient(image)
    dd, aa, da = (blurred(x, WINDOW) for x in (down * down, across * across, down * across))
    difference, total = torch.hypot(dd - aa, 2 * da)[where].sum(), (dd + aa)[where].sum()
    return float(difference / total.clamp(min=1e-12))


def grid(image: Tensor, where: Tensor, shuffled: bool = False) -> float:
    """Deviation of the means of the 64 phases of a CELL x CELL grid, in grey levels of 255, without what is smooth.

    `shuffled`: with the same values in random order, which have no grid.
    """
    detail = (image - blurred(image, CELL))[where].double()
    if shuffled:
        detail = detail[torch.randperm(len(detail), generator=torch.Generator().manual_seed(0))]
    height, width = image.shape
    phases = ((torch.arange(height)[:, None] % CELL) * CELL + torch.arange(width)[None] % CELL)[where]
    counts = torch.bincount(phases, minlength=CELL**2)
    sums = torch.bincount(phases, weights=detail, minlength=CELL**2)
    means = (sums / counts.clamp(min=1))[counts > 0]
    return float(255 * means.std(correction=0)) if len(means) else 0.0


def lattice(image: Tensor, period: int, axis: int) -> float:
    """Energy at exactly this period along an axis, over that of the neighbouring periods; 1 is none."""
    lines = image if axis == 1 else image.T
    length = lines.shape[1] // CELL * CELL
    if length // period <= NEIGHBORS + 1:
        raise ValueError(f"A lattice of {period} pixels needs a longer side than {lines.shape[1]} pixels.")
    window = torch.hann_window(length, dtype=lines.dtype)
    power = torch.fft.rfft((lines[:, :length] - lines[:, :length].mean(dim=1, keepdim=True)) * window).abs().square()
    spectrum, at = power.mean(dim=0), length // period  # the window spreads a period over its two neighbours
    beside = [
        at + sign * step for step in range(2, 2 + NEIGHBORS) for sign in (-1, 1) if at + sign * step < len(spectrum)
    ]
    return float(spectrum[at] / spectrum[beside].mean().clamp(min=1e-12))


def blurred(image: Tensor, sigma: float) -> Tensor:
    """(H, W) under a Gaussian, mirrored at the borders as far as it reaches."""
    reach = min(round(4 * sigma), min(image.shape) - 1)
    at = torch.arange(-reach, reach + 1, dtype=image.dtype)
    kernel = torch.exp(-at.square() / (2 * sigma**2))
    kernel = (kernel / kernel.sum())[None, None, None]
    padded = F.pad(image[None, None], (reach,) * 4, mode="reflect")
    return F.conv2d(F.conv2d(padded, kernel), kernel.transpose(2, 3))[0, 0]
