"""The results of all votes, as the paper's Fig. 5 has them: bars with their 95 % intervals, and the same as a table."""

import json
from collections.abc import Mapping
from typing import Any

from gradio.components.plot import PlotData

from sanet.votes.results import Measured, Standing
from sanet.web.i18n import said

# Okabe & Ito: apart for colour-blind eyes, and seen on white and on black.
COLORS = ("#d55e00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7")
GREY = "#888888"
BAR = 12  # pixels

Standings = Mapping[str, Mapping[str, Standing]]  # by question and method
Titles = Mapping[str, str]  # what methods are called


def chart(standings: Standings, methods: Titles) -> PlotData:
    """Bars for each question and method, drawn in the browser by Vega, which Gradio brings along."""
    values = [
        {
            "question": title_of(question),
            "method": title,
            "share": 100 * by_method[method].share.value,
            "low": 100 * by_method[method].share.low,
            "high": 100 * by_method[method].share.high,
        }
        for question, by_method in standings.items()
        for method, title in methods.items()
        if method in by_method
    ]
    return PlotData(type="altair", plot=json.dumps(_drawn(values, list(methods.values()))))


def _drawn(values: list[dict[str, Any]], methods: list[str]) -> dict[str, Any]:
    """In Vega-Lite's grammar."""
    percent = {"type": "quantitative", "scale": {"domain": [0, 100]}, "title": said("vote_share")}
    sort = list(dict.fromkeys(value["question"] for value in values))
    place = {
        "y": {"field": "question", "type": "nominal", "sort": sort, "title": None, "axis": {"labels": False, "ticks": False}},
        "yOffset": {"field": "method", "sort": methods},
    }
    color = {
        "field": "method",
        "type": "nominal",
        "scale": {"domain": methods, "range": list(COLORS[: len(methods)])},
        "legend": {"orient": "bottom", "title": None, "columns": 3},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": said("vote_chart"),
        "data": {"values": values},
        "width": "container",
        "height": {"step": BAR, "for": "offset"},
        "layer": [
            {"mark": "bar", "encoding": {**place, "x": {"field": "share", **percent}, "color": color}},
            {
                "mark": {"type": "rule", "color": GREY, "size": 2},
                "encoding": {**place, "x": {"field": "low", **percent}, "x2": {"field": "high"}},
            },
        ],
    }


def title_of(question: str) -> str:
    """What a question is called over its results."""
    return {"style": said("vote_style"), "photograph": said("vote_photograph"), "keep": said("vote_keep")}[question]


def table(standings: Standings, methods: Titles) -> str:
    """The same in Markdown, and the scores by the last question."""
    head = [said("vote_method"), *map(title_of, standings), said("vote_score")]
    rows = [
        [title, *(_share(found.get(method)) for found in standings.values()), _score(standings["keep"].get(method))]
        for method, title in methods.items()
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def _share(standing: Standing | None) -> str:
    if standing is None:
        return "–"
    value, low, high = (f"{100 * value:.0f}" for value in standing.share)
    return f"{value} % ({low}–{high})"


def _score(standing: Standing | None) -> str:
    score: Measured | None = standing and standing.score
    return f"{score.value:+.2f} ± {score.high - score.value:.2f}" if score else "–"
