"""Clips from the command line: painted with their sound, gone on with after kill -9, and refusals."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from sanet.paths import EXAMPLES
from tests.support.clips import panned, read_clip, write_clip
from tests.support.command_line import call, one_line


@pytest.fixture
def folder(folder):
    """With a clip."""
    picture = Image.open(EXAMPLES / "content/koala.jpg").convert("RGB").resize((400, 96))
    write_clip(folder / "clip.mp4", panned(picture, (64, 48), 150), rate=25, sound="aac")
    return folder


def words(folder, *arguments, styles=("style.png",), out="out.mp4"):
    paths = [folder / name for name in ("clip.mp4", *styles)]
    return ["video", *paths, "-o", folder / out, "--checkpoint", folder / "net", *arguments]


def test_a_clip_with_its_sound(folder, capsys):
    assert call(*words(folder, "--to", 0.4, "--max-side", 48)) == 0
    assert capsys.readouterr().out == f"{folder / 'out.mp4'}\n"
    frames, times, heard = read_clip(folder / "out.mp4")
    assert (len(frames), frames[0].shape) == (10, (36, 48, 3))
    assert times[-1] == pytest.approx(9 / 25, abs=0.002)
    assert heard == read_clip(folder / "clip.mp4")[2][: len(heard)]
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_several_styles_another_rate_and_the_photographs_colours(folder):
    options = ("--from", 1, "--to", 2, "--fps", 5, "--mix", "1,3", "--keep-color", "--steady", 0, "--alpha", 0.5)
    assert call(*words(folder, *options, styles=("style.png", "style2.png"), out="out.mkv")) == 0
    assert len(read_clip(folder / "out.mkv")[0]) == 5


def test_killed_in_the_middle_the_same_command_goes_on(folder):
    command = [sys.executable, "-m", "sanet", *map(str, words(folder))]
    parts = folder / ".out.mp4.parts"
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not (parts / "0000.nut").is_file():
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    first = (parts / "0000.nut").stat()
    assert not (folder / "out.mp4").exists()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while process.poll() is None:
        if (parts / "0000.nut").is_file():
            assert (parts / "0000.nut").stat().st_mtime_ns == first.st_mtime_ns  # not painted again
        time.sleep(0.01)
    assert process.communicate()[0].decode() == f"{folder / 'out.mp4'}\n"
    frames, times, heard = read_clip(folder / "out.mp4")
    assert (len(frames), len(heard)) == (150, len(read_clip(folder / "clip.mp4")[2]))
    assert np.diff(times) == pytest.approx(1 / 25, abs=0.002)
    assert not parts.exists()


def test_stopped_it_keeps_what_is_done_and_goes_on(folder, monkeypatch):
    from sanet.engine.stylizer import Stylizer

    render, done = Stylizer.render, []

    def interrupted(engine, prepared, controls):
        done.append(1)
        if len(done) == 8:
            raise KeyboardInterrupt
        return render(engine, prepared, controls)

    monkeypatch.setattr(Stylizer, "render", interrupted)
    assert call(*words(folder, "--to", 0.6)) == 130
    assert len(read_clip(folder / "out.mp4")[0]) == 7
    assert call(*words(folder, "--to", 0.6)) == 0
    assert len(read_clip(folder / "out.mp4")[0]) == 15
    assert len(done) == 8 + 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"out": "out.gif"}, "OUT must end in .mp4, .webm, .mkv"),
        ({"out": "out.webm"}, "The sound of clip.mp4 (aac) does not fit into .webm files"),
        ({"out": "clip.mp4"}, "is the input"),
        ({"arguments": ("--steady", "2")}, "Steadiness must lie between 0 and 1"),
        ({"arguments": ("--from", "9")}, "clip.mp4 has no frame from 9.0 seconds on"),
        ({"arguments": ("--mix", "1,2")}, "Each style needs one weight"),
    ],
)
def test_what_cannot_be_painted_is_one_line(folder, capsys, change, said):
    assert call(*words(folder, *change.pop("arguments", ()), **change)) == 2
    assert said in one_line(capsys)
