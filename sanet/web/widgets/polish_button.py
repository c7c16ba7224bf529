"""The button Polish under a result: more steps on its pixels, a picture every few of them. Words and widgets only."""

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from gradio.events import Dependency

from sanet.engine.protocol import Engine
from sanet.engine.request import STEPS
from sanet.web.errors import explained
from sanet.web.events import QUICK, bound
from sanet.web.i18n import said, word
from sanet.web.result import Made, Painter, Result
from sanet.web.tabs.tab import painting
from sanet.web.widgets.result_panel import Outputs
from sanet.web.widgets.working_size import duration

SHOWN_EVERY = 5  # steps


@dataclass(frozen=True)
class Part:
    """Some of the steps that a click asks for; what was made of them is shown, and kept if they are the last."""

    painter: Painter
    steps: int
    is_last: bool


@explained()
def polish(
    part: Part, made: Made | None, progress: gr.Progress = gr.Progress(), visitor: gr.Request | None = None
) -> Result:
    """Take the steps of a part."""
    file, pair, note, polished = part.painter.polish(made, part.steps, progress, visitor)
    return file, pair, note, replace(polished, made_here=part.is_last)


def offer(painter: Painter, made: Made | None) -> dict[str, Any]:
    """The button for a result: with how long it will take, where that is known."""
    if made is None:
        return gr.update(value=word("polish"), interactive=False)
    try:
        seconds = painter.seconds_to_polish(made, STEPS)
    except (ValueError, OSError):  # said once it is clicked
        seconds = None
    label = word("polish") if seconds is None else said("polish_about", time=duration(seconds))
    return gr.update(value=label, interactive=True)


def connect_polish(button: gr.Button, painter: Painter, outputs: Outputs, engine: Engine) -> list[Dependency]:
    """Let `button` polish what is shown, with a picture every few steps where the engine has previews; the events."""
    made, every = outputs.made, SHOWN_EVERY if engine.has_previews else STEPS
    made.change(bound(offer, painter), made, button, **QUICK)
    # Each part waits in the queue by itself, so that other visitors come in between, and Stop keeps what is shown.
    shared = {"api_visibility": "private", **painting(outputs)}
    parts = [Part(painter, every, done + every >= STEPS) for done in range(0, STEPS, every)]
    events = [button.click(bound(polish, parts[0]), made, **shared)]
    for part in parts[1:]:
        events.append(events[-1].success(bound(polish, part), made, **shared))
    return events
