"""Surprise me: a choice of examples and settings that look good together. Knows no widget but `gr.skip`."""

import random
from typing import Any

import gradio as gr

from sanet.web.examples import CONTENTS, STYLES, example_at

STRENGTHS = (0.8, 0.9, 1.0)
KEEPS_COLOR = 0.2  # share of the surprises


def some_photograph(content: str | None) -> Any:
    """An example other than `content`; the visitor's own photograph stays."""
    shown = example_at(content) if content else None
    if content and shown is None:
        return gr.skip()
    return str(random.choice([example for example in CONTENTS if example != shown]).path)


def some_styles(count: int, shown: str | None = None) -> list[str]:
    """`count` examples, all different, none of them `shown`."""
    past = example_at(shown) if shown else None
    return [str(example.path) for example in random.sample([style for style in STYLES if style != past], count)]


def some_settings() -> tuple[float, str]:
    """Strength, and the result's colours or the photograph's."""
    return random.choice(STRENGTHS), "photo" if random.random() < KEEPS_COLOR else "result"


def some_point() -> tuple[float, float]:
    """A point of the square where one or two styles lead but none is alone."""
    return round(random.uniform(0.15, 0.85), 2), round(random.uniform(0.15, 0.85), 2)
