"""Animations from the command line: the page's ways and frames, and refusals."""

import av
import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

import sanet
from sanet.checkpoints.load import load_network
from sanet.cli.tour import WAYS
from sanet.engine.controls import bilinear_mix
from sanet.engine.request import Request
from sanet.engine.stylizer import Stylizer
from sanet.engine.trajectories import TOURS, tour
from sanet.image.decode import open_picture
from sanet.image.video import save_film
from tests.support.command_line import call, one_line

STYLES = ("style.png", "style2.png", "style3.png", "style4.png")


@pytest.fixture
def folder(folder, noise):
    """With four styles."""
    noise(33, 32, 3).save(folder / "style3.png")
    noise(32, 34, 4).save(folder / "style4.png")
    return folder


def make(folder, *arguments, styles=STYLES, out="tour.gif"):
    paths = [folder / name for name in ("content.png", *styles)]
    return call("tour", *paths, "-o", folder / out, "--checkpoint", folder / "net", *arguments)


def frames(path):
    if path.suffix == ".gif":
        with Image.open(path) as film:
            return [np.asarray(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(film)]
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in film.decode(video=0)]


@pytest.mark.parametrize(("way", "name"), list(zip(WAYS, TOURS, strict=True)))
def test_the_ways_are_those_of_the_page(folder, capsys, monkeypatch, way, name):
    options = ("--seconds", 0.5, "--square", "0.25,1", "--alpha", 0.75, "--keep-color")
    given = []

    def save(pictures, path, rate):
        given.extend(pictures)
        save_film(pictures, path, rate)

    # Compared before they are encoded: what the codec makes of them, its own test looks at.
    monkeypatch.setattr("sanet.image.video.save_film", save)
    assert make(folder, "--way", way, *options, out="tour.mp4") == 0
    assert capsys.readouterr().out == f"{folder / 'tour.mp4'}\n"
    start = sanet.Controls(0.75, bilinear_mix(0.25, 1), keep_color=True)
    engine = Stylizer(load_network(folder / "net"), torch.device("cpu"))
    content, *styles = (open_picture(folder / path) for path in ("content.png", *STYLES))
    expected = engine.sequence(Request(content, tuple(styles), max_side=384), tour(name, 6, start))
    assert [picture.tobytes() for picture in given] == [picture.tobytes() for picture in expected]
    assert [frame.shape for frame in frames(folder / "tour.mp4")] == [(32, 48, 3)] * 6


@pytest.mark.parametrize("out", ["tour.mp4", "tour.MP4", "tour.gif", "tour.GIF"])
def test_the_suffix_decides_the_format(folder, out):
    assert make(folder, "--seconds", 0.5, "--rate", 8, "--max-side", 32, out=out) == 0
    path = (folder / out).rename(folder / out.lower())
    found = frames(path)
    assert (len(found), found[0].shape) == (4, (22, 32, 3))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--seconds", "0"), "got 0.0 s of 12"),
        (("--seconds", "nan"), "got nan s"),
        (("--seconds", "1e9"), "1 to 3600 in all"),
        (("--rate", "0"), "1 to 60 frames a second"),
        (("--way", "up"), "up"),
        (("--square", "0.5"), "two numbers"),
        (("--square", "3,0.5"), "(3.0, 0.5)"),
        (("--alpha", "2"), "got 2.0"),
    ],
)
def test_what_does_not_work_is_named_before_the_checkpoint_is_loaded(folder, capsys, arguments, named):
    assert make(folder, "--checkpoint", "nowhere", *arguments) == 2
    assert named in one_line(capsys)


@pytest.mark.parametrize(
    ("styles", "out", "named"),
    [
        (STYLES[:3], "tour.gif", "style"),
        (STYLES, "tour.avi", ".mp4, .gif"),
        (("gone.png",) * 4, "tour.gif", "gone.png"),
    ],
)
def test_files_that_do_not_work_are_named(folder, capsys, styles, out, named):
    assert make(folder, styles=styles, out=out) == 2
    assert named in one_line(capsys)
    assert not (folder / out).exists()


def test_a_tour_that_does_not_fit_into_memory_is_refused(folder, capsys, monkeypatch):
    monkeypatch.setattr("sanet.engine.stylizer.free_memory", lambda device: 400_000_000)
    Image.new("RGB", (384, 384)).save(folder / "content.png")
    assert make(folder, "--seconds", 60) == 2
    assert "memory" in one_line(capsys)
