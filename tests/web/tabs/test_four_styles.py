"""Tab "Four styles", without a server."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr
import pytest

from sanet.engine.controls import Controls, bilinear_mix
from sanet.engine.request import Request
from sanet.web.choice import Choice, need_each_style
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.result import Painter
from sanet.web.sharing.recipe import to_address
from sanet.web.tabs.four_styles import called, interpolate, point_of, redraw
from sanet.web.tabs.tab import paint_asked
from sanet.web.widgets.live_preview import LivePreview
from tests.support.fake_engine import FakeEngine

Pictures = Callable[..., str]


@pytest.fixture
def painter(engine: FakeEngine) -> Painter:
    return Painter(engine, "four", called, need_each_style)


def test_the_point_is_four_weights_and_is_found_again(painter: Painter, engine: FakeEngine, picture: Pictures) -> None:
    styles = [picture(letter) for letter in "abcd"]
    file, *_, made = interpolate(painter, picture("castle"), *styles, 0.25, 0.5, 0.9, 256, True)
    assert engine.requests[0].controls == Controls(0.9, (0.375, 0.125, 0.375, 0.125), keep_color=True)
    assert Path(file).name == "castle-mix-x25-y50-a90.png"
    assert made.choice.request.styles == tuple(styles)
    assert point_of(made.choice.request) == (0.25, 0.5)


def test_every_corner_needs_a_style(painter: Painter, engine: FakeEngine, picture: Pictures) -> None:
    styles = [picture("a"), picture("b"), None, picture("d")]
    with pytest.raises(gr.Error, match="Choose style C first"):
        interpolate(painter, picture("castle"), *styles)
    examples = [str(style.path) for style in STYLES[:4]]
    request = Request(str(CONTENTS[0].path), (*examples[:2], None, examples[3]), Controls(mix=bilinear_mix(0.5, 0.5)))
    with pytest.raises(gr.Error, match="Choose style C first"):
        paint_asked(painter, to_address(Choice("four", request)))
    assert engine.requests == []


def test_the_square_has_a_ticket_once_every_picture_is_there(engine: FakeEngine, picture: Pictures) -> None:
    live, styles = LivePreview(engine), [picture(letter) for letter in "abcd"]
    looks = (False, "palette", 2.0, 0.5)
    assert redraw(live, picture("castle"), *styles, 1.0, *looks).props["ticket"]
    assert not redraw(live, picture("castle"), *styles[:3], None, 1.0, *looks).props["ticket"]
    assert not redraw(live, None, *styles, 1.0, *looks).props["ticket"]
