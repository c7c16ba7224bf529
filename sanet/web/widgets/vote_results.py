"""The results of all votes, as the paper's Fig. 5 has them: bars with their 95 % intervals, and the same as a table."""

import json
from collections.abc import Mapping
from typing import Any

from gradio.components.plot import AltairPlotData

from sanet.votes.results import Measured, Standing
from sanet.web.i18n import said

# Okabe & Ito: apart for colour-blind eyes, and seen on white and on black.
COLORS = ("#d55e00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7")
GREY = "#888888"
BAR = 12  # pixels

Standings = Mapping[str, Mapping[str, Standing]]  # by question and method
Titles = Mapping[str, str]  # what methods are called


def chart(standings: Standings, methods: Titles) -> AltairPlotData:
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
    return AltairPlotData(chart="bar", plot=json.dumps(_drawn(values, list(methods.values()))))


def _drawn(values: list[dict[str, Any]], methods: list[str]) -> dict[str, Any]:
    """In Vega-Lite's grammar; Gradio adds the width and the colours of words."""
    percent = {
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "title": said("vote_share"),
        "axis": {"tickCount": 5},
    }
    sort = list(dict.fromkeys(value["question"] for value in values))
    above = {"labelAlign": "left", "labelBaseline": "bottom", "labelPadding": 0, "labelLimit": 320, "ticks": False}
    axis = above | {"labelOffset": -(BAR * len(methods) / 2 + 4), "title": None}
    spaced = {"paddingInner": 0.3, "paddingOuter": 0.35}
    place = {
        "y": {"field": "question", "type": "nominal", "sort": sort, "axis": axis, "scale": spaced},
        "yOffset": {"field": "method", "sort": methods},
    }
    color = {
        "field": "method",
        "type": "nominal",
        "scale": {"domain": methods, "range": list(COLORS[: len(methods)])},
        "legend": {"orient": "bottom", "title": None, "columns": 3},
    }
    reach = {"x": {"field": "low", **percent}, "x2": {"field": "high"}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "usermeta": {"embedOptions": {"actions": False, "renderer": "svg"}},
        "description": said("vote_chart"),
        "background": "transparent",
        "data": {"values": values},
        "height": {"step": BAR, "for": "offset"},
        "encoding": {},  # Gradio looks into it
        "layer": [
            _layer("bar", {**place, "x": {"field": "share", **percent}, "color": color}, opacity=1),
            _layer("rule", {**place, **reach}, color="white", size=5),  # seen on the bars and beside them
            _layer("rule", {**place, **reach}, color="black", size=2),
            _layer("rule", {"x": {"datum": 50}}, color=GREY, strokeDash=[4, 4]),
        ],
    }


def _layer(mark: str, encoding: dict[str, Any], **look: Any) -> dict[str, Any]:
    """Not read out by itself: the table says it better."""
    return {"mark": {"type": mark, "aria": False, **look}, "encoding": encoding}


def title_of(question: str) -> str:
    """What a question is called over its results."""
    return {"style": said("vote_style"), "photograph": said("vote_photograph"), "keep": said("vote_keep")}[question]


def table(standings: Standings, methods: Titles) -> str:
    """The same in Markdown, and the scores by the last question with what they mean."""
    head = [said("vote_method"), *map(title_of, standings), said("vote_score")]
    rows = [
        [title, *(_share(found.get(method)) for found in standings.values()), _score(standings["keep"].get(method))]
        for method, title in methods.items()
    ]
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join([*lines, "", said("vote_about_score")])


def _share(standing: Standing | None) -> str:
    if standing is None:
        return "–"
    value, low, high = (f"{100 * value:.0f}" for value in standing.share)
    return f"{value}\u00a0% ({low}\u2060–\u2060{high})"  # broken in two lines at most


def _score(standing: Standing | None) -> str:
    score: Measured | None = standing and standing.score
    return f"{score.value:+.2f} ±\u00a0{score.high - score.value:.2f}" if score else "–"
