"""The options of `sanet serve` are the variables of app.py."""

import os

import pytest

from sanet.cli.main import main
from sanet.web.serving import serve

VARIABLES = ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "SANET_CHECKPOINT", "SANET_SHARE_DIR")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The values of the variables whenever the page would be served."""
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "as before")
    values: list[tuple[str, ...]] = []
    monkeypatch.setattr(serve, "serve", lambda: values.append(tuple(os.environ[name] for name in VARIABLES)))
    return values


def test_every_option_sets_its_variable(served: list[tuple[str, ...]]) -> None:
    options = ["--host", "0.0.0.0", "--port", "8000", "--checkpoint", "owner/name", "--shares", ""]
    assert main(["serve", *options]) == 0
    assert served == [("0.0.0.0", "8000", "owner/name", "")]


def test_what_is_not_said_stays_as_it_is(served: list[tuple[str, ...]]) -> None:
    assert main(["serve", "--port", "8000"]) == 0
    assert served == [("as before", "8000", "as before", "as before")]


def test_a_broken_catalog_is_one_line(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "catalog.json").write_text("{")
    monkeypatch.setenv("SANET_CATALOG", str(tmp_path / "catalog.json"))
    assert main(["serve"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
