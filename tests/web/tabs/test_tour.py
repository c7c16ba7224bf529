"""The tour, without a server."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.trajectories import TOURS, tour
from sanet.web.tabs.tour import RATE, SIDE, TourPainter, estimate, make_tour
from tests.support.fake_engine import FakeEngine

Pictures = Callable[..., str]


def test_a_tour_is_a_request_and_its_steps(engine: FakeEngine, picture: Pictures) -> None:
    styles = [picture(letter) for letter in "abcd"]
    painter = TourPainter(engine)
    file, film, moving, note = make_tour(
        painter, picture("castle", "white", 800, 400), *styles, 0.25, 0.5, 0.9, True, TOURS[1], 2, "GIF"
    )
    start = Controls(0.9, (0.375, 0.125, 0.375, 0.125), keep_color=True)
    assert [request.controls for request in engine.requests] == tour(TOURS[1], 2 * RATE, start)
    assert {request.content.size for request in engine.requests} == {(SIDE, SIDE // 2)}
    assert Path(file).name == "castle-tour-a90.gif"
    assert Image.open(file).size == (SIDE, SIDE // 2)
    assert (film["visible"], moving["value"], moving["visible"]) == (False, file, True)
    assert note.startswith(f"{2 * RATE} frames in ")


def test_the_estimate_follows_what_a_frame_took(engine: FakeEngine) -> None:
    painter = TourPainter(engine)
    assert estimate(painter, 4, SIDE) == "48 frames of at most 384 px: about 7 s to make."
    painter.frame_seconds = 0.5
    assert estimate(painter, 4, SIDE) == "48 frames of at most 384 px: about 24 s to make."
    assert estimate(painter, 2, 768) == "24 frames of at most 768 px: about 48 s to make."
    painter.frame_seconds = 0.0
    assert estimate(painter, 2, SIDE) == "24 frames of at most 384 px: about 1 s to make."


@pytest.mark.parametrize(
    ("way", "length", "kind", "sentence"),
    [
        ("Diagonal", 2, "GIF", "There is no tour &#x27;Diagonal&#x27;"),
        (TOURS[0], 50, "GIF", "2 to 5 seconds as MP4 or GIF, got 50"),
        (TOURS[0], float("nan"), "GIF", "got nan"),
        (TOURS[0], 2, "AVI", "as &#x27;AVI&#x27;"),
    ],
)
def test_what_is_no_tour_is_refused(
    engine: FakeEngine, picture: Pictures, way: str, length: float, kind: str, sentence: str
) -> None:
    styles = [picture(letter) for letter in "abcd"]
    with pytest.raises(gr.Error, match=sentence):
        make_tour(TourPainter(engine), picture("castle"), *styles, 0.5, 0.5, 1.0, False, way, length, kind)
    assert engine.requests == []
