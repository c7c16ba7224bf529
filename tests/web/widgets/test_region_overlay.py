"""Regions over the pictures, without a server."""

from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from sanet.web.widgets.paint_canvas import COLORS
from sanet.web.widgets.region_overlay import overlaid, tinted
from tests.support.fake_engine import FakeEngine


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{name}.png" for name in ("photograph", "first", "second")]
    for path, size in zip(paths, [(640, 480), (64, 48), (48, 64)], strict=True):
        Image.new("RGB", size, "white").save(path)
    return [str(path) for path in paths]


def test_the_photograph_stands_beside_each_style(files: list[str]) -> None:
    content, first, second = files
    shown = overlaid(FakeEngine(), content, first, None, second)
    assert [picture.size for picture, _ in shown["value"]] == [(320, 240), (64, 48), (320, 240), (48, 64)]
    assert [name for _, name in shown["value"]] == ["photograph", "first", "photograph", "second"]
    assert shown["visible"] is True


def test_what_is_missing_is_said(files: list[str]) -> None:
    with pytest.raises(gr.Error, match="Choose a photograph first"):
        overlaid(FakeEngine(), None, files[1])
    with pytest.raises(gr.Error, match="Choose a style first"):
        overlaid(FakeEngine(), files[0], None)


def test_regions_have_the_colours_of_the_brushes() -> None:
    halves = Image.new("L", (2, 1), 1)
    halves.putpixel((1, 0), 2)
    picture = tinted(Image.new("RGB", (40, 20), "black"), halves)
    for x, color in ((5, COLORS[0]), (35, COLORS[1])):
        wanted = [0.6 * int(color[i : i + 2], 16) for i in (1, 3, 5)]
        assert picture.getpixel((x, 10)) == pytest.approx(wanted, abs=2)
