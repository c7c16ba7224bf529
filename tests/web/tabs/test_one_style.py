"""Tab "One style", without a server: what it asks the engine, and what it makes of the answer."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.web.choice import Choice
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.result import Painter
from sanet.web.sharing.recipe import to_address
from sanet.web.tabs.one_style import called, stylize, surprise
from sanet.web.tabs.tab import paint_asked
from tests.support.fake_engine import FakeEngine

Pictures = Callable[..., str]


@pytest.fixture
def painter(engine: FakeEngine) -> Painter:
    return Painter(engine, "one", called)


def test_the_choices_are_one_request(painter: Painter, engine: FakeEngine, picture: Pictures) -> None:
    content, style = picture("my holiday", "white", 600, 300), picture("ducks", "red")
    file, pair, note, made = stylize(painter, content, style, 0.8, 256, True)
    (asked,) = engine.requests
    assert (asked.content.size, asked.controls, asked.max_side) == ((256, 128), Controls(0.8, keep_color=True), 256)
    assert made.choice == Choice("one", Request(content, (style,), Controls(0.8, keep_color=True), 256))
    assert (Path(file).name, made.after, made.before) == ("my-holiday-ducks-a80.png", file, pair[0])
    assert Image.open(file).getpixel((0, 0)) == (255, 0, 0)
    assert Image.open(pair[0]).getpixel((0, 0)) == (255, 255, 255)
    assert note.startswith("256 × 128 px in ")
    assert made.made_here


def test_a_link_is_painted_as_the_button_paints(painter: Painter, engine: FakeEngine) -> None:
    *_, made = stylize(painter, str(CONTENTS[1].path), str(STYLES[2].path), 0.8, 256, True)
    *_, again = paint_asked(painter, to_address(made.choice))
    assert again.choice == made.choice
    first, second = engine.requests
    assert (first.controls, first.max_side) == (second.controls, second.max_side)
    with pytest.raises(gr.Error, match="cut off or damaged"):
        paint_asked(painter, "!")


@pytest.mark.parametrize(
    ("content", "style", "alpha", "keep_color", "sentence"),
    [
        (False, True, 1.0, False, "Choose a photograph first: upload one or click an example."),
        (True, False, 1.0, False, "Choose a style first: upload one or click an example."),
        (True, True, float("nan"), False, "Strength (alpha) must lie between 0 and 1, got nan."),
        (True, True, 1.0, "<b>no</b>", "&lt;b&gt;no&lt;/b&gt;"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_never_html(
    painter: Painter,
    engine: FakeEngine,
    picture: Pictures,
    content: bool,
    style: bool,
    alpha: float,
    keep_color: bool,
    sentence: str,
) -> None:
    chosen = [picture("a") if given else None for given in (content, style)]
    with pytest.raises(gr.Error) as refused:
        stylize(painter, *chosen, alpha, 256, keep_color)
    assert sentence in str(refused.value)
    assert "<" not in str(refused.value)
    assert engine.requests == []


def test_a_picture_that_was_cleared_away_is_said_to_be(painter: Painter, picture: Pictures) -> None:
    style = picture("b")
    Path(style).unlink()
    with pytest.raises(gr.Error, match="cleared away") as refused:
        stylize(painter, picture("a"), style)
    assert not refused.value.print_exception  # nothing is wrong with the server


def test_a_surprise_is_another_picture_and_the_visitors_own_photograph(picture: Pictures) -> None:
    content, style = str(CONTENTS[0].path), str(STYLES[0].path)
    others = [surprise(content, style) for _ in range(20)]
    assert all(other[0] != content and other[1] != style for other in others)
    assert len({tuple(other) for other in others}) > 10
    assert surprise(picture("mine"), style)[0] == gr.skip()
