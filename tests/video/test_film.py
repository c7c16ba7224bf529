"""Painting a clip from end to end: each frame once, with its sound, and going on where it was ended."""

import threading
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.request import Regions, Request
from sanet.engine.stylizer import Stylizer
from sanet.errors import RefusedError
from sanet.paths import EXAMPLES
from sanet.video.clip import Clip, first_frame, open_clip
from sanet.video.film import Film, paint_film, paint_samples
from sanet.video.parts import Parts, check_sound, join
from tests.support.clips import panned, read_clip, write_clip

COUNT = 12


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    """With sound."""
    picture = Image.open(EXAMPLES / "content/koala.jpg").convert("RGB").resize((128, 96))
    return open_clip(write_clip(tmp_path / "clip.mp4", panned(picture, (64, 48), COUNT), sound="aac"))


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several in a clip of twelve frames."""
    monkeypatch.setattr("sanet.video.film.FRAMES_A_PART", 5)


def film_of(clip: Clip, noise: Callable[..., Image.Image], **options) -> Film:
    return Film(clip, Request(first_frame(clip, 64), (noise(40, 40),), Controls(), 64), **options)


class EndedError(Exception):
    """By the watcher."""


def paint(
    engine: Stylizer, film: Film, out: Path, stop_after: int = COUNT + 1
) -> tuple[dict[Fraction, Image.Image], Parts]:
    """The frames that were painted, by their times, and the parts."""
    seen: dict[Fraction, Image.Image] = {}

    def watch(time: Fraction, picture: Image.Image) -> None:
        seen[time] = picture
        if len(seen) == stop_after:
            raise EndedError

    parts = Parts(out)
    parts.begin(film.settings())
    if stop_after > COUNT:
        paint_film(engine, film, parts, watch)
    else:
        with pytest.raises(EndedError):
            paint_film(engine, film, parts, watch)
    return seen, parts


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_every_frame_is_painted_and_the_sound_is_untouched(engine, clip, noise, tmp_path, suffix) -> None:
    film, out = film_of(clip, noise, steady=0.0), tmp_path / f"out{suffix}"
    painted, parts = paint(engine, film, out)
    assert list(painted) == [Fraction(i, 10) for i in range(COUNT)]
    assert len(parts.whole()) == 3
    join(parts, clip, film.fps, out)
    frames, shown, heard = read_clip(out)
    assert [time - shown[0] for time in shown] == pytest.approx([i / 10 for i in range(COUNT)], abs=0.002)
    assert heard == read_clip(clip.path)[2]
    assert painted[Fraction(0)] == engine.stylize(first_frame(clip, 64), film.look.styles, max_side=64)
    assert len(frames) == COUNT


def test_each_frame_is_encoded_once_and_ahead_of_its_turn(engine, clip, noise, tmp_path) -> None:
    film, threads = film_of(clip, noise), []
    engine.net.encoder.register_forward_hook(lambda *_: threads.append(threading.get_ident()))
    paint(engine, film, tmp_path / "out.mp4")
    assert len(threads) == COUNT + 1
    assert threads.count(threading.get_ident()) == 1  # the style


@pytest.mark.parametrize("steady", [0.0, 0.8])
@pytest.mark.parametrize("stop_after", [1, 5, 7])
def test_ended_anywhere_it_goes_on_to_the_same_pictures(engine, clip, noise, tmp_path, stop_after, steady) -> None:
    film = film_of(clip, noise, steady=steady)
    whole, _ = paint(engine, film, tmp_path / "whole.mp4")
    begun, _ = paint(engine, film, tmp_path / "ended.mp4", stop_after)
    rest, parts = paint(engine, film, tmp_path / "ended.mp4")
    assert len(begun) == stop_after
    assert begun | rest == whole
    assert not begun.keys() & rest.keys()
    join(parts, clip, film.fps, tmp_path / "ended.mp4")
    assert len(read_clip(tmp_path / "ended.mp4")[0]) == COUNT


def test_frames_are_written_as_they_were_painted(clip, tmp_path) -> None:
    """Photographs, that is: a codec is not made for noise."""
    frames = read_clip(clip.path)[0]
    parts = Parts(tmp_path / "out.mp4")
    parts.begin({})
    part = parts.new((64, 48), 10)
    for i, values in enumerate(frames):
        part.write(values, Fraction(i, 10))
    parts.keep(part, {"time": np.array([COUNT - 1, 10])})
    join(parts, clip, 10, tmp_path / "out.mp4")
    for before, after in zip(frames, read_clip(tmp_path / "out.mp4")[0], strict=True):
        assert np.abs(before.astype(float) - after).mean() < 6
        assert np.abs(before.mean(axis=(0, 1)) - after.mean(axis=(0, 1))).max() < 2


def test_what_is_ended_can_be_played(engine, clip, noise, tmp_path) -> None:
    film = film_of(clip, noise)
    _, parts = paint(engine, film, tmp_path / "out.mp4", 7)
    join(parts, clip, film.fps, tmp_path / "out.mp4")
    frames, times, heard = read_clip(tmp_path / "out.mp4")
    assert (len(frames), times[-1]) == (7, pytest.approx(0.6, abs=0.002))
    assert heard == read_clip(clip.path)[2][: len(heard)]
    assert 0.6 < len(heard) * 1024 / 48_000 < 0.8


def test_samples_are_frames_spread_over_the_film_each_by_itself(engine, clip, noise, tmp_path) -> None:
    film = film_of(clip, noise, start=0.2, steady=0.9)
    told: list[Fraction] = []
    samples = paint_samples(engine, film, 2, lambda time, _picture: told.append(time))
    whole, _ = paint(engine, replace(film, steady=0.0), tmp_path / "out.mp4")
    assert COUNT == 12
    assert told == [Fraction(5, 10), Fraction(10, 10)]  # 0.45 and 0.95 seconds of 0.2 to 1.2
    assert samples == [whole[time] for time in told]


def test_of_a_clip_of_unknown_length_the_first_frame_is_the_sample(engine, clip, noise) -> None:
    film = film_of(replace(clip, seconds=None), noise)
    told: list[Fraction] = []
    assert len(paint_samples(engine, film, 3, lambda time, _picture: told.append(time))) == 1
    assert told == [0]


def test_other_settings_begin_anew(engine, clip, noise, tmp_path) -> None:
    paint(engine, film_of(clip, noise), tmp_path / "out.mp4", 7)
    painted, _ = paint(engine, film_of(clip, noise, steady=0.3), tmp_path / "out.mp4")
    assert len(painted) == COUNT


def test_a_part_of_the_clip_has_its_own_sound(engine, clip, noise, tmp_path) -> None:
    film = film_of(clip, noise, start=0.5, stop=0.9)
    painted, parts = paint(engine, film, tmp_path / "out.mkv")
    assert list(painted) == [Fraction(i, 10) for i in range(5, 9)]
    join(parts, clip, film.fps, tmp_path / "out.mkv")
    heard, all_of_it = read_clip(tmp_path / "out.mkv")[2], read_clip(clip.path)[2]
    first = all_of_it.index(heard[0])
    assert heard == all_of_it[first : first + len(heard)]
    assert first * 1024 / 48_000 == pytest.approx(0.5, abs=0.05)


def test_another_rate(engine, clip, noise, tmp_path) -> None:
    painted, _ = paint(engine, film_of(clip, noise, rate=Fraction(5)), tmp_path / "out.mp4")
    assert list(painted) == [Fraction(i, 5) for i in range(6)]


def test_regions_and_weights_hold_for_every_frame(engine, clip, noise, tmp_path) -> None:
    look = Request(
        first_frame(clip, 64),
        (noise(40, 40), noise(40, 40, 1)),
        Controls(alpha=0.5, keep_color=True),
        64,
        Regions("Left / right", strengths=(1.0, 0.0)),
    )
    painted, _ = paint(engine, Film(clip, look, steady=0.0), tmp_path / "out.mkv")
    wanted = engine.paint(Request(first_frame(clip, 64), look.styles, look.controls, 64, look.regions))
    assert painted[Fraction(0)] == wanted


@pytest.mark.parametrize("colors", ["palette", "style"])
def test_strokes_matches_and_colours_hold_for_frames(engine, clip, noise, tmp_path, colors) -> None:
    controls = Controls(colors=colors)
    look = Request(first_frame(clip, 64), (noise(40, 40),), controls, 64, stroke_size=2.0, match_regions=0.5)
    painted, _ = paint(engine, Film(clip, look, steady=0.0), tmp_path / "out.mkv")
    assert painted[Fraction(0)] == engine.paint(look)
    assert Film(clip, look, 0.0).settings() != Film(clip, replace(look, stroke_size=1.0), 0.0).settings()


def test_sound_that_does_not_fit_is_refused_before_anything_is_painted(clip, tmp_path) -> None:
    check_sound(clip, tmp_path / "out.mp4")
    with pytest.raises(RefusedError, match=r"The sound of clip.mp4 \(aac\) does not fit into .webm files"):
        check_sound(clip, tmp_path / "out.webm")
    assert not list(tmp_path.glob(".out*"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"steady": 1.5}, "Steadiness"),
        ({"start": -1.0}, "begin before it ends"),
        ({"start": 3.0, "stop": 2.0}, "begin before it ends"),
        ({"rate": Fraction(1000)}, "Frames a second"),
        ({"rate": Fraction(0)}, "Frames a second"),
    ],
)
def test_values_out_of_range_are_refused(clip, noise, options, said) -> None:
    with pytest.raises(RefusedError, match=said):
        film_of(clip, noise, **options)


def test_a_start_behind_the_end_is_refused(clip, noise) -> None:
    with pytest.raises(RefusedError, match=r"clip.mp4 has no frame from 50.0 seconds on"):
        film_of(clip, noise, start=50.0)
    silent = replace(clip, seconds=None)  # some files do not say
    film = film_of(silent, noise, start=50.0)
    with pytest.raises(RefusedError, match=r"clip.mp4 has no frame from 50.0 seconds on"):
        paint_film(Stylizer.__new__(Stylizer), film, Parts(clip.path), lambda _time, _picture: None)
