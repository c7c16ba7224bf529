"""Rows outlive a kill at any byte."""

from pathlib import Path

import pytest

from sanet.measures.rows import Row, Rows

SETTINGS = {"size": 64, "alpha": 1.0}
FIRST, SECOND = (Row("a.png", style, "sanet", {"ssim": 0.25}) for style in ("b.png", "c.png"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with both rows."""
    rows = Rows(tmp_path / "rows.jsonl", SETTINGS)
    rows.add(FIRST)
    rows.add(SECOND)
    return rows.path


def test_rows_come_back(path: Path):
    rows = Rows(path, SETTINGS)
    assert rows.known == {FIRST.key: FIRST, SECOND.key: SECOND}
    assert rows.is_whole(FIRST.key)
    assert not rows.is_whole(("a.png", "b.png", "wct"))


def test_a_file_that_was_cut_at_any_byte_goes_on(path: Path):
    whole = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        rows = Rows(path, SETTINGS)
        assert list(rows.known.values()) == [FIRST, SECOND][: max(0, sum(end <= cut for end in ends) - 1)]
        for row in (FIRST, SECOND):
            rows.add(row)
        assert path.read_bytes() == whole


def test_what_was_refused_is_tried_again_and_the_last_row_counts(path: Path):
    refused = Row("a.png", "b.png", "wct", refused="There is no memory.")
    rows = Rows(path, SETTINGS)
    rows.add(refused)
    size = path.stat().st_size
    rows.add(refused)
    assert path.stat().st_size == size  # it says nothing new
    assert not Rows(path, SETTINGS).is_whole(refused.key)
    done = Row(*refused.key, {"ssim": 0.5})
    rows.add(done)
    assert Rows(path, SETTINGS).known[refused.key] == done


def test_rows_of_other_settings_are_refused(path: Path):
    with pytest.raises(ValueError, match="measured with size 64, not 128; choose another folder"):
        Rows(path, SETTINGS | {"size": 128})


@pytest.mark.parametrize("text", ["hello\n", '{"size": 64, "alpha": 1.0}\n{"other": 1}\n', "[]\n"])
def test_another_file_is_refused_and_left_alone(text: str, tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"rows\.jsonl"):
        Rows(path, SETTINGS)
    assert path.read_text() == text
