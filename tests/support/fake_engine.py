"""An engine that answers at once, or when it is let: for tests of the page."""

import threading
import time
from collections.abc import Sequence

from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate
from sanet.engine.request import Request
from sanet.image.size import Size, fitted_size
from sanet.progress import Progress, unreported


class FakeEngine:
    """Paints the content in the first style's corner pixel, and remembers what it was asked."""

    has_previews = True

    def __init__(self) -> None:
        self.requests: list[Request[Image.Image]] = []

    def check_ready(self) -> None:
        pass

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        self.requests.append(request)
        progress(0.5, "Painting")
        size = fitted_size(request.content.size, request.max_side, request.enlarge)
        return Image.new("RGB", size, request.styles[0].convert("RGB").getpixel((0, 0)))

    def sequence(
        self, request: Request[Image.Image], steps: Sequence[Controls], progress: Progress = unreported
    ) -> list[Image.Image]:
        return [
            self.paint(Request(request.content, request.styles, step, request.max_side), progress) for step in steps
        ]

    def estimate(
        self,
        content: Size,
        styles: Sequence[Size],
        max_side: int = 512,
        polish: int = 0,
        stroke_size: float = 1.0,
        enlarge: bool = False,
    ) -> Estimate:
        return Estimate(fitted_size(content, max_side, enlarge), seconds=12, memory=1_100_000_000, free=None)

    def regions(self, request: Request[Image.Image]) -> list[tuple[Image.Image, Image.Image]]:
        """Two, left and right, in every picture."""
        halves = Image.new("L", (2, 1), 1)
        halves.putpixel((1, 0), 2)
        return [(halves, halves) for _ in request.styles]


class CountingEngine(FakeEngine):
    """Notices how many paint with it at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.running = self.most_running = 0
        self.lock = threading.Lock()

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        with self.lock:
            self.running += 1
            self.most_running = max(self.most_running, self.running)
        time.sleep(0.05)  # long enough for two calls to meet, if they were let in together
        with self.lock:
            self.running -= 1
        return super().paint(request, progress)


class GatedEngine(FakeEngine):
    """Paints one picture for every release of its gate, and counts those that were stopped while they waited."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = 0
        self.gate = threading.Semaphore(0)

    @property
    def sizes(self) -> list[int]:
        """The working sizes that it was asked for."""
        return [request.max_side for request in self.requests]

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        self.requests.append(request)
        self.gate.acquire()
        try:
            progress(0.5, "Painting")
        except Exception:
            self.stopped += 1
            raise
        return request.styles[0].convert("RGB")

    def estimate(
        self,
        content: Size,
        styles: Sequence[Size],
        max_side: int = 512,
        polish: int = 0,
        stroke_size: float = 1.0,
        enlarge: bool = False,
    ) -> Estimate:
        return Estimate(fitted_size(content, max_side, enlarge), seconds=None, memory=0, free=None)
