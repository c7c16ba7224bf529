"""Clips as files of every kind: their frames, times and sizes, upright and in sRGB; what is no clip is refused."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sanet.errors import RefusedError
from sanet.paths import EXAMPLES
from sanet.video.clip import Frame, at_rate, even_size, first_frame, frames_of, open_clip
from tests.support.clips import panned, write_clip, write_sound

SIZE, COUNT = (64, 48), 12


@pytest.fixture(scope="session")
def frames() -> list[np.ndarray]:
    """A window that moves over a photograph."""
    picture = Image.open(EXAMPLES / "content/koala.jpg").convert("RGB").resize((128, 96))
    return panned(picture, SIZE, COUNT)


KINDS = {
    "plain.mp4": {"sound": "aac"},
    "phone.MOV": {"sound": "aac"},
    "web.webm": {"codec": "libvpx-vp9", "sound": "libopus"},
    "ten-bit.mkv": {"codec": "libx265", "pixels": "yuv420p10le", "options": {"x265-params": "log-level=none"}},
    "old.avi": {"codec": "mpeg4", "options": {"qscale": "2"}},
}


@pytest.mark.parametrize("name", KINDS)
def test_every_frame_comes_at_its_time(tmp_path: Path, frames: list[np.ndarray], name: str) -> None:
    clip = open_clip(write_clip(tmp_path / name, frames, **KINDS[name]))
    assert (clip.size, round(clip.rate), bool(clip.sound)) == (SIZE, 10, "sound" in KINDS[name])
    assert clip.seconds == pytest.approx(1.2, abs=0.1)
    found = list(frames_of(clip, 512))
    assert [float(frame.time) for frame in found] == pytest.approx([i / 10 for i in range(COUNT)], abs=0.002)
    for frame, values in zip(found, frames, strict=True):
        assert np.abs(np.asarray(frame.picture).astype(float) - values).mean() < 10


def test_gif(tmp_path: Path, frames: list[np.ndarray]) -> None:
    first, *rest = map(Image.fromarray, frames)
    first.save(tmp_path / "loop.gif", save_all=True, append_images=rest, duration=100, loop=0)
    found = list(frames_of(open_clip(tmp_path / "loop.gif"), 512))
    assert [float(frame.time) for frame in found] == pytest.approx([i / 10 for i in range(COUNT)])
    assert np.abs(np.asarray(found[3].picture).astype(float) - frames[3]).mean() < 8


def test_frames_of_uneven_length_keep_their_times(tmp_path: Path, frames: list[np.ndarray]) -> None:
    times = [Fraction(i * i, 100) for i in range(COUNT)]
    found = list(frames_of(open_clip(write_clip(tmp_path / "phone.mp4", frames, times=times)), 512))
    assert [float(frame.time) for frame in found] == pytest.approx([float(time) for time in times], abs=0.002)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_what_a_phone_filmed_upright_is_upright(tmp_path: Path, frames: list[np.ndarray], turned: int) -> None:
    clip = open_clip(write_clip(tmp_path / "phone.mp4", frames, rotation=turned))
    assert clip.size == (SIZE if turned == 180 else SIZE[::-1])
    seen = np.asarray(first_frame(clip, 512)).astype(float)
    assert np.abs(seen - np.rot90(frames[0], turned // 90)).mean() < 8  # counter-clockwise, as FFmpeg counts


def test_the_size_is_bounded_and_even(tmp_path: Path, frames: list[np.ndarray]) -> None:
    clip = open_clip(write_clip(tmp_path / "a.mp4", frames))
    assert first_frame(clip, 43).size == even_size(SIZE, 43) == (42, 32)
    assert even_size((1920, 1080), 512) == (512, 288)


def test_the_part_that_is_asked_for(tmp_path: Path, frames: list[np.ndarray]) -> None:
    clip = open_clip(write_clip(tmp_path / "a.mp4", frames, options={"g": "4"}))
    found = list(frames_of(clip, 512, 0.5, 0.8))
    assert [frame.time for frame in found] == [Fraction(5, 10), Fraction(6, 10), Fraction(7, 10)]
    assert np.abs(np.asarray(found[0].picture).astype(float) - frames[5]).mean() < 8


@pytest.mark.parametrize(("rate", "shown"), [(10, [0, 1, 2, 3]), (5, [0, 2]), (20, [0, 0, 1, 1, 2, 2, 3]), (4, [0, 2])])
def test_another_rate_shows_what_is_there_at_its_ticks(rate: int, shown: list[int]) -> None:
    pictures = [Image.new("RGB", (2, 2), (i, 0, 0)) for i in range(4)]
    found = list(at_rate((Frame(Fraction(i, 10), picture) for i, picture in enumerate(pictures)), Fraction(rate)))
    assert [frame.picture.getpixel((0, 0))[0] for frame in found] == shown
    assert [frame.time for frame in found] == [Fraction(i, rate) for i in range(len(shown))]


@pytest.mark.parametrize(("transfer", "signal"), [(16, 148), (18, 191)])
def test_high_dynamic_range_is_brought_to_that_of_a_screen(tmp_path: Path, transfer: int, signal: int) -> None:
    grey = [np.full((48, 64, 3), signal, np.uint8)] * 3  # 203 cd/m2 as PQ and HLG have it: the white of a page
    kind = {"codec": "libx265", "pixels": "yuv420p10le", "options": {"x265-params": "log-level=none"}}
    clip = open_clip(write_clip(tmp_path / "hdr.mkv", grey, colors=(9, transfer), **kind))
    assert 205 < np.asarray(first_frame(clip, 512)).mean() < 250


def test_a_damaged_part_is_passed_over(tmp_path: Path, frames: list[np.ndarray]) -> None:
    path = write_clip(tmp_path / "a.mkv", frames, options={"g": "1"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(data)
    found = list(frames_of(open_clip(path), 512))
    assert COUNT - 4 <= len(found) <= COUNT


def no_clip(folder: Path, frames: list[np.ndarray], kind: str) -> Path:
    """A file that nothing can be painted of."""
    path = folder / "clip.mp4"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/secret.ts\n")
    elif kind == "list of files":
        path.write_text("ffconcat version 1.0\nfile '/etc/hostname'\n")
    elif kind == "cut short":
        path.write_bytes(write_clip(path, frames).read_bytes()[:300])
    elif kind == "sound only":
        return write_sound(path)
    else:
        write_clip(path, [np.zeros((4320, 7680, 3), np.uint8)], options={"preset": "ultrafast"})
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("empty", "clip.mp4 is not a clip that can be read; MP4, MOV, WebM, MKV, AVI and GIF are."),
        ("text", "clip.mp4 is not a clip that can be read; MP4, MOV, WebM, MKV, AVI and GIF are."),
        ("list of files", "clip.mp4 is not a clip that can be read; MP4, MOV, WebM, MKV, AVI and GIF are."),
        ("cut short", "clip.mp4 is not a clip that can be read; MP4, MOV, WebM, MKV, AVI and GIF are."),
        ("sound only", "clip.mp4 has no pictures, only sound."),
        ("8K", "The frames of clip.mp4 have 7680 x 4320 pixels; scale it down to at most 4096 x 2304 first."),
    ],
)
def test_what_is_no_clip_is_refused_in_a_sentence(
    tmp_path: Path, frames: list[np.ndarray], kind: str, said: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        open_clip(no_clip(tmp_path, frames, kind))
    assert str(refused.value) == said


def test_a_clip_that_claims_to_last_for_days_needs_an_end(tmp_path: Path, frames: list[np.ndarray]) -> None:
    times = [Fraction(100_000 * i) for i in range(3)]
    clip = open_clip(write_clip(tmp_path / "days.mkv", frames[:3], times=times))
    with pytest.raises(RefusedError, match="says that it lasts"):
        next(frames_of(clip, 512))
    assert len(list(frames_of(clip, 512, stop=1))) == 1
