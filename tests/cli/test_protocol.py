"""`sanet protocol` on small pictures; what paints is a stand-in."""

from pathlib import Path
from typing import ClassVar

import pytest
from PIL import Image

from sanet.checkpoints import vgg
from sanet.methods import methods
from sanet.network.encoder import Encoder
from tests.support.command_line import call, one_line


class Blends:
    """Takes the content as it is told to, and keeps what it was called with."""

    calls: ClassVar[list[tuple]] = []

    def __init__(self, engine: object) -> None: ...

    def paint(self, name: str, content: Image.Image, style: Image.Image, **told: object) -> Image.Image:
        self.calls.append((name, told))
        return Image.blend(content, style.resize(content.size), 0.5)


@pytest.fixture
def ready(folder: Path, noise, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of one content and two styles, a small judge, and a stand-in for the methods."""
    for kind, seeds in (("content", [0]), ("style", [1, 2])):
        (folder / kind).mkdir()
        for seed in seeds:
            noise(40, 32, seed).save(folder / kind / f"{seed}.png")
    monkeypatch.setattr(vgg, "load_embedded", lambda: Encoder((1, 1, 1, 1, 1), (2, 3, 4, 4, 4)))
    monkeypatch.setattr(Blends, "calls", [])
    monkeypatch.setattr(methods, "Methods", Blends)
    return folder


def protocol(folder: Path, *more: object) -> int | str | None:
    places = (folder / "content", folder / "style", "--manifest", folder / "pairs.json", "-o", folder / "out")
    return call("protocol", *places, "--size", 32, "--checkpoint", folder / "net", *more)


def test_a_run_goes_on_and_takes_further_methods(ready: Path, capsys: pytest.CaptureFixture[str]):
    assert protocol(ready, "--steps", 7) == 0
    assert Blends.calls == [("sanet", {"max_side": 32, "alpha": 1.0, "steps": 7})] * 2
    first = (ready / "out" / "rows.jsonl").read_bytes()
    assert first.count(b"\n") == 1 + 2 * 3
    assert protocol(ready, "--steps", 7, "--method", "sanet", "--method", "adain") == 0
    assert [name for name, _ in Blends.calls[2:]] == ["adain", "adain"]
    assert (ready / "out" / "rows.jsonl").read_bytes().startswith(first)
    table = capsys.readouterr().out
    assert table.endswith((ready / "out" / "measures.md").read_text() + "\n")
    lines = [line.split(" | ")[0] for line in table.splitlines()[-20:] if line.startswith("| ")]
    assert lines[-4:] == ["| untouched photograph", "| bare style", "| sanet", "| adain"]


def test_a_list_says_which_pictures_the_manifest_has(ready: Path):
    (ready / "list.txt").write_text("content/0.png\nstyle/2.png\n")
    for _ in range(2):
        assert protocol(ready, "--held-out", ready / "list.txt") == 0
    assert len(Blends.calls) == 1


def test_a_picture_that_is_another_one_is_refused(ready: Path, capsys: pytest.CaptureFixture[str], noise):
    assert protocol(ready) == 0
    capsys.readouterr()
    noise(40, 32, 5).save(ready / "style" / "2.png")
    assert protocol(ready) == 2
    assert "2.png is not the picture of the manifest" in one_line(capsys)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--method", "other"), "There is no method 'other'; there are sanet, gatys,"),
        (("--alpha", "2"), "expected a number from 0 to 1"),
    ],
)
def test_what_cannot_be_done_is_said(words: tuple, said: str, ready: Path, capsys: pytest.CaptureFixture[str]):
    assert protocol(ready, *words) == 2
    assert said in one_line(capsys)
    assert not (ready / "pairs.json").exists()


def test_what_is_not_installed_is_said(
    ready: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sanet.cli.protocol.find_spec", lambda name: None if name == "torchmetrics" else name)
    assert protocol(ready) == 2
    assert "needs torchmetrics: pip install 'sanet-studio[protocol]'" in one_line(capsys)
