"""A place of a batch where one picture ends the process that paints it, as want of memory does."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from sanet.cli.batch.painter import Painter
from sanet.cli.batch.workers import Place
from sanet.engine.request import Request
from sanet.engine.stylizer import Stylizer

FATAL = 31  # pixels: the width of a content that nobody survives


@dataclass(frozen=True)
class FatalPlace(Place):
    """As `Place`, but for that picture. With the path of a file that is not there, only the first process ends."""

    only_first: Path | None = None

    def painter(self) -> Painter:
        painter = super().painter()
        assert isinstance(painter.engine, Stylizer)
        paint = painter.engine.paint

        def fatal(request: Request[Image.Image]) -> Image.Image:
            if request.content.width == FATAL and not (self.only_first and self.only_first.exists()):
                if self.only_first:
                    self.only_first.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return paint(request)

        patch.object(painter.engine, "paint", fatal).start()  # for as long as the process lives
        return painter
