"""Painting on a ZeroGPU Space: each picture in a process that is forked for it and has a GPU for a few seconds.

Nothing that such a process keeps survives it, so nothing is relied on; pictures go in and out as plain PIL pictures.
Elsewhere the package `spaces` is missing, or its decorator does nothing.
"""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate, Size
from sanet.engine.stylizer import Progress
from sanet.image.decode import fitted_size

try:
    import spaces
except ImportError:
    spaces = None

SHORTEST, LONGEST = 5, 15  # seconds of GPU that one picture may ask for
SECONDS_PER_MEGAPIXEL = 2.0  # and picture that has to be encoded
FRAMES_PER_PICTURE = 4  # rendered in the time of encoding one


def seconds_needed(
    content: Image.Image, styles: Sequence[Image.Image], controls: Controls | None, max_side: int
) -> int:
    """What to declare for one picture: more for a larger working size and for more styles."""
    megapixels = sum(_area(picture, max_side) for picture in (content, *styles)) / 1e6
    return round(min(LONGEST, SHORTEST + SECONDS_PER_MEGAPIXEL * megapixels))


def seconds_for_sequence(
    content: Image.Image, styles: Sequence[Image.Image], steps: Sequence[Controls], max_side: int
) -> int:
    """What to declare for an animation: as for a picture, with its frames counted among the styles."""
    frames = [content] * (len(steps) // FRAMES_PER_PICTURE)
    return seconds_needed(content, [*styles, *frames], None, max_side)


def _area(picture: Image.Image, max_side: int) -> float:
    """Pixels at the working size."""
    width, height = fitted_size(picture.size, max_side)
    return width * height


class OnZeroGpu:
    """An engine whose `stylize` and `sequence` run in a process with a GPU."""

    def __init__(self, engine: Any) -> None:
        """`engine`: anything with `stylize` and `sequence` of `Stylizer`."""

        def paint(*choices: Any) -> Image.Image:
            return engine.stylize(*choices)

        def paint_sequence(*choices: Any) -> list[Image.Image]:
            return engine.sequence(*choices)

        self._paint = spaces.GPU(duration=seconds_needed)(paint)
        self._paint_sequence = spaces.GPU(duration=seconds_for_sequence)(paint_sequence)

    def stylize(
        self, content: Image.Image, styles: Sequence[Image.Image], controls: Controls, max_side: int, progress: Progress
    ) -> Image.Image:
        """As `Stylizer.stylize`; the steps in between are not reported, since they are in another process."""
        progress(0.1, "Painting on a GPU")
        return self._paint(content, styles, controls, max_side)

    def sequence(
        self,
        content: Image.Image,
        styles: Sequence[Image.Image],
        steps: Sequence[Controls],
        max_side: int,
        progress: Progress,
    ) -> list[Image.Image]:
        """As `Stylizer.sequence`, in one process for all frames."""
        progress(0.1, "Painting on a GPU")
        return self._paint_sequence(content, styles, steps, max_side)

    def estimate(self, content: Size, styles: Sequence[Size], max_side: int) -> Estimate:
        """The size alone: nothing is known here of the machine with the GPU."""
        return Estimate(fitted_size(content, max_side), seconds=None, memory=0, free=None)


def on_zero_gpu(engine: Any) -> Any:
    """`engine`, or one that paints with it on ZeroGPU where the package `spaces` is there."""
    return OnZeroGpu(engine) if spaces else engine
