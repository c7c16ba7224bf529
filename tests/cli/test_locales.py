"""Names of any language in any locale: read, painted, printed and written into tables."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from sanet.checkpoints.vgg import save_half
from sanet.network.encoder import Encoder
from sanet.paths import ROOT

pytestmark = pytest.mark.slow  # each starts an interpreter
LOCALES = pytest.mark.parametrize("locale", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"LC_ALL": "C.UTF-8"}])


def run(locale: dict[str, str], *words: object) -> str:
    """What the command prints."""
    environment = {**os.environ, **locale}
    command = [sys.executable, "-m", "sanet", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return os.fsdecode(done.stdout)


@LOCALES
@pytest.mark.parametrize(
    "name", [os.fsdecode("Gärten 庭.png".encode()), os.fsdecode(b"\xe4.png")], ids=["UTF-8", "Latin-1"]
)
def test_names_are_printed_as_they_are(folder: Path, locale: dict[str, str], name: str):
    (folder / "out").mkdir()
    (folder / "content.png").rename(folder / name)
    printed = run(
        locale, "stylize", folder / name, folder / "style.png", "-o", folder / "out", "--checkpoint", folder / "net"
    )
    assert printed == f"{folder / 'out' / name}\n"
    assert (folder / "out" / name).is_file()


@LOCALES
@pytest.mark.parametrize("suffix", ["mp4", "gif"])
def test_a_tour_may_have_any_name(folder: Path, locale: dict[str, str], suffix: str):
    out = folder / os.fsdecode(f"Gärten 庭.{suffix}".encode())
    words = ["tour", folder / "content.png", *[folder / "style.png"] * 4, "-o", out, "--checkpoint", folder / "net"]
    assert run(locale, *words, "--seconds", "0.5") == f"{out}\n"
    assert out.stat().st_size > 100


@LOCALES
def test_tables_hold_any_name(folder: Path, locale: dict[str, str]):
    for kind in ("contents", "styles"):
        (folder / kind).mkdir()
        Image.radial_gradient("L").resize((64, 64)).save(folder / kind / os.fsdecode("Gärten.png".encode()))
    pictures = (folder / "contents", folder / "styles")
    save_half(Encoder((1,) * 5, (4,) * 5), folder / "vgg.safetensors")
    judge = folder / "vgg.safetensors"
    run(locale, "evaluate", folder / "net", *pictures, "-o", folder / "out", "--judge", judge, "--size", "64")
    assert "vgg,Gärten.png,Gärten.png,64" in (folder / "out" / "pairs.csv").read_text(encoding="utf-8")
