"""The command line as a test calls it, and what it should paint."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import torch

import sanet
from sanet.checkpoints.load import load_network
from sanet.cli.main import main
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture


def call(*words: object) -> int | str | None:
    """The exit code."""
    try:
        return main([str(word) for word in words])
    except SystemExit as stop:
        return stop.code


def stylize(
    folder: Path,
    *arguments: object,
    content: str = "content.png",
    styles: Iterable[str] = ("style.png",),
    out: str = "out.png",
) -> int | str | None:
    """Exit code of `stylize` on files of the folder."""
    paths = [folder / name for name in (content, *styles)]
    return call("stylize", *paths, "-o", folder / out, "--checkpoint", folder / "net", *arguments)


def expected(
    folder: Path,
    controls: sanet.Controls | None = None,
    max_side: int = 512,
    styles: Iterable[str] = ("style.png",),
    content: str = "content.png",
    **more: Any,
) -> bytes:
    """What the engine paints; `more` as in `Stylizer.stylize`."""
    engine = Stylizer(load_network(folder / "net"), torch.device("cpu"))
    pictures = [open_picture(folder / name) for name in (content, *styles)]
    return engine.stylize(pictures[0], pictures[1:], controls, max_side, **more).tobytes()


def result(folder: Path, name: str = "out.png") -> bytes:
    """What the command painted."""
    return open_picture(folder / name).tobytes()


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The only line on stderr; nothing is on stdout."""
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("sanet")
    return err
