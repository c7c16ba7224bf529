"""`sanet info` says what is painted with."""

import pytest
import torch

from sanet.cli.main import main
from sanet.engine import kernels
from sanet.engine.kernels import Choice, processor
from sanet.network.fast.choice import Kernels


def test_what_is_set_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"processor: {processor()}",
        f"torch: {torch.__version__}",
        "threads: 1",
        "kernels: set by SANET_KERNELS",
        "products: blas",
        "attention: chunks",
        "convolutions: winograd",
        "decoder: float32",
    ]


@pytest.mark.parametrize(
    ("origin", "words"), [("measured", "measured now"), ("remembered", "remembered in /caches/sanet/kernels.json")]
)
def test_what_was_measured_is_said_with_its_seconds(
    origin: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    choice = Choice(Kernels(attention="fused"), {"attention": {"chunks": 0.25, "fused": 0.125}}, origin)
    monkeypatch.setattr(kernels, "kernels", lambda: choice)
    assert main(["info"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"kernels: {words}" in lines
    assert "attention: fused (chunks 0.2500 s, fused 0.1250 s)" in lines


def test_a_setting_that_makes_no_sense_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SANET_KERNELS", "fast")
    kernels._chosen_once.cache_clear()
    assert main(["info"]) == 2
    assert capsys.readouterr().err.startswith("sanet: SANET_KERNELS must name")
