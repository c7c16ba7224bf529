"""What the readers of all formats give, and what they refuse."""

from typing import Any, NamedTuple

from sanet.errors import RefusedError

MAX_PIXELS = 40_000_000
# Scans of progressive JPEG that the largest picture may have; encoders write about ten.
MAX_SCANS = 30
DAMAGED = "The picture is damaged or cut off; save it again and retry."
SLOW = "The file is built so that reading it would take too long; save it again as PNG or JPEG."
RAW = "This is a camera's raw file; export it as JPEG, HEIC or TIFF first."


class Contents(NamedTuple):
    """`data` is what the decoder is given; `info` holds, by Pillow's names, what else it should know."""

    data: bytes
    info: dict[str, Any]


def damaged() -> RefusedError:
    """Nothing can be made of these bytes."""
    return RefusedError(DAMAGED)


def slow() -> RefusedError:
    """A small file that would keep the machine busy."""
    return RefusedError(SLOW)
