"""What every tab sets: paper, numbers that are typed, and what is shown of a request."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.web.widgets.controls import Dots, StrokeSize, common_controls, put_on_paper, values_of


@pytest.fixture
def photograph(tmp_path: Path) -> str:
    path = tmp_path / "photograph.png"
    Image.new("RGB", (1024, 683)).save(path)
    return str(path)


@pytest.mark.parametrize(
    ("paper", "max_side", "grow", "expected"),
    [
        ("A4, 150 dpi", 512, True, (1754, 1.71, 150)),
        ("A4, 300 dpi", 512, True, (3508, 3.43, 300)),
        ("A4, 300 dpi", 512, False, (3508, 1.0, 300)),
        ("A5, 150 dpi", 1024, True, (1240, 1.21, 150)),
        ("A2, 300 dpi", 512, True, (7016, 4.0, 300)),
    ],
)
def test_a_paper_sets_the_size_and_lets_strokes_grow(
    photograph: str, paper: str, max_side: int, grow: bool, expected: tuple
) -> None:
    size, strokes, enlarge, dpi, power = put_on_paper(photograph, paper, max_side, 1.0, False, grow)
    assert (size["value"], strokes, dpi) == expected
    assert enlarge is True
    assert 2**power == pytest.approx(strokes)
    again = put_on_paper(photograph, paper, size["value"], strokes, True, grow)
    assert (again[0]["value"], again[1]) == expected[:2]


def test_a_paper_needs_a_photograph() -> None:
    with pytest.raises(gr.Error, match="Choose a photograph first"):
        put_on_paper(None, "A4, 300 dpi", 512, 1.0, False, True)


@pytest.mark.parametrize(
    ("widget", "typed", "read"),
    [
        (StrokeSize, None, 1.0),
        (StrokeSize, 9, 4.0),
        (StrokeSize, 0, 0.25),
        (StrokeSize, 1.5, 1.5),
        (Dots, None, 0),
        (Dots, 300, 300),
        (Dots, -5, 0),
        (Dots, 99999, 2400),
    ],
)
def test_numbers_that_are_being_typed_are_no_errors(widget: Callable, typed: float | None, read: float) -> None:
    assert widget().preprocess(typed) == read


def test_a_request_is_shown_as_it_is_set() -> None:
    with gr.Blocks():
        widgets = common_controls("one")
    request = Request("a.jpg", ("b.jpg",), Controls(0.5, colors="palette"), 3508, None, 0, 2.0, True, 300)
    shown = values_of(widgets, request)
    wanted = [False, "palette", 2.0, True, 300, 1.0]
    named = ("keep_color", "colors", "stroke_size", "enlarge", "dpi", "strokes")
    assert [shown[getattr(widgets, name)] for name in named] == wanted
    assert shown[widgets.max_side]["value"] == 3508
    assert len(widgets.inputs) == 9
