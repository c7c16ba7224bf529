"""Sizes for print: how many pixels a sheet of paper takes. Knows no picture and no file."""

import reprlib

from sanet.errors import RefusedError
from sanet.image.size import Size

# Millimetres, ISO 216.
PAPERS = {"A5": (210, 148), "A4": (297, 210), "A3": (420, 297), "A2": (594, 420)}
RESOLUTIONS = (150, 300)  # dots per inch: seen from a step away, and from the hand
MOST_DPI = 2400
MILLIMETRES = 25.4  # in an inch


def check_dpi(dpi: object) -> None:
    """Raise ValueError unless this is a whole number from 0 to 2400."""
    if not isinstance(dpi, int) or isinstance(dpi, bool) or not 0 <= dpi <= MOST_DPI:
        raise RefusedError(
            "Dots per inch must be a whole number up to {most}, got {dpi}.", most=MOST_DPI, dpi=reprlib.repr(dpi)
        )


def side_on_paper(size: Size, paper: str, dpi: int) -> int:
    """The longer side in pixels of a picture in the proportions of `size` that just fits on a paper of PAPERS.

    The picture lies on the paper as it fits better. Raises KeyError for another paper.
    """
    longer, shorter = (millimetres / MILLIMETRES * dpi for millimetres in PAPERS[paper])
    return round(min(longer, shorter * max(size) / min(size)))
