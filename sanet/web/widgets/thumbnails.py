"""Pictures as the browser takes them without a file: square crops, and data addresses."""

import base64
import io

from PIL import Image


def square(picture: Image.Image, side: int) -> Image.Image:
    """The middle of a picture, `side` pixels wide and high."""
    short = min(picture.size)
    left, top = (picture.width - short) // 2, (picture.height - short) // 2
    return picture.resize((side, side), box=(left, top, left + short, top + short), reducing_gap=2.0)


def data_address(picture: Image.Image, kind: str = "JPEG") -> str:
    """The picture as a `data:` address, "JPEG" or "PNG"."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, quality=85, compress_level=3)
    return f"data:image/{kind.lower()};base64," + base64.b64encode(buffer.getvalue()).decode()
