"""The settings are those of the documentation, and one that cannot hold is refused by its name."""

import re
from dataclasses import fields

import pytest

from sanet.paths import ROOT
from sanet.web.page import launch_options
from sanet.web.serving.limits import Limits, limits_from, variable

DOCUMENTED = re.compile(r"^\| `(\w+)` \| (.*?) ?\| (.*) \|$", re.MULTILINE)


def test_the_table_says_what_the_code_does() -> None:
    table = (ROOT / "docs/settings.md").read_text(encoding="utf-8").split("## Limits")[1]
    assert DOCUMENTED.findall(table) == [
        (variable(limit.name), str(limit.default), limit.metadata["about"]) for limit in fields(Limits)
    ]


def test_every_variable_that_is_read_is_in_the_table() -> None:
    table = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "sanet").rglob("*.py"))
    read = set(re.findall(r"\"((?:SANET|GRADIO|HF)_[A-Z_]+[A-Z])\"", sources))
    assert {"SANET_SHARE_DIR", "GRADIO_TEMP_DIR"} <= read
    assert [name for name in sorted(read) if f"`{name}`" not in table] == []


def test_variables_are_read_as_numbers_and_words() -> None:
    given = {"SANET_QUEUE_SIZE": " 3 ", "SANET_BODY_MB": "0.5", "SANET_HOSTS": "a.example", "SANET_SESSIONS": ""}
    limits = limits_from(given)
    assert limits == Limits(queue_size=3, body_mb=0.5, hosts="a.example")
    assert limits.body_bytes == 500_000


@pytest.mark.parametrize("text", ["0", "-1", "many", "nan", "inf", "1.5", "1e400"])
def test_what_is_no_number_above_0_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"SANET_QUEUE_SIZE must be a whole number above 0, got '{text}'"):
        limits_from({"SANET_QUEUE_SIZE": text})


@pytest.mark.parametrize("text", ["nan", "inf", "0"])
def test_nor_is_what_never_ends(text: str) -> None:
    with pytest.raises(ValueError, match="SANET_PICTURE_SECONDS must be a number above 0"):
        limits_from({"SANET_PICTURE_SECONDS": text})


def test_sessions_are_bounded() -> None:
    assert launch_options(limits=Limits(sessions=7))["state_session_capacity"] == 7
