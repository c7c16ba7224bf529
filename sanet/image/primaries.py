"""Primaries of colour spaces, and the matrices between them. Knows no picture."""

from typing import NamedTuple

import numpy as np

Point = tuple[float, float]  # CIE 1931 x and y


class Primaries(NamedTuple):
    """Chromaticities of red, green, blue and white."""

    red: Point
    green: Point
    blue: Point
    white: Point


D65, C, E, DCI_WHITE = (0.3127, 0.3290), (0.310, 0.316), (1 / 3, 1 / 3), (0.314, 0.351)
BT_709 = Primaries((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65)
SMPTE_C = Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65)
# Table 2 of H.273.
PRIMARIES = {
    1: BT_709,
    4: Primaries((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), C),
    5: Primaries((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), D65),
    6: SMPTE_C,
    7: SMPTE_C,
    8: Primaries((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), C),
    9: Primaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    10: Primaries((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), E),
    11: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), DCI_WHITE),
    12: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
    22: Primaries((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), D65),
}


def to_xyz(space: Primaries) -> np.ndarray:
    """(3, 3): linear RGB to XYZ, in which white has Y = 1."""
    columns = np.array([[x, y, 1 - x - y] for x, y in space[:3]]).T
    x, y = space.white
    return columns * np.linalg.solve(columns, [x / y, 1, (1 - x - y) / y])


def to_bt_709(space: Primaries) -> np.ndarray:
    """(3, 3): linear RGB to linear RGB, white kept white as in ICC profiles (Bradford)."""
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    there, here = to_xyz(space), to_xyz(BT_709)
    scale = (bradford @ here.sum(axis=1)) / (bradford @ there.sum(axis=1))
    adapted = np.linalg.solve(bradford, scale[:, None] * (bradford @ there))
    return np.linalg.solve(here, adapted).astype(np.float32)


def is_sound(space: Primaries) -> bool:
    """Whether the chromaticities span a triangle with white inside."""
    if min(y for _, y in space) < 0 or space.white[1] <= 0:
        return False
    columns = np.array([[x, y, 1 - x - y] for x, y in space[:3]]).T
    if abs(np.linalg.det(columns)) < 1e-3:
        return False
    x, y = space.white
    return bool((np.linalg.solve(columns, [x / y, 1, (1 - x - y) / y]) > 0).all())
