"""Colours by code points, "CICP" of ITU-T H.273, as AVIF, HEIC and PNG carry them in place of an ICC profile -> sRGB.

Also colours by the gamma and the chromaticities of a PNG. Knows no file.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image

from sanet.image.primaries import BT_709, PRIMARIES, Primaries, is_sound, to_bt_709, to_xyz
from sanet.image.tone_mapping import BRIGHTEST, HLG, PQ, decode_hlg, decode_pq, roll_off, show_hlg

Transfer = Callable[[np.ndarray], np.ndarray]  # values 0 to 1 -> light 0 to 1
AT_ONCE = 1 << 20  # pixels, so that a large picture needs no room as floats
LEVELS = np.arange(256) / 255
SRGB = 13
# Those made for the same screens as sRGB, BT.709 and its like, are shown without change everywhere.
LIKE_SRGB = {1, 2, 6, SRGB, 14, 15}


def _power(exponent: float) -> Transfer:
    return lambda values: values**exponent


def _srgb(values: np.ndarray) -> np.ndarray:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _smpte_240(values: np.ndarray) -> np.ndarray:
    return np.where(values < 4 * 0.0228, values / 4, ((values + 0.1115) / 1.1115) ** (1 / 0.45))


# Table 3 of H.273, but for PQ and HLG.
TRANSFERS: dict[int, Transfer] = {
    **dict.fromkeys(LIKE_SRGB, _srgb),
    4: _power(2.2),
    5: _power(2.8),
    7: _smpte_240,
    8: _power(1.0),
    9: lambda values: np.where(values > 0, 10 ** (2 * (values - 1)), 0),
    10: lambda values: np.where(values > 0, 10 ** (2.5 * (values - 1)), 0),
    11: _srgb,
    12: _srgb,
    17: lambda values: (values**2.6 * 52.37 / 48).clip(max=1),
}


def apply_code_points(picture: Image.Image, primaries: int, transfer: int) -> Image.Image:
    """A picture, mode "RGB", in sRGB. PQ and HLG are brought to the range of a screen; codes without meaning pass."""
    space = PRIMARIES.get(primaries, BT_709)
    if transfer == PQ:
        return _convert(picture, _pq_light, space)
    if transfer == HLG:
        return _convert(picture, partial(_hlg_light, to_xyz(space)[1].astype(np.float32)), space)
    if space == BT_709 and (transfer in LIKE_SRGB or transfer not in TRANSFERS):
        return picture
    return _convert(picture, partial(_light, TRANSFERS.get(transfer, _srgb)), space)


def apply_gamma(picture: Image.Image, gamma: float | None, chromaticity: tuple[float, ...] | None) -> Image.Image:
    """A picture, mode "RGB", in sRGB, from the chunks gAMA and cHRM of its PNG: white, red, green and blue, x and y.

    What is as good as sRGB, or makes no sense, passes.
    """
    like_srgb = not gamma or abs(gamma * 2.2 - 1) < 0.05  # as libpng has it
    space = BT_709
    if chromaticity:
        white, red, green, blue = zip(chromaticity[::2], chromaticity[1::2], strict=True)
        named = Primaries(red, green, blue, white)
        if not np.allclose(named, BT_709, atol=0.005) and is_sound(named):
            space = named
    if like_srgb and space == BT_709:
        return picture
    curve = _srgb if like_srgb or not gamma else _power(1 / max(gamma, 0.1))
    return _convert(picture, partial(_light, curve), space)


def _light(curve: Transfer, codes: np.ndarray) -> np.ndarray:
    """Values (N, 3) from 0 to 255 -> light (N, 3), 1 for white."""
    return curve(LEVELS).astype(np.float32)[codes]


def _pq_light(codes: np.ndarray) -> np.ndarray:
    """As `_light`."""
    table = decode_pq(LEVELS).clip(max=BRIGHTEST).astype(np.float32)
    return table[codes] * roll_off(table)[codes.max(axis=1, keepdims=True)]


def _hlg_light(luminance: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """As `_light`."""
    light = show_hlg(decode_hlg(LEVELS).astype(np.float32)[codes], luminance)
    peaks = np.linspace(0, BRIGHTEST, 4096)
    return light * np.interp(light.max(axis=1, keepdims=True), peaks, roll_off(peaks)).astype(np.float32)


def _convert(picture: Image.Image, to_light: Callable[[np.ndarray], np.ndarray], space: Primaries) -> Image.Image:
    """`to_light` makes light (N, 3) of values (N, 3)."""
    codes, matrix = np.array(picture), to_bt_709(space)  # (H, W, 3)
    shades = _encode(np.linspace(0, 1, 1 << 16))
    rows = max(1, AT_ONCE // picture.width)
    for top in range(0, picture.height, rows):
        part = codes[top : top + rows]
        light = to_light(part.reshape(-1, 3)) @ matrix.T
        part[:] = shades[(light.clip(0, 1) * 65535 + 0.5).astype(np.uint16)].reshape(part.shape)
    return Image.fromarray(codes)


def _encode(light: np.ndarray) -> np.ndarray:
    """Light 0 to 1 as values of sRGB, 0 to 255."""
    shades = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * shades).astype(np.uint8)
