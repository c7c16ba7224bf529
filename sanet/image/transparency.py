"""The transparency of a picture: reading it, undoing multiplied colours, and white behind it. Knows no file."""

import numpy as np
from PIL import Image


def read_alpha(picture: Image.Image) -> Image.Image | None:
    """The alpha channel, mode "L". Pillow has no conversion for the transparent shade of 16-bit greyscale."""
    if not picture.has_transparency_data:
        return None
    if picture.mode.startswith("I"):
        return Image.fromarray((np.asarray(picture) != picture.info["transparency"]).astype(np.uint8) * 255)
    return picture.convert("RGBA").getchannel("A")


def unmultiply(picture: Image.Image) -> Image.Image:
    """Modes "La" and "RGBa", whose colours are multiplied by their opacity, as "LA" and "RGBA"; others as they are."""
    plain = {"La": "LA", "RGBa": "RGBA"}.get(picture.mode)
    return picture.convert(plain) if plain else picture


def on_white(picture: Image.Image) -> Image.Image:
    """Mode "RGB": transparency composited on white."""
    if picture.mode != "RGBA":
        return picture
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat
