"""Painting on a ZeroGPU Space: each picture in a process that is forked for it and has a GPU for a few seconds.

Nothing that such a process keeps survives it, so nothing is relied on; pictures go in and out as plain PIL pictures.
Elsewhere the package `spaces` is missing, or its decorator does nothing.
"""

from collections.abc import Sequence

from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate
from sanet.engine.protocol import Engine, FrameEngine
from sanet.engine.request import Request
from sanet.errors import RefusedError
from sanet.image.size import Size, fitted_size
from sanet.image.stroke_size import read_size
from sanet.progress import Progress, unreported

try:
    import spaces
except ImportError:
    spaces = None

SHORTEST, LONGEST = 5, 15  # seconds of GPU that one picture may ask for
SECONDS_PER_MEGAPIXEL = 2.0  # and picture that has to be encoded
STEPS_PER_PICTURE = 10  # of Polish, in the time of encoding one
FRAMES_PER_PICTURE = 4  # rendered in the time of encoding one


def seconds_needed(request: Request[Image.Image], frames: int = 0) -> int:
    """What to declare for one picture or for so many `frames`: more for a larger size, more styles and Polish."""
    read = [fitted_size(request.content.size, request.max_side, request.enlarge)]
    read += [read_size(style.size, request.max_side, request.stroke_size) for style in request.styles]
    content, *styles = (width * height / 1e6 for width, height in read)
    steps = -(-request.polish // STEPS_PER_PICTURE)
    megapixels = (1 + frames // FRAMES_PER_PICTURE + steps) * content + sum(styles)
    return round(min(LONGEST, SHORTEST + SECONDS_PER_MEGAPIXEL * megapixels))


def seconds_for_sequence(request: Request[Image.Image], steps: Sequence[Controls]) -> int:
    """What to declare for an animation."""
    return seconds_needed(request, len(steps))


class OnZeroGpu:
    """An `Engine` that paints in a process with a GPU."""

    has_previews = False  # each would ask for a GPU of its own

    def __init__(self, engine: Engine) -> None:
        """`engine` does the work there."""

        def paint(request: Request[Image.Image]) -> Image.Image:
            return engine.paint(request)

        def paint_sequence(request: Request[Image.Image], steps: Sequence[Controls]) -> list[Image.Image]:
            return engine.sequence(request, steps)

        def find_regions(request: Request[Image.Image]) -> list[tuple[Image.Image, Image.Image]]:
            return engine.regions(request)

        self._engine = engine
        self._regions = spaces.GPU(duration=seconds_needed)(find_regions)
        self._paint = spaces.GPU(duration=seconds_needed)(paint)
        self._paint_sequence = spaces.GPU(duration=seconds_for_sequence)(paint_sequence)

    def check_ready(self) -> None:
        """As `Engine.check_ready`; whether a GPU can be had is known only when one is asked for."""
        self._engine.check_ready()

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        """As `Engine.paint`; the steps in between are not reported, since they are in another process."""
        progress(0.1, "Painting on a GPU")
        return self._paint(request)

    def sequence(
        self, request: Request[Image.Image], steps: Sequence[Controls], progress: Progress = unreported
    ) -> list[Image.Image]:
        """As `Engine.sequence`, in one process for all frames."""
        progress(0.1, "Painting on a GPU")
        return self._paint_sequence(request, steps)

    def for_frames(self) -> FrameEngine:
        """None: each frame would ask for a GPU of its own, and nothing lasts from one to the next."""
        raise RefusedError("Clips cannot be painted on this server; `sanet video` paints them on your own machine.")

    def regions(self, request: Request[Image.Image]) -> list[tuple[Image.Image, Image.Image]]:
        """As `Engine.regions`, in a process of its own."""
        return self._regions(request)

    def estimate(
        self,
        content: Size,
        styles: Sequence[Size],
        max_side: int = 512,
        polish: int = 0,
        stroke_size: float = 1.0,
        enlarge: bool = False,
    ) -> Estimate:
        """The size alone: nothing is known here of the machine with the GPU."""
        return Estimate(fitted_size(content, max_side, enlarge), seconds=None, memory=0, free=None)


def on_zero_gpu(engine: Engine) -> Engine:
    """`engine`, or one that paints with it on ZeroGPU where the package `spaces` is there."""
    return OnZeroGpu(engine) if spaces else engine
