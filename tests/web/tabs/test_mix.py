"""Tab "Mix", without a server."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr
import pytest

from sanet.engine.controls import Controls
from sanet.web.result import Painter
from sanet.web.tabs.mix import called, mix
from tests.support.fake_engine import FakeEngine

Pictures = Callable[..., str]


@pytest.fixture
def painter(engine: FakeEngine) -> Painter:
    return Painter(engine, "mix", called)


def test_empty_places_take_no_part(painter: Painter, engine: FakeEngine, picture: Pictures) -> None:
    styles = [picture("a"), None, picture("c"), *[None] * 5]
    file, *_, made = mix(painter, picture("castle"), *styles, 0.5, 0.9, 0.25, *[1.0] * 5, 0.7, 256, True)
    assert engine.requests[0].controls == Controls(0.7, (0.5, 0.25), keep_color=True)
    assert Path(file).name == "castle-mix-of-2-w50-w25-a70.png"
    assert made.choice.request.styles == (styles[0], styles[2])


@pytest.mark.parametrize(
    ("places", "weights", "sentence"),
    [([], [1.0] * 8, "Choose a style first"), ([0, 1], [0.0] * 8, "At least one style weight must be above 0")],
)
def test_a_mix_needs_a_style_with_a_weight(
    painter: Painter, engine: FakeEngine, picture: Pictures, places: list[int], weights: list[float], sentence: str
) -> None:
    styles = [picture(str(i)) if i in places else None for i in range(8)]
    with pytest.raises(gr.Error, match=sentence):
        mix(painter, picture("castle"), *styles, *weights)
    assert engine.requests == []
