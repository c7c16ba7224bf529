"""`python -m benchmarks.steadiness` measures how steady painted clips are, against painting each frame by itself.

The clips are filmed from the example photographs by a camera that is known, so that it is known where each pixel was.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np
from PIL import Image

import sanet
from sanet.engine.request import Request
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture
from sanet.image.size import fit
from sanet.image.tensor import to_tensor
from sanet.paths import EXAMPLES
from sanet.training.evaluate import Taps, efficientnet_judge, judged, relative_style
from sanet.video.film import Shot
from sanet.video.follow import Follower

SIZE = (512, 288)
COUNT, FAR = 24, 10  # frames of a clip; how far apart frames are compared, besides neighbours
STYLES = ("great-wave", "composition-viii")
Place = tuple[float, float, float]  # zoom, and the upper left corner in pixels of the photograph


@dataclass(frozen=True)
class Scene:
    """A clip: photographs with the place of the camera at each frame, and what happens besides."""

    photographs: tuple[str, ...]  # one more after a cut, in the middle
    camera: Callable[[int], Place]
    light: Callable[[int], float] = lambda _: 1.0
    noise: float = 0.0  # grey levels
    mover: str = ""  # a photograph that moves across

    def photograph(self, number: int) -> int:
        """Which one frame `number` shows."""
        return number * len(self.photographs) // COUNT


SCENES = {
    "pan": Scene(("brandenburg-gate",), lambda i: (1.0, 3.0 * i, 20.0)),
    "zoom": Scene(("koala",), lambda i: (1.0 + 0.015 * i, 2.0 * i, 1.2 * i)),
    "moving object": Scene(("forest-stream",), lambda _: (1.0, 40.0, 40.0), mover="red-panda"),
    "cut": Scene(("rowing-boats", "citrus-fruits"), lambda i: (1.0, 2.0 * (i % (COUNT // 2)), 20.0)),
    "changing light": Scene(("cincinnati-bridge",), lambda _: (1.0, 30.0, 30.0), light=lambda i: 1 - 0.4 * i / COUNT),
    "noise": Scene(("neuschwanstein-castle",), lambda i: (1.0, 1.0 * i, 20.0), noise=8.0),
}


@dataclass(frozen=True)
class Filmed:
    """Frames, and for each what lies where: the place of the camera, and the mask of the mover."""

    frames: list[Image.Image]
    places: list[Place]
    shots: list[int]
    masks: list[np.ndarray]

    def flow(self, now: int, before: int) -> tuple[np.ndarray, np.ndarray]:
        """Where each pixel of frame `now` was in `before`, as an offset (H, W, 2), and whether it was seen (H, W)."""
        (zoom, left, top), (old_zoom, old_left, old_top) = self.places[now], self.places[before]
        rows, columns = np.indices((SIZE[1], SIZE[0]), dtype=np.float32)
        x, y = ((columns / zoom + left - old_left) * old_zoom, (rows / zoom + top - old_top) * old_zoom)
        seen = (x >= 0) & (x <= SIZE[0] - 1) & (y >= 0) & (y <= SIZE[1] - 1)
        seen &= ~self.masks[now] & ~cv2.dilate(self.masks[before].astype(np.uint8), np.ones((5, 5))).astype(bool)
        return np.stack([x - columns, y - rows], axis=2), seen & (self.shots[now] == self.shots[before])


def film(scene: Scene) -> Filmed:
    """What the camera sees."""
    random = np.random.default_rng(0)
    views = [np.asarray(_photograph(name, 640)) for name in scene.photographs]
    mover = np.asarray(_photograph(scene.mover, 110).crop((0, 0, 110, 110))) if scene.mover else None
    frames, places, shots, masks = [], [], [], []
    for i in range(COUNT):
        zoom, left, top = scene.camera(i)
        matrix = np.array([[zoom, 0, -zoom * left], [0, zoom, -zoom * top]])
        view = views[scene.photograph(i)]
        values = cv2.warpAffine(view, matrix, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        mask = np.zeros(SIZE[::-1], dtype=bool)
        if mover is not None:
            x, y = 20 + 14 * i, 90
            values[y : y + 110, x : x + 110], mask[y : y + 110, x : x + 110] = mover, True
        values = values * scene.light(i) + scene.noise * random.standard_normal(values.shape)
        frames.append(Image.fromarray(values.clip(0, 255).astype(np.uint8)))
        places.append((zoom, left, top))
        shots.append(scene.photograph(i))
        masks.append(mask)
    return Filmed(frames, places, shots, masks)


def _photograph(name: str, width: int) -> Image.Image:
    picture = open_picture(EXAMPLES / f"content/{name}.jpg")
    return picture.resize((width, round(width * picture.height / picture.width)), Image.Resampling.LANCZOS)


def painted(engine: Stylizer, filmed: Filmed, style: Image.Image, steady: float) -> Iterator[np.ndarray]:
    """The frames (H, W, 3) as `sanet video` paints them."""
    shot, follow = Shot(steady), Follower()
    look = Request(filmed.frames[0], (style,), max_side=SIZE[0])
    for frame in filmed.frames:
        yield shot.paint(engine, look, frame, follow(frame))


def averaged(frames: list[np.ndarray]) -> list[np.ndarray]:
    """Each with half of what was shown before: steadiness without knowing what moves."""
    shown = [frames[0].astype(np.float32)]
    for frame in frames[1:]:
        shown.append((shown[-1] + frame) / 2)
    return shown


def warping_error(frames: list[np.ndarray], filmed: Filmed, apart: int) -> float:
    """Root of the mean squared difference, in grey levels, between a frame and the one `apart` before, moved along."""
    errors = []
    for now in range(apart, len(frames)):
        flow, seen = filmed.flow(now, now - apart)
        if seen.any():
            rows, columns = np.indices(seen.shape, dtype=np.float32)
            before = cv2.remap(
                frames[now - apart].astype(np.float32), columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_LINEAR
            )
            errors.append(float(((frames[now] - before)[seen] ** 2).mean()))
    return fmean(errors) ** 0.5


def flicker(frames: list[np.ndarray], filmed: Filmed) -> float:
    """Mean change of the mean colour from frame to frame within a shot, in grey levels."""
    means = [frame.mean(axis=(0, 1)) for frame in frames]
    pairs = [(i - 1, i) for i in range(1, len(frames)) if filmed.shots[i] == filmed.shots[i - 1]]
    return fmean(float(np.abs(means[b] - means[a]).mean()) for a, b in pairs)


def style_distance(judge: Taps, frames: list[np.ndarray], filmed: Filmed, style: Image.Image) -> float:
    """The mean `style_relative` of `sanet evaluate` over four frames."""
    wanted, numbers = judged(judge, to_tensor(style)), range(5, len(frames), 6)
    pictures = [Image.fromarray(frames[i].clip(0, 255).astype(np.uint8)) for i in numbers]
    found = [
        relative_style(judged(judge, to_tensor(picture)), wanted, judged(judge, to_tensor(filmed.frames[i])))
        for i, picture in zip(numbers, pictures, strict=True)
    ]
    return fmean(found)


def main() -> None:
    """Print one table over all scenes, and one row for each scene."""
    parser = argparse.ArgumentParser(prog="benchmarks.steadiness", description=__doc__)
    parser.add_argument("--steady", type=float, nargs="+", default=[0.7], help="shares to try (default: 0.7)")
    parser.add_argument("--scenes", nargs="+", choices=SCENES, default=list(SCENES))
    parser.add_argument("--styles", nargs="+", default=STYLES)
    parser.add_argument("--out", type=Path, help="a folder for the frames of the last way")
    args = parser.parse_args()
    engine, judge = sanet.load("embedded"), efficientnet_judge()
    print("| scene | way | error over 1 | over 10 | flicker | style |\n|---|---|---|---|---|---|")
    totals: dict[str, list[list[float]]] = {}
    for name in args.scenes:
        filmed = film(SCENES[name])
        for which in args.styles:
            style = fit(open_picture(EXAMPLES / f"style/{which}.jpg"), SIZE[0])
            free = list(painted(engine, filmed, style, 0.0))
            ways = {"each by itself": free, "averaged": averaged(free)}
            ways |= {f"steady {s}": list(painted(engine, filmed, style, s)) for s in args.steady}
            for way, frames in ways.items():
                row = [warping_error(frames, filmed, 1), warping_error(frames, filmed, FAR), flicker(frames, filmed)]
                row.append(style_distance(judge, frames, filmed, style))
                totals.setdefault(way, []).append(row)
                print(f"| {name}, {which} | {way} |", " | ".join(f"{value:.3g}" for value in row), "|", flush=True)
            if args.out:
                args.out.mkdir(parents=True, exist_ok=True)
                for i in (0, 8, 16, 23):
                    both = np.concatenate([np.asarray(filmed.frames[i]), free[i], frames[i].astype(np.uint8)], axis=1)
                    Image.fromarray(both).save(args.out / f"{name}-{which}-{i:02}.png")
    for way, rows in totals.items():
        print(f"| all | {way} |", " | ".join(f"{fmean(column):.3g}" for column in zip(*rows, strict=True)), "|")


if __name__ == "__main__":
    main()
