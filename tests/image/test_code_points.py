"""Colours by code points: every primaries and transfer of H.273 that files carry."""

import numpy as np
import pytest
from PIL import Image

from sanet.image.code_points import TRANSFERS, apply_code_points, apply_gamma
from sanet.image.primaries import PRIMARIES, to_bt_709
from sanet.image.tone_mapping import decode_hlg, decode_pq, encode_pq, roll_off, show_hlg
from tests.support.pictures import quarters


def flat(*values: int) -> Image.Image:
    return Image.new("RGB", (40, 30), values if len(values) == 3 else values * 3)


def converted(picture: Image.Image, primaries: int, transfer: int) -> tuple[int, int, int]:
    red, green, blue = np.asarray(apply_code_points(picture, primaries, transfer))[15, 20].tolist()
    return red, green, blue


def srgb(light: float) -> float:
    """IEC 61966-2-1: light 0 to 1 -> value 0 to 255."""
    return 255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055)


def test_matrices_are_those_of_the_standards() -> None:
    bt_2087 = [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
    display_p3 = [[1.2249, -0.2249, 0.0], [-0.0421, 1.0421, 0.0], [-0.0196, -0.0786, 1.0983]]
    assert to_bt_709(PRIMARIES[9]) == pytest.approx(np.array(bt_2087), abs=2e-4)
    assert to_bt_709(PRIMARIES[12]) == pytest.approx(np.array(display_p3), abs=2e-4)


@pytest.mark.parametrize("primaries", PRIMARIES)
def test_white_and_grey_stay_what_they_are(primaries: int) -> None:
    for value in (0, 120, 255):
        assert converted(flat(value), primaries, 13) == pytest.approx((value,) * 3, abs=1)


@pytest.mark.parametrize("primaries", set(PRIMARIES) - {1})
def test_red_is_another_in_other_primaries(primaries: int) -> None:
    assert converted(flat(195, 42, 43), primaries, 13) != (195, 42, 43)


@pytest.mark.parametrize(
    ("transfer", "light"),
    [(4, 0.5**2.2), (5, 0.5**2.8), (7, ((0.5 + 0.1115) / 1.1115) ** (1 / 0.45)), (8, 0.5), (9, 0.1), (10, 10**-1.25)],
)
def test_transfers_by_their_formulas(transfer: int, light: float) -> None:
    assert TRANSFERS[transfer](np.array([0.5]))[0] == pytest.approx(light)
    assert TRANSFERS[transfer](np.array([1.0]))[0] == pytest.approx(1.0)
    value = converted(flat(128), 1, transfer)[0]
    assert value == pytest.approx(srgb(TRANSFERS[transfer](np.array([128 / 255]))[0]), abs=0.6)


def test_the_transfer_of_cinemas_has_its_white_below_the_top() -> None:
    assert TRANSFERS[17](np.array([(48 / 52.37) ** (1 / 2.6)]))[0] == pytest.approx(1.0)


@pytest.mark.parametrize("codes", [(1, 1), (1, 2), (2, 2), (1, 6), (1, 13), (1, 14), (1, 15), (0, 0), (99, 77), (3, 3)])
def test_what_is_shown_like_srgb_and_codes_without_meaning_pass(codes: tuple[int, int]) -> None:
    assert apply_code_points(quarters(), *codes).tobytes() == quarters().tobytes()


def test_pq_is_that_of_st_2084() -> None:
    known = [(0.0, 0.0), (0.5081, 100.0), (0.5807, 203.0), (0.7518, 1000.0), (1.0, 10_000.0)]
    for value, light in known:
        assert decode_pq(np.array(value)) == pytest.approx(light, rel=2e-3)
        assert encode_pq(np.array(light)) == pytest.approx(value, abs=1e-4)


def test_hlg_is_that_of_bt_2100() -> None:
    assert decode_hlg(np.array([0.0, 0.5, 1.0])) == pytest.approx([0.0, 1 / 12, 1.0], abs=1e-4)
    grey = np.full((1, 3), decode_hlg(np.array(0.75)))
    assert show_hlg(grey, np.array([0.2627, 0.6780, 0.0593]))[0] == pytest.approx([203.0] * 3, rel=0.01)  # BT.2408


def test_highlights_are_rolled_off_by_the_curve_of_bt_2390() -> None:
    top, most = 0.7518, 0.5807 / 0.7518
    knee = 1.5 * most - 0.5
    assert roll_off(np.array(50.0)) == pytest.approx(1 / 203)  # below the knee nothing changes
    assert decode_pq(np.array(knee * top)) == pytest.approx(88, abs=1)
    assert roll_off(np.array(1000.0)) * 1000 == pytest.approx(1.0, abs=1e-3)
    assert roll_off(np.array(4000.0)) * 4000 == pytest.approx(1.0, abs=1e-3)
    light = np.linspace(0, 1000, 200)
    assert (np.diff(light * roll_off(light)) > 0).all()


def test_pq_and_hlg_pictures_end_where_a_screen_shows_them() -> None:
    dim = 102  # PQ: 40 cd/m2, below the knee
    assert converted(flat(dim), 9, 16)[0] == pytest.approx(srgb(decode_pq(np.array(dim / 255)) / 203), abs=1)
    white, brightest = converted(flat(148), 9, 16)[0], converted(flat(255), 9, 16)[0]
    assert (white, brightest) == (pytest.approx(229, abs=2), 255)
    assert converted(flat(191), 9, 18)[0] == pytest.approx(229, abs=2)  # HLG has white at 75 %
    assert converted(flat(255), 9, 18)[0] == 255
    assert converted(flat(0), 9, 18) == converted(flat(0), 9, 16) == (0, 0, 0)


@pytest.mark.parametrize("transfer", [16, 18])
def test_hues_stay_where_highlights_are_rolled_off(transfer: int) -> None:
    red, green, blue = converted(flat(220, 160, 160), 1, transfer)
    assert red > green == blue


def test_large_pictures_are_converted_in_parts() -> None:
    wide = quarters().resize((4096, 300), Image.Resampling.NEAREST)
    small = apply_code_points(quarters(), 9, 16)
    assert apply_code_points(wide, 9, 16).getpixel((4000, 290)) == small.getpixel((46, 30))


def test_gamma_and_chromaticities() -> None:
    assert apply_gamma(quarters(), None, None).tobytes() == quarters().tobytes()
    assert apply_gamma(quarters(), 1 / 2.2, (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)).tobytes() == (
        quarters().tobytes()
    )
    assert apply_gamma(flat(128), 1.0, None).getpixel((9, 9)) == (188, 188, 188)
    assert apply_gamma(flat(128), 0.0, (0.0,) * 8).getpixel((9, 9)) == (128, 128, 128)
