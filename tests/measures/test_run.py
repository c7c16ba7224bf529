"""Every method over every pair, once; the judge here is a small random encoder."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from sanet.image.tensor import pad, to_tensor
from sanet.measures.judge import MEASURES, Judge, best
from sanet.measures.manifest import Manifest, make_manifest
from sanet.measures.rows import Rows
from sanet.measures.run import PHOTOGRAPH, STYLE, Run
from sanet.network.distances import content_loss, style_loss
from sanet.network.encoder import Encoder

SIZE = 40


@pytest.fixture
def judge() -> Judge:
    torch.manual_seed(0)
    encoder = Encoder((1, 1, 1, 1, 1), (4, 6, 8, 8, 8))
    for name, tensor in encoder.named_parameters():
        if name.endswith("weight"):  # so large that similarities differ beyond rounding
            torch.nn.init.normal_(tensor, std=2 * (2 / tensor[0].numel()) ** 0.5)
    return Judge(encoder, torch.device("cpu"))


@pytest.fixture
def folders(tmp_path: Path, noise) -> tuple[Path, Path]:
    """Two contents and two styles."""
    for seed, name in enumerate(("content/a.png", "content/b.png", "style/c.png", "style/d.png")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        noise(48, 36, seed).save(tmp_path / name)
    return tmp_path / "content", tmp_path / "style"


def test_a_picture_compared_with_itself_is_the_best_there_is(judge: Judge, noise):
    seen = judge.see(noise(48, 36))
    found = judge.compare_content(seen, seen) | judge.compare_style(seen, judge.see_style(noise(48, 36)))
    assert found == pytest.approx(best("content") | best("style"), abs=1e-6)


class Painter:
    """Blends content and style; counts, and is interrupted at one call."""

    def __init__(self, stop_at: int = 0) -> None:
        self.calls = 0
        self.stop_at = stop_at

    def __call__(self, content: Image.Image, style: Image.Image) -> Image.Image:
        self.calls += 1
        if self.calls == self.stop_at:
            raise KeyboardInterrupt
        return Image.blend(content, style.resize(content.size), 0.5)


def measure(judge: Judge, folders: tuple[Path, Path], manifest: Manifest, painter: Painter, out: Path) -> Rows:
    rows = Rows(out / "rows.jsonl", {"size": SIZE})
    Run(judge, folders, {"blend": painter}, rows, SIZE).measure(manifest)
    return rows


def test_values_are_those_of_the_losses_and_the_ends_are_best(judge: Judge, folders: tuple[Path, Path], tmp_path: Path):
    rows = measure(judge, folders, make_manifest(*folders), Painter(), tmp_path)
    assert len(rows.known) == 2 * 2 * 3
    content, style = (
        Image.open(path).resize((40, 30), Image.Resampling.LANCZOS)
        for path in (folders[0] / "a.png", folders[1] / "c.png")
    )
    result = Image.blend(content, style, 0.5)
    of_content, of_style, of_result = (judge.encoder(pad(to_tensor(picture))) for picture in (content, style, result))
    values = rows.known["a.png", "c.png", "blend"].values
    assert set(values) == {measure.key for measure in MEASURES}
    assert values["content_loss"] == pytest.approx(float(content_loss(of_result, of_content)), rel=1e-4)
    assert values["style_loss"] == pytest.approx(float(style_loss(of_result, of_style)), rel=1e-4)
    photograph, bare = (rows.known["a.png", "c.png", name].values for name in (PHOTOGRAPH, STYLE))
    assert (photograph["ssim"], photograph["content_loss"], photograph["cfsd"]) == pytest.approx((1, 0, 0), abs=1e-6)
    assert (bare["style_loss"], bare["gram"]) == (0, 0)
    assert bare["ssim"] < values["ssim"]
    for better, key in ((bare, "style_loss"), (bare, "gram"), (photograph, "content_loss"), (photograph, "cfsd")):
        assert better[key] < values[key]


@pytest.mark.parametrize("stop_at", [1, 2, 4])
def test_a_run_that_was_stopped_repeats_nothing_that_was_whole(
    stop_at: int, judge: Judge, folders: tuple[Path, Path], tmp_path: Path
):
    manifest = make_manifest(*folders)
    with pytest.raises(KeyboardInterrupt):
        measure(judge, folders, manifest, Painter(stop_at), tmp_path)
    before = (tmp_path / "rows.jsonl").read_bytes()
    again = Painter()
    rows = measure(judge, folders, manifest, again, tmp_path)
    assert again.calls == 4 - (stop_at - 1)
    assert len(rows.known) == 12
    after = (tmp_path / "rows.jsonl").read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == 13
    at_once = measure(judge, folders, manifest, Painter(), folders[0].parent / "style")
    assert at_once.known == rows.known


def test_a_bad_picture_is_a_sentence_and_the_others_go_on(judge: Judge, folders: tuple[Path, Path], tmp_path: Path):
    (folders[0] / "a.png").write_bytes(b"no picture")
    Image.new("RGB", (2000, 20)).save(folders[1] / "c.png")
    rows = measure(judge, folders, make_manifest(*folders), Painter(), tmp_path)
    refused = {key: row.refused for key, row in rows.known.items() if row.refused}
    assert set(refused) == {key for key in rows.known if key[0] == "a.png" or key[1] == "c.png"}
    assert str(folders[0] / "a.png") in refused["a.png", "d.png", "blend"]
    assert f"{folders[1] / 'c.png'}: The picture is too small or too narrow" in refused["b.png", "c.png", "blend"]
    assert rows.is_whole(("b.png", "d.png", "blend"))


def test_a_method_that_returns_another_size_is_refused(judge: Judge, folders: tuple[Path, Path], tmp_path: Path):
    rows = Rows(tmp_path / "rows.jsonl", {})
    run = Run(judge, folders, {"small": lambda content, style: content.resize((32, 32))}, rows, SIZE)
    run.measure(make_manifest(*folders))
    assert rows.known["a.png", "c.png", "small"].refused == "The result has 32 x 32 pixels, not 40 x 30."
