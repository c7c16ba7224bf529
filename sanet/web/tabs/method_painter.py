"""Painting by several methods for the tab "Compare": what is compared, how far it has come, and one method's turn."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import gradio as gr
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.cost import Estimate
from sanet.engine.request import Request
from sanet.image.decode import open_picture, size_of
from sanet.image.save import save_picture
from sanet.image.size import fit, fitted_size
from sanet.methods.compare import Painted, in_seconds, sheet, timed
from sanet.methods.methods import NAMES, TITLES, Methods
from sanet.progress import Progress, unreported
from sanet.web.choice import need_a_style
from sanet.web.files import file_name, new_folder
from sanet.web.i18n import said, translated
from sanet.web.result import opened
from sanet.web.serving.runs import refuse_too_long, turn

SLOW = "gatys"  # takes minutes without a GPU, so it is painted only when it is asked for
QUICK_ONES = tuple(name for name in NAMES if name != SLOW)


@dataclass(frozen=True)
class Comparison:
    """A photograph in a style, which methods are to paint it, and which have so far.

    `done`: by method the file and the seconds it took. Both grow in place: a picture that comes late must not bring
    back what was begun before.
    """

    request: Request[str | None]
    wanted: list[str] = field(default_factory=list)
    done: dict[str, tuple[str, float]] = field(default_factory=dict)
    coming: deque[Image.Image] = field(default_factory=lambda: deque(maxlen=1))  # how far the slow one is
    stopped: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise `gr.Error`, without a notice, once the visitor has stopped."""
        if self.stopped.is_set():
            raise gr.Error(said("stopped"), visible=False, print_exception=False)

    def reports(self, progress: gr.Progress) -> Progress:
        """A callback that shows the progress, and checks."""
        last = (-1.0, "")

        def report(share: float, stage: str) -> None:
            nonlocal last
            self.check()
            if (share, stage) != last:  # who waits repeats itself
                last = (share, stage)
                progress(share, desc=translated(stage))

        return report

    def file(self, name: str) -> str | None:
        """The picture of a method, once it is there."""
        return self.done[name][0] if name in self.done else None

    def seconds(self, name: str) -> str:
        """How long it took, in words; "" before."""
        return in_seconds(self.done[name][1]) if name in self.done else ""

    def note(self) -> str:
        """How far all have come, in words."""
        left = [name for name in (*QUICK_ONES, SLOW) if name in self.wanted and name not in self.done]
        if not left:
            return said(self._all_done())
        if self.stopped.is_set():
            return said("stopped")
        count = len(self.wanted)
        return said("comparing", done=count - len(left), count=count, method=TITLES[left[0]])

    def _all_done(self) -> str:
        if SLOW not in self.done:
            return "compared_quick"
        return "compared" if len(self.done) == len(NAMES) else "compared_slow"


def asked_for(content: str | None, style: str | None, max_side: int, alpha: float) -> Request[str | None]:
    """What is compared. Raises ValueError for what is missing or out of range."""
    request = Request(content, (style,), Controls(alpha), max_side)
    need_a_style(request)
    return request


@dataclass(frozen=True)
class MethodPainter:
    """Paints for visitors; the slow method may take `slow_seconds`, the others as long as any picture."""

    methods: Methods
    slow_seconds: float

    def paint(
        self,
        name: str,
        request: Request[Image.Image],
        report: Progress,
        shown: Callable[[Image.Image], None] = unreported,
    ) -> Painted:
        """A picture by one method, when its turn comes; `shown` as in `Methods.paint`.

        Raises ValueError for what takes too long.
        """
        content, (style,), side = request.content, request.styles, request.max_side
        seconds = self.methods.estimate(name, content.size, style.size, side)
        estimate = Estimate(fitted_size(content.size, side), seconds, memory=0, free=None)
        most = self.slow_seconds if name == SLOW else None
        refuse_too_long(estimate, most)
        with turn(report, estimate, most) as watched:
            look = (name, content, style, side, request.controls.alpha, watched)
            return timed(name, lambda: self.methods.paint(*look, shown=shown))

    def paint_into(self, name: str, comparison: Comparison, progress: gr.Progress) -> None:
        """The same for a comparison, as a file, unless it is there already."""
        comparison.check()
        if name in comparison.done:  # by a second click
            return
        report = comparison.reports(progress)
        painted = self.paint(name, opened(comparison.request), report, comparison.coming.append)
        file = save(painted, comparison.request)
        comparison.check()
        comparison.done[name] = file, painted.seconds

    def seconds_of_slow(self, content: str, style: str, max_side: int) -> float | None:
        """What the slow method will take, if that is known. Errors as of what opens pictures."""
        return self.methods.estimate(SLOW, size_of(content), size_of(style), max_side)


def save(painted: Painted, request: Request[str | None]) -> str:
    """The file of a picture."""
    path = new_folder() / f"{_stem(request)}-{painted.name}.png"
    save_picture(painted.picture, path)
    return str(path)


def save_sheet(request: Request[str | None], painted: list[Painted]) -> str:
    """The file of a sheet of photograph, style and pictures."""
    content, style = (open_picture(str(path)) for path in (request.content, request.styles[0]))
    path = new_folder() / f"{_stem(request)}-compared.png"
    save_picture(sheet(fit(content, request.max_side), style, painted), path)
    return str(path)


def _stem(request: Request[str | None]) -> str:
    return file_name(str(request.content), str(request.styles[0]), request.controls.alpha)


def painted_by(comparison: Comparison) -> list[Painted]:
    """All that is there, in the order in which it is shown."""
    done = [(name, *comparison.done[name]) for name in NAMES if name in comparison.done]
    return [Painted(name, open_picture(path), seconds) for name, path, seconds in done]
