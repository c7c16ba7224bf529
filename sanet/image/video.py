"""Animations as files: pictures of one size -> GIF or MP4. Knows pictures only."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image


def save_film(frames: Sequence[Image.Image], path: str | Path, rate: int) -> None:
    """Write GIF (for ever in a loop) or MP4 (H.264) by the suffix of `path`; `rate` frames a second, mode "RGB".

    MP4 has even sides: an odd one loses its last row or column. Raises ValueError for no frames and other suffixes.
    """
    path = Path(path)
    if not frames:
        raise ValueError("A film needs at least one frame, got 0.")
    if path.suffix == ".gif":
        _save_gif(frames, path, rate)
    elif path.suffix == ".mp4":
        _save_mp4(frames, path, rate)
    else:
        raise ValueError(f"Films can be saved as .gif or .mp4, not as {path.name!r}.")


def _save_gif(frames: Sequence[Image.Image], path: Path, rate: int) -> None:
    # A palette for each frame: the colours change along the way. The octree takes a hundredth of the median cut's time.
    first, *rest = (frame.quantize(256, Image.Quantize.FASTOCTREE) for frame in frames)
    first.save(path, "GIF", save_all=True, append_images=rest, duration=round(1000 / rate), loop=0, disposal=1)


def _save_mp4(frames: Sequence[Image.Image], path: Path, rate: int) -> None:
    width, height = (side - side % 2 for side in frames[0].size)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as file:
        stream = file.add_stream("libx264", rate=Fraction(rate), options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"  # what every browser plays
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_image(frame.crop((0, 0, width, height)))))
        file.mux(stream.encode())
