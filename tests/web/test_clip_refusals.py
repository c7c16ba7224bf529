"""Every refusal of clips that has a text is provoked in the real functions, and said in the visitor's language."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sanet.engine.request import Request
from sanet.video.clip import Clip, frames_of, open_clip
from sanet.video.film import Film
from sanet.video.parts import check_sound
from sanet.web.serving.limits import Limits
from sanet.web.serving.zero_gpu import OnZeroGpu
from sanet.web.sharing.clip import LARGEST, publish_clip
from sanet.web.sharing.folder_store import FolderStore
from sanet.web.tabs.film_painter import FilmPainter, film_of
from tests.support.clips import write_clip, write_sound
from tests.support.fake_engine import FakeEngine
from tests.support.locales import check_said

SMALL, HUGE = (64, 48), (7680, 4320)
CLIP = Clip(Path("clip.mp4"), SMALL, 2.0, 10.0, "")
LOOK = Request(Image.new("RGB", SMALL), (Image.new("RGB", SMALL),))


def text_file(folder: Path) -> Path:
    path = folder / "clip.mp4"
    path.write_text("no clip")
    return path


def without_frames(folder: Path) -> Clip:
    """An MP4 whose box of frames holds nothing."""
    path = write_clip(folder / "a.mp4", [np.zeros((48, 64, 3), np.uint8)])
    data = path.read_bytes()
    begin = data.index(b"mdat") + 4
    end = begin - 8 + int.from_bytes(data[begin - 8 : begin - 4], "big")
    path.write_bytes(data[:begin] + bytes(end - begin) + data[end:])
    return open_clip(path)


def with_sound(folder: Path) -> None:
    clip = open_clip(write_clip(folder / "a.mp4", [np.zeros((48, 64, 3), np.uint8)] * 5, sound="aac"))
    check_sound(clip, folder / "a.webm")


def too_large_to_share(folder: Path) -> None:
    path = folder / "a.mp4"
    path.write_bytes(bytes(LARGEST + 1))
    publish_clip(FolderStore(folder), path)


class Slow(FakeEngine):
    """A picture takes it a minute."""

    def estimate(self, *values: Any, **more: Any) -> Any:
        return replace(super().estimate(*values, **more), seconds=60.0)


ABOUT_CLIPS: dict[str, Callable[[Path], Any]] = {
    "error_clip": lambda folder: film_of(None, Request(None, ()), None, 0.5, 0, 0),
    "error_clip_unreadable": lambda folder: open_clip(text_file(folder)),
    "error_clip_sound": lambda folder: open_clip(write_sound(folder / "a.mp4")),
    "error_clip_empty": without_frames,
    "error_clip_large": lambda folder: open_clip(
        write_clip(folder / "a.mp4", [np.zeros((*HUGE[::-1], 3), np.uint8)], options={"preset": "ultrafast"})
    ),
    "error_clip_days": lambda folder: next(frames_of(Clip(Path("a.mp4"), SMALL, 1e6, 10.0, ""), 64)),
    "error_clip_seconds": lambda folder: FilmPainter(FakeEngine(), Limits(clip_seconds=1)).cost(Film(CLIP, LOOK)),
    "error_clip_slow": lambda folder: FilmPainter(Slow(), Limits()).cost(Film(CLIP, LOOK)),
    "error_clip_part": lambda folder: Film(CLIP, LOOK, start=2.0, stop=1.0),
    "error_clip_start": lambda folder: Film(CLIP, LOOK, start=3.0),
    "error_clip_rate": lambda folder: Film(CLIP, LOOK, rate=Fraction(1000)),
    "error_clip_polish": lambda folder: Film(CLIP, Request(LOOK.content, LOOK.styles, polish=3)),
    "error_clip_no_room": with_sound,
    "error_share_clip_size": too_large_to_share,
    "error_steady": lambda folder: Film(CLIP, LOOK, steady=1.5),
    "error_clip_gpu": lambda folder: OnZeroGpu.for_frames(OnZeroGpu.__new__(OnZeroGpu)),
}


@pytest.mark.parametrize("locale", ["en", "zh-CN", "ko"])
@pytest.mark.parametrize("key", ABOUT_CLIPS)
def test_what_is_refused_of_clips(key: str, locale: str, tmp_path: Path) -> None:
    check_said(key, locale, lambda: ABOUT_CLIPS[key](tmp_path))
