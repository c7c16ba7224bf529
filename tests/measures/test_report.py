"""Tables by known means; intervals by what they must hold."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sanet.measures.judge import MEASURES
from sanet.measures.report import bootstrap, common_pairs, write_report
from sanet.measures.rows import Row

PAIRS = [(content, style) for content in "ab" for style in "cde"]
KEYS = [measure.key for measure in MEASURES]


def rows_of(method: str, start: float) -> list[Row]:
    """Every measure is `start`, `start` + 1 and so on over the pairs."""
    return [Row(*pair, method, dict.fromkeys(KEYS, start + i)) for i, pair in enumerate(PAIRS)]


def test_only_pairs_that_all_methods_have_are_compared():
    rows = [*rows_of("x", 0.0), *rows_of("y", 1.0)[1:], Row(*PAIRS[0], "y", refused="No.")]
    assert common_pairs(rows, ["x", "y"]) == PAIRS[1:]


def test_the_interval_is_that_of_resampled_contents_and_styles():
    mean = bootstrap([5.0] * 6, PAIRS)
    assert mean == pytest.approx((5.0, 5.0, 5.0))
    rng = np.random.default_rng(1)
    pairs = [(str(content), str(style)) for content in range(30) for style in range(50)]
    by_content = rng.normal(size=30)
    mean = bootstrap([by_content[int(content)] for content, _ in pairs], pairs)
    # Contents alone matter, so there are 30 independent values and not 1500.
    assert mean.high - mean.low == pytest.approx(2 * 1.96 * by_content.std() / 30**0.5, rel=0.1)
    assert mean.low < mean.value < mean.high


def test_the_table_says_means_directions_and_what_was_not_measured(tmp_path: Path):
    rows = [*rows_of("x", 0.0), *rows_of("y", 100.0), *rows_of("other", 9.0)]
    text = write_report(tmp_path, rows, ["x", "y", "absent"], {"size": 64})
    assert (tmp_path / "measures.md").read_text() == text
    head, _, first, second, *_ = [line for line in text.splitlines() if line.startswith("|")]
    assert "SSIM (against the content, higher is better ↑)" in head
    assert "Gram distance (against the style, lower is better ↓)" in head
    assert first.startswith("| x | 2.5 [")
    assert second.startswith("| y | 102 [")
    assert first.count("not measured") == 4
    assert "6 pairs" in text
    assert "size 64" in text
    assert "other" not in text
    assert Image.open(tmp_path / "measures.png").size[0] > 500


def test_what_failed_is_said_once_and_a_method_without_results_costs_the_others_nothing(tmp_path: Path):
    rows = [*rows_of("x", 0.0), *(Row(*pair, "y", refused="There are no weights.") for pair in PAIRS)]
    text = write_report(tmp_path, rows, ["x", "y"], {})
    assert "- 6 result(s): There are no weights." in text
    assert "| x | 2.5 [" in text


def test_a_run_without_any_result_leaves_a_report(tmp_path: Path):
    text = write_report(tmp_path, [Row("a", "c", "x", refused="It is damaged.")], ["x"], {})
    assert "0 pairs" in text
    assert "It is damaged." in text
    assert not (tmp_path / "measures.png").exists()
