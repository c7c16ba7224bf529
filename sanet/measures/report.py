"""Rows as a table in Markdown and as a plot: means with bootstrap intervals, over the pairs that all methods have.

Knows no picture and no network.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from sanet.measures.judge import MEASURES, Measure
from sanet.measures.rows import Row, Settings

NOT_MEASURED = ("LPIPS", "FID", "ArtFID", "CSD")
RESAMPLES = 2000
ARROWS = {"lower": "↓", "higher": "↑"}
Pair = tuple[str, str]


class Mean(NamedTuple):
    """A mean and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


Means = dict[str, dict[str, Mean]]  # by method and measure


def common_pairs(rows: Iterable[Row], methods: Sequence[str]) -> list[Pair]:
    """Content and style of the pairs that every one of the methods has a result for."""
    counts = Counter((row.content, row.style) for row in rows if row.method in methods and not row.refused)
    return sorted(pair for pair, count in counts.items() if count == len(methods))


def bootstrap(values: Sequence[float], pairs: Sequence[Pair]) -> Mean:
    """The mean over pairs, with the interval of resampled contents and styles.

    Both are drawn anew, each by itself (Owen 2007), because pairs that share a picture are not independent.
    """
    random = np.random.default_rng(0)
    counts = [_draw(random, names) for names in zip(*pairs, strict=True)]  # (RESAMPLES, pairs) of contents, of styles
    weights = counts[0] * counts[1]
    weights = weights[weights.sum(axis=1) > 0]  # of an incomplete table none may be drawn
    means = weights @ np.asarray(values) / weights.sum(axis=1)
    return Mean(float(np.mean(values)), *map(float, np.quantile(means, (0.025, 0.975))))


def _draw(random: np.random.Generator, names: Sequence[str]) -> np.ndarray:
    """How often each of the pairs' names is drawn in each resample. (RESAMPLES, pairs)."""
    known, places = np.unique(names, return_inverse=True)
    return random.multinomial(len(known), np.full(len(known), 1 / len(known)), RESAMPLES)[:, places]


def summarise(rows: Sequence[Row], methods: Sequence[str], pairs: Sequence[Pair]) -> Means:
    """Of every method and measure, over `pairs`, which every method has."""
    by_key = {row.key: row.values for row in rows}
    return {
        method: {m.key: bootstrap([by_key[*pair, method][m.key] for pair in pairs], pairs) for m in MEASURES}
        for method in methods
    }


def measured_methods(rows: Iterable[Row], methods: Sequence[str]) -> list[str]:
    """Those of the methods that have any result."""
    there = {row.method for row in rows if not row.refused}
    return [name for name in methods if name in there]


def write_report(out: Path, rows: Sequence[Row], methods: Sequence[str], settings: Settings) -> str:
    """measures.md, whose text is returned, and measures.png in the folder `out`; without a common pair no plot."""
    found = measured_methods(rows, methods)
    pairs = common_pairs(rows, found)
    means = summarise(rows, found, pairs) if pairs else {}
    text = _page(means, len(pairs), settings, _refusals([row for row in rows if row.method in methods]))
    (out / "measures.md").write_text(text, encoding="utf-8", errors="surrogateescape")
    if means:
        plot(means, out / "measures.png")
    return text


def _page(means: Means, pairs: int, settings: Settings, refusals: Sequence[str]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in settings.items())
    parts = [
        "# Measures",
        f"Means over the {pairs} pairs that all methods have a result for, with 95 % bootstrap intervals over contents"
        f" and styles. {told}.",
        table(means),
        "Read no column alone: the untouched photograph is best by every measure against the content, the bare style by"
        " every measure against the style, and neither is a transfer.",
        f"Not measured: {', '.join(NOT_MEASURED)}.",
    ]
    if refusals:
        parts += ["## Without a result", "\n".join(f"- {each}" for each in refusals)]
    return "\n\n".join(parts) + "\n"


def table(means: Means) -> str:
    """One row a method, in Markdown."""
    heads = [f"{m.name} (against the {m.of}, {m.better} is better {ARROWS[m.better]})" for m in MEASURES]
    lines = [["method", *heads, *NOT_MEASURED], ["---"] * (1 + len(heads) + len(NOT_MEASURED))]
    for method, found in means.items():
        lines.append([method, *(str(found[m.key]) for m in MEASURES), *["not measured"] * len(NOT_MEASURED)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _refusals(rows: Iterable[Row]) -> list[str]:
    """Each reason once, with how many results it cost."""
    counts = Counter(row.refused for row in rows if row.refused)
    return [f"{count} result(s): {reason}" for reason, count in counts.items()]


def plot(means: Means, path: Path) -> None:
    """Style loss against content loss, one point a method, with intervals."""
    x, y = (next(m for m in MEASURES if m.key == key) for key in ("content_loss", "style_loss"))
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    for method, found in means.items():
        across, up = found[x.key], found[y.key]
        axes.errorbar(across.value, up.value, _arms(up), _arms(across), marker="o", capsize=2)
        axes.annotate(method, (across.value, up.value), xytext=(6, 6), textcoords="offset points")
    axes.margins(0.15)
    axes.set(xlabel=_label(x), ylabel=_label(y))
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=140)


def _label(measure: Measure) -> str:
    return f"{measure.name} against the {measure.of}, {measure.better} is better"


def _arms(mean: Mean) -> list[list[float]]:
    """Lengths of the bar below and above; the percentile interval need not hold the mean."""
    return [[max(0.0, mean.value - mean.low)], [max(0.0, mean.high - mean.value)]]
