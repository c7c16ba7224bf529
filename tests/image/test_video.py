"""Animations as files: decoded again, they are the pictures that went in."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from sanet.image.video import save_film


@pytest.fixture
def frames() -> list[Image.Image]:
    """A ramp that turns from blue to red, 33 x 21 pixels."""
    ramp = Image.linear_gradient("L").resize((33, 21))
    return [
        Image.merge("RGB", (ramp.point(lambda v, i=i: v * i // 5), ramp, ramp.point(lambda v, i=i: v * (5 - i) // 5)))
        for i in range(6)
    ]


def decoded(path: Path) -> list[Image.Image]:
    if path.suffix == ".gif":
        return [frame.convert("RGB") for frame in ImageSequence.Iterator(Image.open(path))]
    with av.open(str(path)) as file:
        return [frame.to_image() for frame in file.decode(video=0)]


@pytest.mark.parametrize(("name", "size"), [("film.gif", (33, 21)), ("film.mp4", (32, 20))])
def test_every_frame_comes_back(tmp_path: Path, frames: list[Image.Image], name: str, size: tuple[int, int]) -> None:
    save_film(frames, tmp_path / name, 12)
    back = decoded(tmp_path / name)
    assert [frame.size for frame in back] == [size] * 6
    for before, after in zip(frames, back, strict=True):
        wanted = np.asarray(before.crop((0, 0, *size)), dtype=float)
        assert np.abs(wanted - np.asarray(after)).mean() < 12


def test_the_files_say_how_fast_they_run(tmp_path: Path, frames: list[Image.Image]) -> None:
    save_film(frames, tmp_path / "film.gif", 10)
    gif = Image.open(tmp_path / "film.gif")
    assert (gif.info["duration"], gif.info["loop"]) == (100, 0)
    save_film(frames, tmp_path / "film.mp4", 10)
    with av.open(str(tmp_path / "film.mp4")) as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt, stream.average_rate) == ("h264", "yuv420p", 10)


def test_other_files_and_no_frames_are_refused(tmp_path: Path, frames: list[Image.Image]) -> None:
    with pytest.raises(ValueError, match=r"not as 'film\.avi'"):
        save_film(frames, tmp_path / "film.avi", 12)
    with pytest.raises(ValueError, match="got 0"):
        save_film([], tmp_path / "film.gif", 12)
