"""How large a style is read: enlarged and cut, or shrunk and continued by mirroring."""

import math

import numpy as np
import pytest
from PIL import Image

from sanet.image.size import fit
from sanet.image.stroke_size import check_stroke_size, grown_strokes, read_size, read_style, useful_side


@pytest.mark.parametrize("size", [(640, 480), (300, 700), (64, 64), (3000, 2000)])
def test_stroke_size_1_is_what_was_read_before(noise, size):
    picture = noise(*size)
    for max_side in (256, 512, 2048):
        assert read_style(picture, max_side, 1.0).tobytes() == fit(picture, min(max_side, 1024)).tobytes()


@pytest.mark.parametrize("max_side", [64, 200, 4000])
@pytest.mark.parametrize("stroke_size", [0.25, 0.3, 0.99, 1, 1.01, 2, 3.7, 4])
def test_the_size_is_known_before_it_is_read(noise, stroke_size, max_side):
    picture = noise(301, 200)
    assert read_style(picture, max_side, stroke_size).size == read_size((301, 200), max_side, stroke_size)


def test_a_small_style_is_continued_by_mirroring(noise):
    picture = noise(96, 64)
    read = np.asarray(read_style(picture, 512, 0.5))
    small = np.asarray(picture.resize((48, 32), Image.Resampling.LANCZOS))
    assert (read[:32, :48] == small).all()
    assert (read[:32, 48:] == small[:, ::-1]).all()
    assert (read[32:, :48] == small[::-1]).all()
    assert (read[32:, 48:] == small[::-1, ::-1]).all()


def test_a_quarter_is_mirrored_again_and_again(noise):
    read = np.asarray(read_style(noise(64, 64), 512, 0.25))
    columns = [read[:, i : i + 16] for i in range(0, 64, 16)]
    assert (columns[0] == columns[2]).all()
    assert (columns[1] == columns[3]).all()
    assert (columns[0] == columns[1][:, ::-1]).all()


def test_a_large_style_is_enlarged_and_of_a_very_large_one_the_middle_is_kept(noise):
    picture = noise(64, 48)
    assert read_style(picture, 512, 4).tobytes() == picture.resize((256, 192), Image.Resampling.LANCZOS).tobytes()
    wide = noise(1024, 64)
    whole = wide.resize((4096, 256), Image.Resampling.LANCZOS)
    assert read_style(wide, 4096, 4).tobytes() == whole.crop((1024, 0, 3072, 256)).tobytes()
    assert read_size((1024, 1024), 4096, 4) == (2048, 2048)


def test_transparency_is_composited_on_white(noise):
    picture = noise(64, 48)
    picture.putalpha(0)
    assert read_style(picture, 512, 0.5).getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("stroke_size", [0.24, 4.01, -1, math.nan, math.inf, None, "1", 10**400])
def test_other_sizes_are_refused(stroke_size):
    with pytest.raises(ValueError, match=r"The stroke size must lie between 0\.25 and 4\.0, got "):
        check_stroke_size(stroke_size)


@pytest.mark.parametrize(
    ("stroke_size", "before", "after", "expected"),
    [
        (1, 512, 512, 1),
        (1, 512, 1024, 1),
        (1, 512, 2048, 2),
        (2, 512, 2048, 4),
        (1, 2048, 512, 0.5),
        (0.5, 256, 4096, 2),
        (4, 512, 4096, 4),
        (0.25, 4096, 512, 0.25),
    ],
)
def test_strokes_grow_with_the_picture(stroke_size, before, after, expected):
    assert grown_strokes(stroke_size, before, after) == expected


def test_grown_strokes_are_read_at_the_same_share_of_the_picture():
    """At 2048 pixels the style is as large beside the picture as at 512."""
    style = (1024, 1024)
    assert read_size(style, 2048, grown_strokes(1, 512, 2048))[0] / 2048 == read_size(style, 512, 1)[0] / 512


def test_more_pixels_than_are_useful_change_nothing(noise):
    for stroke_size in (0.5, 1, 2):
        picture = fit(noise(1500, 900), useful_side(128, stroke_size))
        assert max(picture.size) == 128 * max(1, stroke_size)
