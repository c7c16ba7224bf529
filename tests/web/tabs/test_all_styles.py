"""Tab "All styles", without a server."""

from collections.abc import Callable

import gradio as gr
import pytest
from PIL import Image

from sanet.web.examples import STYLES
from sanet.web.tabs.all_styles import SIDE, begin, downloadable, end, go_on, paint_next, tell, write_sheet
from tests.support.fake_engine import FakeEngine

Pictures = Callable[..., str]


def test_a_sheet_grows_style_by_style(engine: FakeEngine, picture: Pictures) -> None:
    sheet, cells, note = begin(picture("castle", "white", 800, 400), None)
    assert (len(cells), note) == (len(STYLES), f"0 of {len(STYLES)} painted. Now: {STYLES[0].label}.")
    for done in range(1, len(STYLES) + 1):
        cells, note = paint_next(engine, sheet)
        assert [caption for _, caption in cells[:done]] == [style.label for style in STYLES[:done]]
    assert note == f"{done} of {done} painted. Click a picture to go on with it."
    assert {request.max_side for request in engine.requests} == {SIDE}
    assert Image.open(sheet.painted[0]).size == (320, 160)
    assert paint_next(engine, sheet)[1] == note  # a second click has already painted all
    assert len(engine.requests) == len(STYLES)
    with Image.open(write_sheet(sheet)) as written:
        assert written.format == "JPEG"
        assert 4 * SIDE < written.width < 5 * SIDE
        assert 4 * SIDE // 2 < written.height < 5 * SIDE // 2


def test_there_is_no_sheet_to_download_before_its_first_picture(engine: FakeEngine, picture: Pictures) -> None:
    sheet, *_ = begin(picture("castle"), None)
    assert downloadable(sheet) == downloadable(None) == gr.update(interactive=False)
    with pytest.raises(gr.Error, match="Make a picture first"):
        write_sheet(sheet)
    paint_next(engine, sheet)
    assert downloadable(sheet) == gr.update(interactive=True)


def test_a_sheet_that_was_stopped_paints_no_more(engine: FakeEngine, picture: Pictures) -> None:
    sheet, *_ = begin(picture("castle"), None)
    assert end(sheet) == tell(sheet) == "Stopped."
    with pytest.raises(gr.Error, match="Stopped"):
        paint_next(engine, sheet)
    assert engine.requests == []
    assert end(None) == gr.skip()


def test_a_new_sheet_ends_the_one_before_and_needs_a_photograph(picture: Pictures) -> None:
    sheet, *_ = begin(picture("castle"), None)
    with pytest.raises(gr.Error, match="Choose a photograph first"):
        begin(None, sheet)
    assert sheet.stopped.is_set()


def test_a_click_goes_on_with_the_photograph_of_the_sheet(picture: Pictures) -> None:
    content = picture("castle")
    sheet, *_ = begin(content, None)
    event = gr.SelectData(None, {"index": 5, "value": None})
    assert go_on(sheet, "another", event)[1:] == (content, str(STYLES[5].path))
    assert go_on(None, "another", event)[1:] == ("another", str(STYLES[5].path))
