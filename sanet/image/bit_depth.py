"""Greyscale of more than 8 bits -> 8 bits. Knows no file."""

import numpy as np
from PIL import Image

from sanet.errors import RefusedError

BITS, PHOTOMETRIC, SAMPLE_FORMAT = 258, 262, 339  # of TIFF
SIGNED, WHITE_IS_ZERO = 2, 0
FLOATING_POINT = "Floating-point pictures are not supported; save this one with 8 or 16 bits per channel."


def to_eight_bits(picture: Image.Image) -> Image.Image:
    """Modes "I" and "I;16" brought to mode "L"; Pillow would clip them to white."""
    if picture.mode == "F":
        raise RefusedError(FLOATING_POINT)
    if not picture.mode.startswith("I"):
        return picture
    bits, signed, inverted = _samples(picture)
    values = np.asarray(picture)
    if signed:
        values, bits = values.clip(0), bits - 1  # below 0 there is no light
    elif bits == 32:
        values = values.view(np.uint32)  # Pillow has no unsigned mode
    else:
        values = values.clip(0, 2**bits - 1)
    if inverted:
        values = 2**bits - 1 - values
    # By 257 what has 16 bits: 65535 is 255 times that.
    grey = Image.fromarray((values // 257 if bits == 16 else values >> (bits - 8)).astype(np.uint8))
    grey.info = picture.info
    return grey


def _samples(picture: Image.Image) -> tuple[int, bool, bool]:
    """How many bits, whether signed, whether 0 is white: as a TIFF says; elsewhere 16, unsigned, black."""
    tags = getattr(picture, "tag_v2", None)
    if tags is None:
        return 16, False, False
    bits = tags.get(BITS, (16,))[0]
    return bits, tags.get(SAMPLE_FORMAT, (1,))[0] == SIGNED, tags.get(PHOTOMETRIC) == WHITE_IS_ZERO
