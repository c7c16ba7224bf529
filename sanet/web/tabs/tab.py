"""What the tabs have in common: how their events paint, and what links and files open on them."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.web.choice import Choice
from sanet.web.errors import explained
from sanet.web.events import MODEL_QUEUE, bound
from sanet.web.regions import hinted
from sanet.web.result import Painter, Result
from sanet.web.sharing.recipe import from_address
from sanet.web.widgets.live_preview import FULL_PICTURE
from sanet.web.widgets.picture_input import PictureInput
from sanet.web.widgets.result_panel import Outputs


def _when_opened(opened: Dependency) -> None:
    """Most tabs have nothing to do once the page has been opened."""


class Tab(NamedTuple):
    """What the rest of the page needs of a tab, to open a choice on it."""

    name: str
    content: PictureInput
    styles: list[PictureInput]
    outputs: Outputs
    asked: gr.Textbox  # the recipe in the address, which is painted once it stands here
    more: tuple[Component, ...]  # what else `values` gives values for
    values: Callable[[Choice], dict[Component, Any]]  # what the widgets show of a choice, apart from its result
    when_opened: Callable[[Dependency], Any] = _when_opened  # connects what follows the opening of the page

    @property
    def pictures(self) -> list[PictureInput]:
        """The places for pictures."""
        return [self.content, *self.styles]

    @property
    def all(self) -> list[Component]:
        """Every widget that opening may change."""
        return list(dict.fromkeys([*self.pictures, *self.outputs, self.asked, *self.more]))


def tab_of(tabs: Sequence[Tab], choice: Choice) -> Tab:
    """The tab that a choice is made on."""
    return next(tab for tab in tabs if tab.name == choice.tab)


def opened_on(choices: gr.Tabs, tabs: Sequence[Tab], choice: Choice) -> dict[Any, Any]:
    """Values that show a choice on its tab."""
    return {choices: gr.Tabs(selected=choice.tab), **tab_of(tabs, choice).values(choice)}


def painting(outputs: Outputs) -> dict[str, Any]:
    """How events run that end in a result."""
    return {"outputs": list(outputs), "show_progress_on": outputs.comparison, **MODEL_QUEUE}


def run_pressed(
    button: gr.Button, name: str, fn: Callable[..., Any], inputs: Sequence[Component], outputs: Outputs, api_name: str
) -> Dependency:
    """Run `fn` when the button of the tab `name` is pressed, and once more if it was pressed meanwhile."""
    pressed = button.click(None, js=f"() => showResult('{name}')")
    return pressed.then(fn, inputs, api_name=api_name, trigger_mode="always_last", **painting(outputs))


def run_live(
    fn: Callable[..., Any],
    inputs: Sequence[Component],
    outputs: Outputs,
    triggers: Sequence[Any],
    picked: Sequence[Dependency],
) -> list[Dependency]:
    """Run `fn` when a control is moved (the latest position wins) and after an example was put in."""
    shared: dict[str, Any] = {"trigger_mode": "always_last", "api_visibility": "private", **painting(outputs)}
    moved = gr.on(list(triggers), fn, inputs, show_progress="minimal", **shared)
    moved.then(None, js=FULL_PICTURE)
    return [moved, *(event.then(fn, inputs, **shared) for event in picked)]


def run_asked(painter: Painter, outputs: Outputs) -> tuple[gr.Textbox, Dependency]:
    """The place of a recipe in the address, and the event that paints it."""
    # Not a state: Gradio 6.31 tells the browser of changed states only after events that were queued.
    asked = gr.Textbox(visible="hidden")
    return asked, asked.change(bound(paint_asked, painter), asked, api_visibility="private", **painting(outputs))


@explained()
def paint_asked(
    painter: Painter, letters: str, progress: gr.Progress = gr.Progress(), visitor: gr.Request | None = None
) -> Result:
    """Paint the recipe in an address."""
    with hinted():
        return painter.paint(from_address(letters).request, progress, visitor)
