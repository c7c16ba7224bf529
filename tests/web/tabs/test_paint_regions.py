"""Tab "Paint regions", without a server: what is chosen under Regions, as the engine gets it and as a link keeps it."""

from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from sanet.engine.request import PAINTED, UPLOADED, Regions, Request, controls_at
from sanet.web.choice import Choice
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.regions import kept_painting
from sanet.web.result import Made, Painter
from sanet.web.sharing.recipe import to_address
from sanet.web.tabs.paint_events import (
    archive_of,
    check_painted,
    keep_subject,
    offered,
    only_subject,
    painted_from,
    preview_regions,
)
from sanet.web.tabs.paint_regions import called, spatial
from sanet.web.tabs.tab import paint_asked
from sanet.web.widgets.paint_canvas import read_painting
from tests.support.fake_engine import FakeEngine

Pictures = Callable[..., str]
# The numbers 1, 1, 2, 4 in a row.
PAINTING = {"width": 4, "height": 1, "runs": "1 2 2 1 4 1", "edit": 3}


@pytest.fixture
def painter(engine: FakeEngine) -> Painter:
    return Painter(engine, "paint", called)


def painted(painter: Painter, picture: Pictures, drawn: str, *more: Any) -> Made:
    """A result of a photograph of 64 x 16 pixels with styles in the places 1 and 4."""
    content = picture("photograph", "white", 64, 16)
    return spatial(painter, content, picture("one"), None, None, picture("four", "blue"), drawn, *more)[-1]


def rows(engine: FakeEngine) -> list[list[int]]:
    """Of the last request, four pixels of the first row of each mask."""
    masks = controls_at(engine.requests[-1], (64, 16)).masks
    assert masks is not None
    return [[mask.getpixel((x, 0)) for x in (8, 24, 40, 56)] for mask in masks]


def test_a_painting_is_masks_of_the_styles_that_are_there(
    painter: Painter, engine: FakeEngine, picture: Pictures
) -> None:
    made = painted(painter, picture, PAINTED, PAINTING, None, 0.0, 1.0, 256, False, 0.4, 1.0, 1.0, 1.0)
    assert rows(engine) == [[102, 102, 0, 0], [0, 0, 0, 255]]
    regions = made.choice.request.regions
    assert regions is not None
    assert (regions.drawn, regions.strengths) == (PAINTED, (0.4, 1.0, 1.0, 1.0))
    assert np.asarray(kept_painting(made.choice.masks[0])).tolist() == [[1, 1, 2, 4]]  # place 2 may get a style again
    painter.paint(made.choice.request, gr.Progress(), None)
    assert rows(engine) == [[102, 102, 0, 0], [0, 0, 0, 255]]


def test_presets_are_shared_by_the_styles_that_are_there(
    painter: Painter, engine: FakeEngine, picture: Pictures
) -> None:
    made = painted(painter, picture, "Left / right", None, None, 0.0)
    assert rows(engine) == [[255, 255, 0, 0], [0, 0, 255, 255]]
    assert made.choice.request.regions == Regions("Left / right", (), 0.0, (1.0,) * 4)
    assert made.choice.masks == ()


def test_masks_are_for_the_styles_that_are_there(painter: Painter, engine: FakeEngine, picture: Pictures) -> None:
    masks = [picture("m1", "#c8c8c8"), picture("m2", "black")]
    made = painted(painter, picture, UPLOADED, None, masks, 0.0)
    assert rows(engine) == [[200] * 4, [0] * 4]
    assert made.choice.masks == tuple(masks)
    with pytest.raises(gr.Error, match="one mask: got 1 for 2"):
        painted(painter, picture, UPLOADED, None, masks[:1], 0.0)


@pytest.mark.parametrize("painting", [None, {"width": 2, "height": 1, "runs": "0 2"}, {**PAINTING, "runs": "3 4"}])
def test_nothing_painted_is_a_hint(painter: Painter, engine: FakeEngine, picture: Pictures, painting: Any) -> None:
    with pytest.raises(gr.Error, match="Paint over the photograph first"):
        painted(painter, picture, PAINTED, painting)
    styles = [picture("one"), None, None, picture("four")]
    with pytest.raises(gr.Error, match="Paint over the photograph first") as hint:
        check_painted(picture("photograph"), *styles, PAINTED, painting, None)
    assert not hint.value.visible  # the notice is
    check_painted(picture("photograph"), *styles, "Centre", painting, None)
    assert engine.requests == []


def test_a_link_to_a_painting_that_it_does_not_hold_is_a_hint(painter: Painter, engine: FakeEngine) -> None:
    content, style = str(CONTENTS[0].path), str(STYLES[0].path)
    regions: Regions[str | None] = Regions(PAINTED, (), 0.2, (1.0,) * 4)
    request = Request(content, (style, None, None, None), regions=regions)
    with pytest.raises(gr.Error, match="Paint over the photograph first") as hint:
        paint_asked(painter, to_address(Choice("paint", request)))
    assert not hint.value.visible
    assert engine.requests == []


@pytest.mark.parametrize("softness", [float("nan"), float("inf"), -1, 10**400, "soft", None])
def test_numbers_that_are_none_never_reach_the_engine(
    painter: Painter, engine: FakeEngine, picture: Pictures, softness: Any
) -> None:
    with pytest.raises(gr.Error, match="Soft edges must lie between 0 and 1"):
        painted(painter, picture, "Centre", None, None, softness)
    assert engine.requests == []
    chosen = (picture("photograph"), picture("one"), None, None, None, "Centre", None, None)
    assert preview_regions(*chosen, softness, 1.0, 1.0, 1.0, 1.0)["picture"] == ""


def test_the_preview_shows_each_region_where_it_is(picture: Pictures) -> None:
    chosen = (picture("photograph", "white", 64, 16), picture("one"), None, None, picture("four"))
    preview = preview_regions(*chosen, PAINTED, PAINTING, None, 0.0, 1.0, 1.0, 1.0, 1.0)
    assert (preview["edit"], preview["paints"]) == (3, True)
    assert [place[0] for place in preview["places"]] == [1, 4]
    assert preview["picture"].startswith("data:image/png;base64,")
    nothing = preview_regions(*chosen, PAINTED, None, None, 0.0, 1.0, 1.0, 1.0, 1.0)
    assert (nothing["picture"], nothing["places"]) == ("", [])


def test_a_preset_becomes_a_painting_in_the_places_of_its_styles(picture: Pictures) -> None:
    chosen = (picture("photograph", "white", 64, 16), picture("one"), None, None, picture("four"))
    canvas, drawn = painted_from(*chosen, "Left / right", None, None)
    assert drawn == PAINTED
    assert canvas.value["runs"].startswith("1 32 4 32 1 32")
    assert painted_from(*chosen, UPLOADED, None, []) == (gr.skip(), PAINTED)


def test_masks_are_offered_where_there_is_a_use_for_them(picture: Pictures) -> None:
    assert [[part["visible"] for part in offered(drawn)] for drawn in (PAINTED, UPLOADED, "Centre")] == [
        [False, False, True],
        [True, True, False],
        [False, True, True],
    ]
    styles = (picture("one"), None, None, picture("four"))
    address = archive_of(picture("photograph"), *styles, "Centre", None, None)
    assert address.startswith("data:application/zip;base64,")


class MiddleEngine(FakeEngine):
    """Finds two regions in every picture: the middle, and what is around it."""

    def regions(self, request: Request[Image.Image]) -> list[tuple[Image.Image, Image.Image]]:
        self.requests.append(request)
        found = Image.new("L", (8, 8), 1)
        found.paste(2, (2, 2, 6, 6))
        return [(found, found) for _ in request.styles]


@pytest.mark.parametrize(("paint", "inside", "outside"), [(keep_subject, 0, 2), (only_subject, 2, 0)])
def test_one_click_paints_around_the_subject_or_nothing_else(
    picture: Pictures, paint: Callable[..., Any], inside: int, outside: int
) -> None:
    engine, content, style = MiddleEngine(), picture("photograph", "white", 800, 600), picture("two")
    canvas, drawn = paint(engine, content, None, style, None, picture("four"), "Centre", PAINTING, None)
    regions = read_painting(canvas.value)
    assert regions is not None
    assert (drawn, regions.size) == (PAINTED, (640, 480))
    assert {regions.getpixel((x, y)) for x in (240, 320, 400) for y in (180, 240, 300)} == {inside}
    assert {regions.getpixel((x, y)) for x in (0, 639) for y in (0, 240, 479)} == {outside}
    (request,) = engine.requests
    assert request.styles == (request.content,)  # whatever the styles are
    assert max(request.content.size) == 384


@pytest.mark.parametrize("paint", [keep_subject, only_subject])
def test_a_subject_that_cannot_be_painted_is_explained(
    picture: Pictures, engine: FakeEngine, paint: Callable[..., Any]
) -> None:
    rest = (None, None, None, PAINTED, None, None)
    with pytest.raises(gr.Error, match="Choose a style first"):
        paint(engine, picture("photograph"), None, *rest)
    with pytest.raises(gr.Error, match="Choose a photograph first"):
        paint(engine, None, picture("one"), *rest)
    with pytest.raises(gr.Error, match="Nothing stands out"):  # of two halves
        paint(engine, picture("photograph"), picture("one"), *rest)
