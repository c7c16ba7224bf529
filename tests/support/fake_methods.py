"""Methods that answer at once: for tests of what compares them."""

from collections.abc import Callable

from PIL import Image

from sanet.image.size import Size, fitted_size
from sanet.progress import Progress, unreported

COLORS = {"sanet": "red", "gatys": "green", "wct": "blue", "avatar-net": "yellow", "adain": "white"}


class FakeMethods:
    """Each paints everything in one colour; remembers what it was asked."""

    def __init__(self, seconds: float | None = None) -> None:
        self.asked: list[tuple[str, int, float, int]] = []
        self.given: list[tuple[bytes, bytes]] = []  # the pixels of photograph and style
        self.seconds = seconds

    def paint(
        self,
        name: str,
        content: Image.Image,
        style: Image.Image,
        max_side: int = 512,
        alpha: float = 1.0,
        progress: Progress = unreported,
        steps: int = 100,
        shown: Callable[[Image.Image], None] = unreported,
    ) -> Image.Image:
        self.asked.append((name, max_side, alpha, steps))
        self.given.append((content.tobytes(), style.tobytes()))
        progress(0.5, "Painting")
        return Image.new("RGB", fitted_size(content.size, max_side), COLORS[name])

    def estimate(self, name: str, content: Size, style: Size, max_side: int = 512, steps: int = 100) -> float | None:
        return self.seconds
