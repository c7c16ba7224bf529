"""Clips in: what a file says of itself, and its frames in order: upright, in sRGB, at the size that is painted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from sanet.errors import RefusedError
from sanet.image.code_points import apply_code_points
from sanet.image.size import Size, fitted_size
from sanet.image.transparency import on_white

# Demuxers of FFmpeg that read this one file; its others follow addresses, or names of further files.
FORMATS = "mov,matroska,gif,avi,mpegts"
OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
MOST_PIXELS = 4096 * 2304  # of a frame
MOST_SECONDS = 24 * 3600
UPRIGHT = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}

UNREADABLE = "{name} is not a clip that can be read; MP4, MOV, WebM, MKV, AVI and GIF are."
NO_PICTURE = "{name} has no pictures, only sound."
NO_FRAME = "{name} has no frame that can be read."
TOO_LARGE = "The frames of {name} have {width} x {height} pixels; scale it down to at most 4096 x 2304 first."
TOO_LONG = "{name} says that it lasts {hours} hours; name the part that is meant, with its start and its end."


@dataclass(frozen=True)
class Clip:
    """A file and what it says of itself: of a frame as it is shown, the size in pixels; the length in seconds.

    `seconds` is None where the file does not say, `sound` is the name of the codec, "" without sound.
    """

    path: Path
    size: Size
    seconds: float | None
    rate: float
    sound: str


class Frame(NamedTuple):
    """A frame, mode "RGB", and when it is shown, in seconds from the first."""

    time: Fraction
    picture: Image.Image


def open_clip(path: str | Path) -> Clip:
    """Look at a file and its first frame. Raises RefusedError for what cannot be painted, OSError as `open`."""
    path = Path(path)
    with opened(path) as file:
        stream = _pictures(file, path)
        first = next(_decoded(file, stream), None)
        if first is None:
            raise RefusedError(NO_FRAME, name=path.name)
        if first.width * first.height > MOST_PIXELS:
            raise RefusedError(TOO_LARGE, name=path.name, width=first.width, height=first.height)
        sound = file.streams.audio[0].codec_context.name if file.streams.audio else ""
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        return Clip(path, _shown_size(first, stream), _seconds(file, stream), rate, sound)


def frames_of(clip: Clip, max_side: int, start: float = 0.0, stop: float | None = None) -> Iterator[Frame]:
    """The frames shown from `start` on and before `stop`, at most `max_side` pixels a side, both even.

    Damaged parts are passed over. Raises ValueError for sizes as `fit`, RefusedError for endless clips without `stop`.
    """
    if stop is None and clip.seconds and clip.seconds - start > MOST_SECONDS:
        raise RefusedError(TOO_LONG, name=clip.path.name, hours=round(clip.seconds / 3600))
    size = even_size(clip.size, max_side)
    begin, end = _exact(start), None if stop is None else _exact(stop)
    with opened(clip.path) as file:
        stream = _pictures(file, clip.path)
        origin, last = origin_of(stream), Fraction(-1)
        _seek(file, stream, begin)
        for number, frame in enumerate(_decoded(file, stream)):
            time = number / Fraction(clip.rate)
            if frame.pts is not None and frame.time_base is not None:
                time = frame.pts * frame.time_base - origin
            if end is not None and time >= end:
                return
            if time >= begin and time > last:
                last = time
                yield Frame(time, _picture(frame, size))


def first_frame(clip: Clip, max_side: int) -> Image.Image:
    """The first that can be read."""
    for frame in frames_of(clip, max_side, stop=MOST_SECONDS):
        return frame.picture
    raise RefusedError(NO_FRAME, name=clip.path.name)


def at_rate(frames: Iterator[Frame], rate: Fraction) -> Iterator[Frame]:
    """As many frames a second as `rate` says: at each of its ticks the frame that is shown then."""
    shown, tick = None, None
    for frame in frames:
        tick = -(-frame.time * rate // 1) if tick is None else tick
        while shown is not None and Fraction(tick) / rate < frame.time:
            yield Frame(Fraction(tick) / rate, shown.picture)
            tick += 1
        shown = frame
    if shown is not None and tick is not None and Fraction(tick) / rate <= shown.time:
        yield Frame(Fraction(tick) / rate, shown.picture)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The file, open. Raises RefusedError for whatever FFmpeg says of it, OSError where there is none."""
    path.open("rb").close()
    try:
        with av.open(str(path), options=OPTIONS, metadata_errors="replace") as file:
            yield file
    except (av.FFmpegError, UnicodeDecodeError) as error:
        raise RefusedError(UNREADABLE, name=path.name) from error


def origin_of(stream: VideoStream) -> Fraction:
    """The time of the first frame, in seconds of the file's clock."""
    return (stream.start_time or 0) * (stream.time_base or Fraction(0))


def even_size(size: Size, max_side: int) -> Size:
    """What `fit` makes of a frame of `size`, less an odd row or column: what every player shows has even sides."""
    width, height = fitted_size(size, max_side)
    return width - width % 2, height - height % 2


def _pictures(file: InputContainer, path: Path) -> VideoStream:
    """The moving pictures, not the cover of an album."""
    for stream in file.streams.video:
        if "attached_pic" not in str(stream.disposition):
            stream.thread_type = "AUTO"
            return stream
    raise RefusedError(NO_PICTURE if file.streams.audio else UNREADABLE, name=path.name)


def _decoded(file: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Frames as they come, without those of damaged packets."""
    packets = file.demux(stream)
    while True:
        try:
            frames = next(packets).decode()
        except StopIteration:
            return
        except av.FFmpegError:
            continue
        for frame in frames:
            if isinstance(frame, VideoFrame):
                yield frame


def _exact(seconds: float) -> Fraction:
    """As it is written, 0.8 being eight tenths."""
    return Fraction(seconds).limit_denominator(1_000_000)


def _seek(file: InputContainer, stream: VideoStream, start: Fraction) -> None:
    """Before `start`, as near as the file allows."""
    if start <= 0 or not stream.time_base:
        return
    try:
        file.seek(int((start + origin_of(stream)) / stream.time_base), stream=stream)
    except av.FFmpegError:  # a format without an index: from the start, then
        file.seek(0)


def _shown_size(frame: VideoFrame, stream: VideoStream) -> Size:
    """Upright, and with square pixels."""
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    width, height = round(frame.width * ratio), frame.height
    return (height, width) if frame.rotation % 180 else (width, height)


def _seconds(file: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return file.duration / av.time_base if file.duration else None


def _picture(frame: VideoFrame, size: Size) -> Image.Image:
    """Of `size`, upright, mode "RGB", sRGB; PQ and HLG brought to the range of a screen."""
    width, height = size[::-1] if frame.rotation % 180 else size
    has_alpha = frame.format.name in ("bgra", "rgba", "argb", "abgr") or frame.format.name.startswith("yuva")
    mode = "rgba" if has_alpha else "rgb24"
    values = frame.reformat(width, height, mode, interpolation="AREA").to_ndarray()
    picture = on_white(Image.fromarray(values))
    turn = UPRIGHT.get(frame.rotation % 360)
    picture = picture.transpose(turn) if turn else picture
    # Standard definition is shown as it is, like its photographs: its primaries differ by less than screens do.
    is_plain = frame.color_trc not in (16, 18) and frame.color_primaries in (0, 1, 2, 5, 6, 7)
    return picture if is_plain else apply_code_points(picture, frame.color_primaries, frame.color_trc)
