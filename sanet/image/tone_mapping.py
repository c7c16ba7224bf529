"""High dynamic range, PQ and HLG of ITU-R BT.2100 -> the light of an ordinary screen. Numbers only.

Reference white, 203 cd/m2 (BT.2408), is what a screen shows at its brightest; highlights up to 1000 cd/m2 are rolled
off by the curve of BT.2390, section 5.4, on the largest of red, green and blue, so that hues stay.
"""

import numpy as np

PQ, HLG = 16, 18  # code points of H.273
WHITE, BRIGHTEST = 203.0, 1000.0  # cd/m2: of an ordinary screen, and of the screens that such pictures are made on
M1, M2, C1, C2, C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
HLG_GAMMA = 1.2  # of a screen of 1000 cd/m2


def roll_off(peak: np.ndarray) -> np.ndarray:
    """What light in cd/m2 is multiplied by, by the largest of its red, green and blue, to end between 0 and 1."""
    peak = np.maximum(peak, 1e-6)
    return decode_pq(_eetf(encode_pq(np.minimum(peak, BRIGHTEST)))) / (peak * WHITE)


def decode_hlg(values: np.ndarray) -> np.ndarray:
    """The inverse OETF: 0 to 1 -> light of the scene, 0 to 1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)


def show_hlg(scene: np.ndarray, luminance: np.ndarray) -> np.ndarray:
    """The OOTF: light of the scene (N, 3) -> of the screen, cd/m2; `luminance` (3,) are the shares of the primaries."""
    bright = (scene @ luminance).clip(min=1e-9)[:, None]  # (N, 1)
    return BRIGHTEST * bright ** (HLG_GAMMA - 1) * scene


def _eetf(signal: np.ndarray) -> np.ndarray:
    """The curve of BT.2390 for black at 0, from PQ to PQ."""
    top = encode_pq(np.array(BRIGHTEST))
    most = encode_pq(np.array(WHITE)) / top
    knee = 1.5 * most - 0.5
    given = signal / top
    t = ((given - knee) / (1 - knee)).clip(0, 1)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most
    return top * np.where(given < knee, given, spline)


def decode_pq(values: np.ndarray) -> np.ndarray:
    """The EOTF of SMPTE ST 2084: 0 to 1 -> cd/m2."""
    root = values ** (1 / M2)
    return 10_000 * ((root - C1).clip(min=0) / (C2 - C3 * root)) ** (1 / M1)


def encode_pq(light: np.ndarray) -> np.ndarray:
    """Undo `decode_pq`."""
    root = (light / 10_000) ** M1
    return ((C1 + C2 * root) / (1 + C3 * root)) ** M2
