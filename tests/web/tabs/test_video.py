"""The tab "Video" without a browser: what its widgets ask for, frame by frame."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from sanet.engine.request import PAINTED
from sanet.engine.stylizer import Stylizer
from sanet.errors import RefusedError
from sanet.video.parts import Parts
from sanet.web.examples import STYLES
from sanet.web.regions import NothingPaintedError
from sanet.web.serving.limits import Limits
from sanet.web.tabs.film_painter import FilmPainter
from sanet.web.tabs.video import canvas_over, chosen_film
from sanet.web.widgets.paint_canvas import write_painting
from tests.support.clips import write_clip

FIRST, SECOND = (str(style.path) for style in STYLES[:2])
SPAN = (0.7, 0.0, 0.0)
LOOK = (0.75, 0.5, 0.9, 256, "photo", 2.0, 0.3)


@pytest.fixture
def clip(tmp_path: Path) -> str:
    """Half a second of grey."""
    return str(write_clip(tmp_path / "clip.mp4", [np.full((48, 64, 3), 90, np.uint8)] * 5, rate=10))


def film(clip: str | None, *styles: str | None, places: tuple[Any, ...] = ("", None, 0.2)) -> Any:
    return chosen_film(clip, *styles, *[None] * (4 - len(styles)), *SPAN, *LOOK, *places)


def test_a_film_has_the_styles_that_are_there_in_their_shares(clip: str) -> None:
    look = film(clip, FIRST, None, None, SECOND).look
    assert [max(style.size) for style in look.styles] == [512, 512]  # twice as large as the frames
    assert look.controls.mix == pytest.approx((0.125, 0.375))
    assert (look.controls.alpha, look.controls.colors) == (0.9, "photo")
    assert (look.max_side, look.stroke_size, look.match_regions, look.regions) == (256, 2.0, 0.3, None)
    assert film(clip, FIRST).look.controls.mix == (0.125,)


def test_where_the_point_stands_on_missing_styles_the_others_are_mixed_evenly(clip: str) -> None:
    corner = (1.0, 1.0, *LOOK[2:])
    film = chosen_film(clip, FIRST, SECOND, None, None, *SPAN, *corner, "", None, 0.2)
    assert film.look.controls.mix is None


def test_regions_are_of_the_styles_that_are_there(clip: str) -> None:
    halves = film(clip, FIRST, SECOND, places=("Left / right", None, 0.4)).look.regions
    assert (halves.drawn, halves.softness, halves.strengths) == ("Left / right", 0.4, (1.0, 1.0))
    sketch = write_painting(Image.fromarray(np.array([[1, 4], [3, 0]], np.uint8)))
    painted = film(clip, FIRST, None, None, SECOND, places=(PAINTED, sketch, 0.0)).look.regions
    assert np.asarray(painted.pictures[0]).tolist() == [[1, 2], [0, 0]]  # the third place is empty
    with pytest.raises(NothingPaintedError):
        film(clip, FIRST, places=(PAINTED, None, 0.2))


@pytest.mark.parametrize(
    ("styles", "sentence"), [((), "Choose a style first"), ((FIRST,), "Choose a clip first")], ids=["style", "clip"]
)
def test_what_is_missing_is_said(clip: str, styles: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        film(None if styles else clip, *styles)


@pytest.mark.parametrize("session", ["a", None])
def test_the_last_frame_is_there_for_its_visitor_while_it_is_painted(
    random_net: Callable[..., Any], clip: str, tmp_path: Path, session: str | None
) -> None:
    engine = Stylizer(random_net(), torch.device("cpu"))
    painter, parts, seen = FilmPainter(engine, Limits()), Parts(tmp_path / "out.mp4"), []
    chosen = film(clip, FIRST)
    parts.begin(chosen.settings())

    def progress(done: float, desc: str) -> None:
        seen.append({name: picture.size for name, picture in painter.last.items()})

    painter.paint(chosen, parts, SimpleNamespace(session_hash=session), progress)
    assert seen == [{session: (64, 48)} if session else {}] * 5
    assert painter.last == {}


def test_the_canvas_shows_the_first_frame_only_where_it_is_painted_on(clip: str, tmp_path: Path) -> None:
    shown = canvas_over(PAINTED, clip, FIRST, None, None, SECOND)
    assert (shown.visible, shown.props["photograph"]["width"], shown.props["photograph"]["height"]) == (True, 64, 48)
    assert [bool(brush["name"]) for brush in shown.props["brushes"]] == [True, False, False, True]
    assert canvas_over("", clip, FIRST, None, None, None)["visible"] is False
    (tmp_path / "text.mp4").write_text("no clip")
    for nothing in (None, str(tmp_path / "text.mp4")):
        assert canvas_over(PAINTED, nothing, FIRST, None, None, None).props["photograph"]["picture"] == ""
