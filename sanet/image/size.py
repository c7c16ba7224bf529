"""How large a picture is made before it is painted. Knows no file and no tensor."""

from numbers import Real

from PIL import Image

from sanet.errors import RefusedError

Size = tuple[int, int]  # width and height in pixels
MIN_SIDE = 16
NARROW = (
    "The picture is too small or too narrow: {width} x {height} at picture size {size}, "
    "and each side needs at least {least} pixels."
)


def fitted_size(size: tuple[int, int], max_side: int, enlarge: bool = False) -> tuple[int, int]:
    """What `fit` makes of a picture of `size`; errors as there."""
    if not (isinstance(max_side, Real) and max_side >= MIN_SIDE):
        raise RefusedError(
            "The picture size must be at least {least} pixels, got {size}.", least=MIN_SIDE, size=repr(max_side)
        )
    scale = max_side / max(size) if enlarge else min(1.0, max_side / max(size))
    width, height = (max(1, round(side * scale)) for side in size)
    if min(width, height) < MIN_SIDE:
        raise RefusedError(NARROW, width=width, height=height, size=max_side, least=MIN_SIDE)
    return width, height


def fit(picture: Image.Image, max_side: int, enlarge: bool = False) -> Image.Image:
    """Scaled down so that the longer side is at most `max_side` pixels; scaled up to it only with `enlarge`.

    Not `ImageOps.contain`, which scales up, and reads every pixel of a large photograph at full cost.
    Raises ValueError if a side is, or would become, shorter than 16 pixels.
    """
    size = fitted_size(picture.size, max_side, enlarge)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
