"""The button Polish, without a server: what it asks the engine, what it keeps, and what it says."""

from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from sanet.engine.cost import Estimate
from sanet.engine.request import MOST_STEPS, STEPS
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.i18n import word
from sanet.web.result import Painter
from sanet.web.sharing.recipe import from_address, from_data, to_address, to_data
from sanet.web.tabs.one_style import called, stylize
from sanet.web.tabs.tab import paint_asked
from sanet.web.widgets.polish_button import Part, offer, polish
from tests.support.fake_engine import FakeEngine


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def painter(engine: FakeEngine) -> Painter:
    return Painter(engine, "one", called)


@pytest.fixture
def made(painter: Painter):
    return stylize(painter, str(CONTENTS[0].path), str(STYLES[0].path), 0.8, 256)[3]


def test_parts_add_their_steps_to_the_result_and_only_the_last_is_kept(painter: Painter, engine: FakeEngine, made):
    file, pair, note, first = polish(Part(painter, 5, False), made)
    *_, second = polish(Part(painter, 5, True), first)
    assert [request.polish for request in engine.requests] == [0, 5, 10]
    assert (first.choice.request, first.made_here) == (replace(made.choice.request, polish=5), False)
    assert (second.choice.request.polish, second.made_here) == (10, True)
    assert Path(file).name == f"{Path(made.after).stem}-p5.png"
    assert (pair[1], "polished in 5 steps" in note) == (file, True)


def test_a_link_to_a_polished_picture_is_painted_alike(painter: Painter, engine: FakeEngine, made):
    *_, polished = polish(Part(painter, 20, True), made)
    assert from_address(to_address(polished.choice)) == polished.choice
    *_, again = paint_asked(painter, to_address(polished.choice))
    assert again.choice == polished.choice
    assert [request.polish for request in engine.requests] == [0, 20, 20]


def test_recipes_from_before_are_not_polished(made):
    data = to_data(made.choice)
    assert "polish" not in data["settings"]
    assert from_data(data).request.polish == 0


@pytest.mark.parametrize("steps", [-1, MOST_STEPS + 1, 2.5, "20", True, None])
def test_a_recipe_with_other_steps_is_none(made, steps):
    data = to_data(made.choice)
    with pytest.raises(ValueError, match="not a recipe"):
        from_data(data | {"settings": data["settings"] | {"polish": steps}})


def test_what_cannot_be_polished_is_one_sentence(painter: Painter, made):
    with pytest.raises(gr.Error, match="Make a picture first, then polish it"):
        polish(Part(painter, 5, True), None)
    choice = replace(made.choice, request=replace(made.choice.request, polish=MOST_STEPS - 2))
    *_, polished = polish(Part(painter, 5, True), replace(made, choice=choice))
    assert polished.choice.request.polish == MOST_STEPS
    with pytest.raises(gr.Error, match="polished as far as it goes"):
        polish(Part(painter, 5, True), polished)


@pytest.mark.parametrize(("seconds", "label"), [(0.5, "Polish, about 10 s"), (None, word("polish"))])
def test_the_button_says_how_long_it_will_take(painter: Painter, engine: FakeEngine, made, monkeypatch, seconds, label):
    def estimate(content, styles, max_side, polish=0, *more):
        return Estimate(content, seconds and 3 + seconds * polish, 0, None)

    monkeypatch.setattr(engine, "estimate", estimate)
    assert offer(painter, made) == gr.update(value=label, interactive=True)
    assert offer(painter, None) == gr.update(value=word("polish"), interactive=False)
    gone = Path(made.choice.request.content).with_name("gone.png")
    request = replace(made.choice.request, content=str(gone))
    cleared = replace(made, choice=replace(made.choice, request=request))
    assert offer(painter, cleared) == gr.update(value=word("polish"), interactive=True)
    assert STEPS == 20
