"""A painted clip as a row of short files, so that nothing painted is lost, and how they become one file with sound.

Beside OUT lies a folder with `settings.json`, and for each part `0000.nut` and `0000.npz`, what the next frame needs.
A part counts once both are whole. VP9 by libvpx, whose licence lets everybody pass it on, unlike that of x264.
"""

import heapq
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer, OutputContainer

from sanet.errors import RefusedError
from sanet.image.size import Size
from sanet.video.clip import Clip, opened, origin_of

QUALITY = {"crf": "24", "b:v": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1", "g": "120"}
BT_709 = 1  # code point of H.273
CLOCK = Fraction(1, 90_000)  # seconds; within it every usual rate is told apart
SUFFIXES = (".mp4", ".webm", ".mkv")
NO_ROOM_FOR_SOUND = "The sound of {name} ({codec}) does not fit into {suffix} files; choose a name that ends in .mkv."


class Part:
    """A file that is being written in another thread, one frame behind."""

    def __init__(self, path: Path, size: Size, rate: float) -> None:
        self.count = 0  # frames
        self._pool = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        self._file = av.open(str(path), "w", format="nut")
        stream = self._file.add_stream("libvpx-vp9", rate=round(rate) or 1, options=QUALITY)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        context = stream.codec_context
        stream.time_base = context.time_base = CLOCK
        context.colorspace = context.color_primaries = context.color_trc = BT_709
        self._stream = stream

    def write(self, values: np.ndarray, time: Fraction) -> None:
        """A frame (H, W, 3), uint8, shown from `time` on, in seconds."""
        self._settle()
        self.count += 1
        self._writing = self._pool.submit(self._write, values, time)

    def close(self) -> None:
        """Write what the encoder still holds."""
        with self._pool:
            self._settle()
        self._file.mux(self._stream.encode())
        self._file.close()

    def _settle(self) -> None:
        if self._writing:
            self._writing.result()

    def _write(self, values: np.ndarray, time: Fraction) -> None:
        frame = av.VideoFrame.from_ndarray(values, format="rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
        frame.pts, frame.time_base = round(time / CLOCK), CLOCK
        self._file.mux(self._stream.encode(frame))


@dataclass(frozen=True)
class Parts:
    """The folder of the parts of `out`."""

    out: Path

    @property
    def folder(self) -> Path:
        """Beside OUT, so that a part is on the same disk."""
        return self.out.with_name(f".{self.out.name}.parts")

    def begin(self, settings: dict[str, Any]) -> None:
        """Go on with what is there if it was made with the same settings, otherwise begin anew."""
        said = self.folder / "settings.json"
        text = json.dumps(settings, sort_keys=True)
        if not (said.is_file() and said.read_text() == text):
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            said.write_text(text)

    def whole(self) -> list[Path]:
        """The parts that are whole, in order."""
        parts: list[Path] = []
        while (part := self.folder / f"{len(parts):04}.nut").is_file() and part.with_suffix(".npz").is_file():
            parts.append(part)
        return parts

    def new(self, size: Size, rate: float) -> Part:
        """The next part, under a name that does not count yet."""
        return Part(self.folder / "new.nut", size, rate)

    def keep(self, part: Part, state: dict[str, Any]) -> None:
        """Let a part count, with what the next one needs."""
        part.close()
        number = len(self.whole())
        np.savez(self.folder / "new.npz", **state)
        (self.folder / "new.npz").replace(self.folder / f"{number:04}.npz")
        (self.folder / "new.nut").replace(self.folder / f"{number:04}.nut")

    def state(self) -> dict[str, np.ndarray] | None:
        """What the last whole part left; None without one."""
        whole = self.whole()
        if not whole:
            return None
        with np.load(whole[-1].with_suffix(".npz")) as state:
            return dict(state)

    def remove(self) -> None:
        """Once OUT is there."""
        shutil.rmtree(self.folder, ignore_errors=True)


def check_sound(clip: Clip, out: Path) -> None:
    """Raise RefusedError unless the sound of `clip` fits into a file of this name."""
    if not clip.sound:
        return
    probe = out.with_name(f".{out.name}.sound{out.suffix}")
    try:
        with opened(clip.path) as source, av.open(str(probe), "w") as file:
            file.add_stream_from_template(source.streams.audio[0])
            file.start_encoding()
    except (av.FFmpegError, RefusedError, ValueError) as error:
        raise RefusedError(NO_ROOM_FOR_SOUND, name=clip.path.name, codec=clip.sound, suffix=out.suffix) from error
    finally:
        probe.unlink(missing_ok=True)


def join(parts: Parts, clip: Clip, rate: float, path: Path) -> None:
    """Write what is painted as one file, nothing encoded again, with the sound of `clip` that belongs to it.

    The first painted frame comes to lie at 0; the last is shown for as long as `rate`, in frames a second, says.
    """
    whole, state = parts.whole(), parts.state()
    assert state is not None
    start, stop = next(_pictures(whole)).pts * CLOCK, Fraction(*map(int, state["time"])) + 1 / Fraction(rate)
    # What a player needs to know first comes first, so that a page shows the clip while it loads.
    options = {"movflags": "faststart"} if path.suffix.lower() == ".mp4" else {}
    with av.open(str(path), "w", options=options) as file:
        with av.open(str(whole[0])) as first:
            pictures = file.add_stream_from_template(first.streams.video[0])
            pictures.time_base = CLOCK
        seen = ((packet, pictures) for packet in _moved(_pictures(whole), start))
        if not clip.sound:
            _mux(file, seen)
            return
        with opened(clip.path) as source:
            sound = file.add_stream_from_template(source.streams.audio[0])
            origin = origin_of(source.streams.video[0]) + start
            packets = takewhile(lambda packet: packet.pts * packet.time_base < origin + stop - start, _sound(source))
            heard = ((packet, sound) for packet in _moved(packets, origin))
            _mux(file, heapq.merge(seen, heard, key=lambda pair: pair[0].dts * pair[0].time_base))


def _mux(file: OutputContainer, packets: Iterable[tuple[Any, Any]]) -> None:
    """Each with its stream, in the order of their times, as players read them."""
    for packet, stream in packets:
        packet.stream = stream
        file.mux(packet)


def _pictures(parts: Sequence[Path]) -> Iterator[Any]:
    """Of all parts, with times by `CLOCK`."""
    for part in parts:
        with av.open(str(part)) as file:
            for packet in _timed(file.demux(video=0)):
                factor = packet.time_base / CLOCK
                packet.pts, packet.dts = round(packet.pts * factor), round(packet.dts * factor)
                packet.time_base = CLOCK
                yield packet


def _sound(source: InputContainer) -> Iterator[Any]:
    return _timed(source.demux(source.streams.audio[0]))


def _timed(packets: Iterable[Any]) -> Iterator[Any]:
    """Without the empty ones that end a stream."""
    return (packet for packet in packets if packet.pts is not None and packet.dts is not None)


def _moved(packets: Iterable[Any], start: Fraction) -> Iterator[Any]:
    """Those from `start` on, in seconds, which becomes 0, and the one before, by which decoders of sound get going."""
    for packet in packets:
        if (packet.pts + (packet.duration or 0)) * packet.time_base >= start:
            shift = round(start / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            yield packet
