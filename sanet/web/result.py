"""Painting what is chosen on a tab: from a request with files to a result on the page."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import gradio as gr
from PIL import Image

from sanet.engine.cost import Estimate
from sanet.engine.interrupts import seconds_worked
from sanet.engine.protocol import Engine
from sanet.engine.request import MOST_STEPS, Request
from sanet.errors import RefusedError
from sanet.image.decode import open_picture, size_of
from sanet.image.save import save_picture
from sanet.image.size import fit
from sanet.image.stroke_size import useful_side
from sanet.image.transparency import on_white
from sanet.progress import Progress
from sanet.web.choice import Choice, need_a_style
from sanet.web.files import file_name, new_folder
from sanet.web.i18n import said
from sanet.web.regions import numbers_of, opened_regions
from sanet.web.serving.runs import refuse_too_long, stop_if_left, turn
from sanet.web.stop import StopSwitch

PICTURES_KEPT, LARGEST_KEPT = 8, 1024  # pixels


@dataclass(frozen=True)
class Made:
    """A result on the page: how it was made, and the files before and after."""

    choice: Choice
    before: str
    after: str
    made_here: bool = True  # rather than opened again from a link or a file


# The file of the result, the pair (before, after) for the comparison, a note of size and time, and how it was made.
Result = tuple[str, tuple[str, str], str, Made]


class Painter:
    """Paints for the visitors of one tab, each of whom may stop."""

    def __init__(
        self,
        engine: Engine,
        tab: str,
        called: Callable[[Request[str | None]], str],
        check: Callable[[Request[str | None]], None] = need_a_style,
    ) -> None:
        """`called` names the style in the file's name; `check` raises ValueError for what a request still needs."""
        self.switch = StopSwitch()
        self._engine, self._tab, self._called, self._check = engine, tab, called, check

    def paint(self, request: Request[str | None], progress: gr.Progress, visitor: gr.Request | None) -> Result:
        """A result on the page. Raises ValueError for what is missing or cannot be used."""
        self._check(request)
        with self.switch.reports(visitor, progress) as report:
            return self._paint(request, report, request.polish)

    def polish(self, made: Made | None, steps: int, progress: gr.Progress, visitor: gr.Request | None) -> Result:
        """A result after so many steps more. Raises ValueError for what is missing, and after the last of steps."""
        if made is None:
            raise RefusedError("Make a picture first, then polish it.")
        request = made.choice.request
        if request.polish >= MOST_STEPS:
            raise RefusedError("This picture has been polished as far as it goes.")
        request = replace(request, polish=min(request.polish + steps, MOST_STEPS))
        self._check(request)
        with self.switch.reports(visitor, progress) as report:
            return self._paint(request, report, steps)

    def seconds_to_polish(self, made: Made, steps: int) -> float | None:
        """How long so many steps will take, if that is known. Raises as what opens pictures."""
        request = made.choice.request
        content, *styles = (size_of(path) for path in (request.content, *request.styles) if path)
        without, polished = (
            self._engine.estimate(content, styles, request.max_side, count, request.stroke_size, request.enlarge)
            for count in (0, steps)
        )
        return None if without.seconds is None or polished.seconds is None else polished.seconds - without.seconds

    def _paint(self, request: Request[str | None], report: Progress, steps: int) -> Result:
        """`steps`: how many of the request's are still to be done."""
        complete = opened(request)
        estimate = estimate_of(self._engine, complete, steps)
        refuse_too_long(estimate)
        with turn(report, estimate) as watched:
            start = seconds_worked()
            picture = self._engine.paint(complete, watched)
            seconds = seconds_worked() - start
        folder = new_folder()
        name = file_name(str(request.content), self._called(request), request.controls.alpha)
        name += f"-p{request.polish}" if request.polish else ""
        before, after = folder / "before.jpg", folder / f"{name}.png"
        save_picture(on_white(complete.content), before)
        save_picture(picture, after, dpi=request.dpi)
        note = said("made", width=picture.width, height=picture.height, seconds=f"{seconds:.1f}")
        if request.polish:
            note = said("polished", width=picture.width, height=picture.height, steps=request.polish)
        return str(after), (str(before), str(after)), note, Made(Choice(self._tab, request), str(before), str(after))


def estimate_of(engine: Engine, request: Request[Image.Image], steps: int = 0) -> Estimate:
    """What a request will cost with so many steps of Polish."""
    sizes = request.content.size, [style.size for style in request.styles]
    return engine.estimate(*sizes, request.max_side, steps, request.stroke_size, request.enlarge)


def opened(request: Request[str | None]) -> Request[Image.Image]:
    """With pictures, no larger than they are painted, in place of files, and without the empty places.

    Raises ValueError for pictures that cannot be used.
    """
    numbers, mix, side = numbers_of(request.styles), request.controls.mix, request.max_side
    style_side = useful_side(side, request.stroke_size)
    return Request(
        _fitted(str(request.content), side, request.enlarge),
        tuple(_fitted(style, style_side) for style in request.styles if style),
        replace(request.controls, mix=mix and tuple(mix[number - 1] for number in numbers)),
        side,
        opened_regions(request.regions, numbers) if request.regions else None,
        request.polish,
        request.stroke_size,
        request.enlarge,
        request.dpi,
        request.match_regions,
        opened_regions(request.style_regions, numbers) if request.style_regions else None,
    )


def _fitted(path: str, side: int, enlarge: bool = False) -> Image.Image:
    stop_if_left()  # a crowd that comes and goes leaves nothing to be read
    file = os.stat(path)
    return (_read if side <= LARGEST_KEPT else _read.__wrapped__)(path, file.st_ino, file.st_size, side, enlarge)


@lru_cache(PICTURES_KEPT)
def _read(path: str, number: int, size: int, side: int, enlarge: bool) -> Image.Image:
    """Once for all strengths; another file at the same place has another `number` or `size`."""
    return fit(open_picture(path), side, enlarge)
