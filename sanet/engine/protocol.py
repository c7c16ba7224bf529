"""What the page needs of an engine: one in this process, one exchanged while it paints, one on a borrowed GPU."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate
from sanet.engine.request import Request
from sanet.image.size import Size
from sanet.network.statistics import Measure, of_the_map
from sanet.progress import Progress, unreported


class FrameEngine(Protocol):
    """What paints the frames of films, one after the other, and shares among them what `measure` keeps."""

    @property
    def device(self) -> torch.device:
        """Where the network is."""

    def encode_ahead(self, content: Image.Image, max_side: int = 512) -> None:
        """As `Stylizer.encode_ahead`."""

    def prepare(
        self,
        content: Image.Image,
        styles: Sequence[Image.Image],
        max_side: int = 512,
        progress: Progress = unreported,
        measure: Measure = of_the_map,
        colors: str = "result",
        stroke_size: float = 1.0,
        enlarge: bool = False,
        match_regions: float = 0.0,
        style_masks: Sequence[Image.Image] = (),
    ) -> Any:
        """As `Stylizer.prepare`."""

    def render(self, prepared: Any, controls: Controls | None = None, progress: Progress = unreported) -> Image.Image:
        """As `Stylizer.render`."""


class Engine(Protocol):
    """Paints requests. `progress` is called before each step and may raise to stop the work.

    What cannot be painted raises ValueError with one sentence.
    """

    @property
    def has_previews(self) -> bool:
        """Whether a small picture costs so little that several a second can be asked for."""

    def check_ready(self) -> None:
        """Raise ValueError with one sentence while nothing can be painted."""

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        """The picture."""

    def sequence(
        self, request: Request[Image.Image], steps: Sequence[Controls], progress: Progress = unreported
    ) -> list[Image.Image]:
        """A picture for each of `steps`, which stand in place of the request's controls; none is polished."""

    def for_frames(self) -> FrameEngine:
        """The engine for all frames of one film. Raises ValueError where films are not painted."""

    def estimate(
        self,
        content: Size,
        styles: Sequence[Size],
        max_side: int = 512,
        polish: int = 0,
        stroke_size: float = 1.0,
        enlarge: bool = False,
    ) -> Estimate:
        """What pictures of these sizes will cost, with so many steps of Polish."""

    def regions(self, request: Request[Image.Image]) -> list[tuple[Image.Image, Image.Image]]:
        """For each style, the regions of content and style that `match_regions` brings together.

        Mode "L", small, the number of its region from 1 in every pixel.
        """
