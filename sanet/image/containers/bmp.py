"""BMP: passed on as it is, but for large run-length encoded pictures, which Pillow decodes in Python."""

import struct

from sanet.image.containers.contents import Contents, slow

RUN_LENGTHS = (1, 2)
MOST = 4_000_000  # bytes and pixels
LONGEST = 16_384  # pixels


def read_bmp(data: bytes) -> Contents:
    """Refuses large run-length encoded pictures, which programs have not written for decades."""
    if len(data) < 34:
        return Contents(data, {})
    width, height, _, _, compression = struct.unpack_from("<iiHHI", data, 18)
    if compression in RUN_LENGTHS and struct.unpack_from("<I", data, 14)[0] >= 40:
        sides = abs(width), abs(height)
        if max(len(data), sides[0] * sides[1]) > MOST or max(sides) > LONGEST:
            raise slow()
    return Contents(data, {})
