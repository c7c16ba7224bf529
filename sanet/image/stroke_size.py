"""How large a style is read: its strokes grow and shrink with it. Knows no file and no tensor.

A style that is read small is continued by mirroring up to the size that it would have had, so that attention still has
as many positions to choose from; of one that is read large, the middle is kept.
"""

from numbers import Real

import numpy as np
from PIL import Image

from sanet.errors import RefusedError
from sanet.image.size import Size, fit, fitted_size
from sanet.image.transparency import on_white

SMALLEST, LARGEST = 0.25, 4.0
# Pixels. Styles, and the content as its own style, are read at this size at most, or attention would grow with the
# square of the picture's pixels; with larger strokes, at twice as much.
STYLE_SIDE, MOST = 1024, 2048


def check_stroke_size(stroke_size: float) -> None:
    """Raise ValueError unless this is a number from 0.25 to 4."""
    if not (isinstance(stroke_size, Real) and SMALLEST <= stroke_size <= LARGEST):
        raise RefusedError(
            "The stroke size must lie between {least} and {most}, got {size}.",
            least=SMALLEST,
            most=LARGEST,
            size=repr(stroke_size),
        )


def read_size(size: Size, max_side: int, stroke_size: float) -> Size:
    """Width and height at which a style of `size` pixels is read; errors as `fitted_size`."""
    width, height = fitted_size(size, min(max_side, STYLE_SIDE))
    if stroke_size <= 1:
        return width, height
    return min(MOST, round(width * stroke_size)), min(MOST, round(height * stroke_size))


def useful_side(max_side: int, stroke_size: float) -> int:
    """The longer side of a style beyond which more pixels change nothing."""
    return round(min(max_side, STYLE_SIDE) * max(1.0, stroke_size))


def read_style(style: Image.Image, max_side: int, stroke_size: float) -> Image.Image:
    """`style`, mode "RGB" or "RGBA", as the network is to see it, mode "RGB", of the size that `read_size` says."""
    fitted = fitted_size(style.size, min(max_side, STYLE_SIDE))
    if stroke_size == 1:
        return on_white(fit(style, min(max_side, STYLE_SIDE)))
    width, height = (max(1, round(side * stroke_size)) for side in fitted)
    scaled = on_white(style).resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if stroke_size < 1:
        return _mirrored(scaled, fitted)
    left, top = (width - min(MOST, width)) // 2, (height - min(MOST, height)) // 2
    return scaled.crop((left, top, left + min(MOST, width), top + min(MOST, height)))


def _mirrored(picture: Image.Image, size: Size) -> Image.Image:
    """Continued to the right and downwards, turned around at each border."""
    beyond = ((0, size[1] - picture.height), (0, size[0] - picture.width), (0, 0))
    return Image.fromarray(np.pad(np.asarray(picture), beyond, mode="symmetric"))


def grown_strokes(stroke_size: float, before: int, after: int) -> float:
    """The stroke size that makes of a longer side of `after` pixels the picture of `before` pixels, only larger.

    At most 4; exact for styles that are as large as they are read.
    """
    read_before, read_after = min(before, STYLE_SIDE), min(after, STYLE_SIDE)
    grown = stroke_size * (after / before) * (read_before / read_after)
    return min(max(grown, SMALLEST), LARGEST)
