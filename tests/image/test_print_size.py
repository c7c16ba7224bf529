"""Pixels for paper."""

import pytest

from sanet.image.print_size import check_dpi, side_on_paper


@pytest.mark.parametrize(
    ("size", "paper", "dpi", "expected"),
    [
        # As shops and printing programs state them.
        ((297, 210), "A4", 300, 3508),
        ((210, 297), "A4", 150, 1754),
        ((210, 148), "A5", 300, 2480),
        ((420, 297), "A3", 300, 4961),
        ((594, 420), "A2", 300, 7016),
        # A square is as wide as the paper, a panorama as long.
        ((500, 500), "A4", 300, 2480),
        ((3000, 1000), "A4", 300, 3508),
        ((4, 3), "A4", 300, 3307),
    ],
)
def test_a_picture_just_fits_on_the_paper(size, paper, dpi, expected):
    assert side_on_paper(size, paper, dpi) == expected


@pytest.mark.parametrize("dpi", [-1, 2401, 1.5, True, None, "300", 10**400])
def test_other_dots_are_refused(dpi):
    with pytest.raises(ValueError, match="Dots per inch must be a whole number up to 2400, got "):
        check_dpi(dpi)


def test_dots_that_are_nothing_or_many_are_taken():
    for dpi in (0, 1, 300, 2400):
        check_dpi(dpi)
