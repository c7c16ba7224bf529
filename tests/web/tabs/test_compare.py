"""Tab "Compare", without a server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from sanet.web.tabs.compare import (
    OneMethod,
    begin,
    begin_slow,
    compare,
    downloadable,
    end,
    estimated,
    glimpse,
    paint_one,
    write_sheet,
)
from sanet.web.tabs.method_painter import QUICK_ONES, SLOW, MethodPainter
from tests.support.fake_methods import FakeMethods

Pictures = Callable[..., str]
CHOICE = (256, 0.8)


@pytest.fixture
def methods() -> FakeMethods:
    return FakeMethods()


def test_methods_are_painted_one_after_the_other(methods: FakeMethods, picture: Pictures) -> None:
    comparison, note, *shown = begin(picture("castle", width=400, height=300), picture("waves"), *CHOICE, None)
    assert (note, shown) == ("Now painting SANet; 0 of 4 are done.", [None, ""] * 5)
    for name in QUICK_ONES:
        file, seconds, note = paint_one(OneMethod(MethodPainter(methods, 900), name), comparison)
        assert Path(file).name == f"castle-waves-a80-{name}.png"
        assert Image.open(file).size == (256, 192)
        assert seconds.endswith(" s")
    assert note == "Painted. Gatys takes longer and waits until you ask for it."
    paint_one(OneMethod(MethodPainter(methods, 900), "wct"), comparison)  # by a second click: it is there already
    assert methods.asked == [(name, 256, 0.8, 100) for name in QUICK_ONES]


def test_the_slow_one_joins_what_is_painted_and_is_kept(methods: FakeMethods, picture: Pictures) -> None:
    pictures = picture("castle"), picture("waves")
    first, *_ = begin(*pictures, *CHOICE, None)
    paint_one(OneMethod(MethodPainter(methods, 900), "sanet"), first)
    same, note, *_ = begin_slow(*pictures, *CHOICE, first)
    assert (same, note) == (first, "Now painting WCT; 1 of 5 are done.")
    assert not first.stopped.is_set()
    paint_one(OneMethod(MethodPainter(methods, 900), SLOW), same)
    anew, note, *shown = begin(*pictures, *CHOICE, same)
    assert note == "Now painting SANet; 1 of 5 are done."
    assert [value is not None for value in shown[::2]] == [False, True, False, False, False]
    other, *_ = begin(*pictures, 256, 0.5, anew)
    assert other.done == {}


def test_the_slow_one_alone_and_after_stop(methods: FakeMethods, picture: Pictures) -> None:
    pictures = picture("castle"), picture("waves")
    alone, note, *_ = begin_slow(*pictures, *CHOICE, None)
    assert note == "Now painting Gatys et al.; 0 of 1 are done."
    paint_one(OneMethod(MethodPainter(methods, 900), SLOW), alone)
    assert alone.note() == "Gatys is painted. Press Stylize for the others."
    first, *_ = begin(*pictures, *CHOICE, None)
    paint_one(OneMethod(MethodPainter(methods, 900), "sanet"), first)
    end(first)
    second, note, *_ = begin_slow(*pictures, *CHOICE, first)
    assert note == "Now painting Gatys et al.; 1 of 2 are done."
    assert list(second.done) == ["sanet"]


def test_the_slow_one_is_seen_while_it_is_painted(picture: Pictures) -> None:
    comparison, *_ = begin_slow(picture("castle"), picture("waves"), *CHOICE, None)
    assert glimpse(comparison) == glimpse(None) == gr.skip()
    seen = []

    class Seen(FakeMethods):
        def paint(self, *values: Any, **more: Any) -> Image.Image:
            more["shown"](Image.new("RGB", (8, 8), "red"))
            more["shown"](Image.new("RGB", (8, 8), "lime"))
            seen.append(glimpse(comparison))
            return super().paint(*values, **more)

    paint_one(OneMethod(MethodPainter(Seen(), 900), SLOW), comparison)
    red, green, blue = Image.open(seen[0]).getpixel((4, 4))
    assert green > 200 > 50 > max(red, blue)
    assert glimpse(comparison) == gr.skip()


def test_what_was_stopped_paints_no_more(methods: FakeMethods, picture: Pictures) -> None:
    comparison, *_ = begin(picture("castle"), picture("waves"), *CHOICE, None)
    assert end(comparison) == "Stopped."
    with pytest.raises(gr.Error, match="Stopped"):
        paint_one(OneMethod(MethodPainter(methods, 900), "sanet"), comparison)
    assert methods.asked == []
    assert end(None) == gr.skip()


def test_a_new_comparison_ends_the_one_before(methods: FakeMethods, picture: Pictures) -> None:
    pictures = picture("castle"), picture("waves")
    first, *_ = begin(*pictures, *CHOICE, None)
    begin(*pictures, *CHOICE, first)
    with pytest.raises(gr.Error, match="Stopped"):
        paint_one(OneMethod(MethodPainter(methods, 900), "sanet"), first)
    with pytest.raises(gr.Error, match="Choose a photograph first"):
        begin(None, pictures[1], *CHOICE, None)
    with pytest.raises(gr.Error, match="Choose a style first"):
        begin_slow(pictures[0], None, *CHOICE, None)


def test_the_button_of_the_slow_one_says_how_long_it_takes(picture: Pictures) -> None:
    pictures = picture("castle"), picture("waves")
    assert estimated(MethodPainter(FakeMethods(), 900), *pictures, 512) == "Paint Gatys (may take minutes)"
    assert estimated(MethodPainter(FakeMethods(50), 900), *pictures, 512) == "Paint Gatys (about 50 s)"
    assert estimated(MethodPainter(FakeMethods(50), 900), None, None, 512) == "Paint Gatys (may take minutes)"


def test_the_sheet_is_of_what_is_painted(methods: FakeMethods, picture: Pictures) -> None:
    comparison, *_ = begin(picture("castle"), picture("waves"), *CHOICE, None)
    assert downloadable(comparison) == downloadable(None) == gr.update(interactive=False)
    with pytest.raises(gr.Error, match="Make a picture first"):
        write_sheet(comparison)
    paint_one(OneMethod(MethodPainter(methods, 900), "adain"), comparison)
    assert downloadable(comparison) == gr.update(interactive=True)
    path = Path(write_sheet(comparison))
    assert path.name == "castle-waves-a80-compared.png"
    assert Image.open(path).size == (4 * 68 + 4, 48 + 24 + 4)


def test_programs_get_files_a_sheet_and_seconds(methods: FakeMethods, picture: Pictures) -> None:
    pictures, sheet, seconds = compare(
        MethodPainter(methods, 900), picture("castle"), picture("waves"), *CHOICE, "adain, gatys"
    )
    assert [Image.open(path).getpixel((0, 0)) for path in pictures] == [(255, 255, 255), (0, 128, 0)]
    assert list(seconds) == ["adain", "gatys"]
    assert Image.open(sheet).format == "PNG"
    with pytest.raises(gr.Error, match="There is no method &#x27;vgg&#x27;"):
        compare(MethodPainter(methods, 900), picture("castle"), picture("waves"), methods="vgg")
