"""The model card of a checkpoint: what the training record says, in the words that the Hub expects. Text only."""

from collections.abc import Mapping
from typing import Any

from huggingface_hub import ModelCardData

PAPER = "https://arxiv.org/abs/1812.02342"
LICENCE = "cc-by-4.0"  # that of the VGG weights which every encoder here comes from
HEAD = """
# {title}

A checkpoint for SANet Studio: arbitrary style transfer with style-attentional networks
([Park & Lee, CVPR 2019]({paper})). In a checkout of SANet Studio, after `pip install .` (PyPI's `sanet` is another
project):

    import sanet
    engine = sanet.load("{repo}")
    picture = engine.stylize(photograph, [style])
"""
LIMITS = """
- Made for photographs in the style of paintings; small faces and lettering lose their features at full strength.
- Patterns come at the scale of the training crops. Strength 0 rebuilds the photograph, but not exactly.
"""
CREDITS = """
The encoder comes from VGG (Simonyan & Zisserman, [arXiv 1409.1556](https://arxiv.org/abs/1409.1556); ImageNet weights
of the original authors, CC BY 4.0), used as it is or distilled.
"""


def model_card(
    config: Mapping[str, Any],
    record: Mapping[str, Any] | None = None,
    evaluation: Mapping[str, Any] | None = None,
    sheet: str | None = None,
    licence: str = LICENCE,
    repo: str = "owner/name",
) -> str:
    """Markdown with front matter.

    `config`: sizes. `record`: the run's record.json. `evaluation`: summary.json, named measures per judge. `sheet`:
    name of the contact sheet's file in the repository.
    """
    data = ModelCardData(
        license=licence,
        library_name="sanet",
        pipeline_tag="image-to-image",
        tags=["style-transfer", "arxiv:1812.02342"],
    )
    sections = {
        "What it is": _table(config),
        "How it was trained, and on what": _training(record or {}),
        "Losses at the end": _table(_numbers((record or {}).get("losses", {}))),
        "Evaluation": "\n\n".join(f"{judge}:\n\n{_table(_numbers(m))}" for judge, m in (evaluation or {}).items()),
        "Contact sheet": f"![Photographs in several styles]({sheet})" if sheet else "",
        "Limits": LIMITS.strip(),
        "Credits": CREDITS.strip(),
    }
    body = "".join(f"\n## {title}\n\n{text}\n" for title, text in sections.items() if text)
    head = HEAD.format(title=repo.split("/")[-1], paper=PAPER, repo=repo)
    return f"---\n{data.to_yaml()}\n---\n{head}{body}"


def _training(record: Mapping[str, Any]) -> str:
    """The facts of the record that are single values, and the recipe as a table of its own."""
    facts = {name: value for name, value in record.items() if not isinstance(value, (dict, list))}
    recipe = record.get("recipe", {})
    return "\n\n".join(part for part in (_table(facts), _table(recipe)) if part) or "No training record was kept."


def _numbers(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: f"{value:.4g}" if isinstance(value, float) else str(value) for name, value in values.items()}


def _table(values: Mapping[str, Any]) -> str:
    if not values:
        return ""
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {value} |" for name, value in values.items())
