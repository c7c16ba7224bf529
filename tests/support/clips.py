"""Small clips, written with PyAV: pictures that move in a known way, with or without a tone as their sound."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

SAMPLES = 1024  # of a frame of AAC


def panned(picture: Image.Image, size: tuple[int, int], count: int, step: tuple[int, int] = (2, 0)) -> list[np.ndarray]:
    """`count` frames (H, W, 3), each a window of `size` that lies `step` pixels further on."""
    values = np.asarray(picture.convert("RGB"))
    width, height = size
    return [values[i * step[1] :, i * step[0] :][:height, :width] for i in range(count)]


def write_clip(
    path: Path,
    frames: Sequence[np.ndarray],
    rate: int = 10,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    times: Sequence[Fraction] | None = None,
    sound: str = "",
    rotation: int = 0,
    colors: tuple[int, int] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """`times` in seconds; `sound` a codec; `colors` the code points of primaries and transfer."""
    height, width = frames[0].shape[:2]
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream(codec, rate=rate, options={"crf": "12", **(options or {})})
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        clock = Fraction(1, 1000) if times else Fraction(1, rate)
        stream.time_base = stream.codec_context.time_base = clock
        if colors:
            stream.codec_context.color_primaries, stream.codec_context.color_trc = colors
        if rotation:
            stream.set_display_rotation(rotation)
        tone: Any = file.add_stream(sound, rate=48_000) if sound else None
        for i, values in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(values), format="rgb24")
            frame.pts, frame.time_base = round((times[i] if times else Fraction(i, rate)) / clock), clock
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
        if tone:
            for i in range(round(48_000 * len(frames) / rate / SAMPLES)):
                wave = np.sin(np.arange(i * SAMPLES, (i + 1) * SAMPLES) * 2 * np.pi * 440 / 48_000)
                heard = av.AudioFrame.from_ndarray(wave.astype(np.float32)[None] / 2, format="fltp", layout="mono")
                heard.pts, heard.sample_rate, heard.time_base = i * SAMPLES, 48_000, Fraction(1, 48_000)
                file.mux(tone.encode(heard))
            file.mux(tone.encode())
    return path


def write_sound(path: Path) -> Path:
    """A moment of silence, without a picture."""
    with av.open(str(path), "w") as file:
        tone: Any = file.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, SAMPLES), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        file.mux(tone.encode(frame))
        file.mux(tone.encode())
    return path


def read_clip(path: Path) -> tuple[list[np.ndarray], list[float], list[bytes]]:
    """Frames (H, W, 3), their times in seconds, and the packets of the sound."""
    with av.open(str(path)) as file:
        pairs = [(frame.to_ndarray(format="rgb24"), frame.time) for frame in file.decode(video=0)]
    with av.open(str(path)) as file:
        heard = [bytes(p) for p in file.demux(audio=0) if p.size] if file.streams.audio else []
    return [values for values, _ in pairs], [time for _, time in pairs], heard
