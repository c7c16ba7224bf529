"""Results that are no longer of the pictures on their tab: dimmed, and painted anew. Runs in the browser."""

from collections.abc import Sequence

import gradio as gr
from gradio.events import Dependency

from sanet.web.tabs.tab import Tab
from sanet.web.widgets.picture_input import PictureInput


def connect_shown(page: gr.Blocks, tabs: Sequence[Tab], areas: Sequence[gr.Tab], restored: Dependency) -> None:
    """Compare the result of each of `tabs`, which are seen in `areas`, with its pictures, which may be `restored`."""
    for tab, area in zip(tabs, areas, strict=True):
        result, pictures = tab.outputs.comparison, tab.pictures
        given = f"(result, ...pictures) => %s('{tab.name}', result?.[1]?.path, ...pictures)"
        compared = {"inputs": [result, *pictures], "js": given % "compareShown"}
        renewed = {"inputs": [result, *pictures], "js": given % "renewShown"}
        page.load(None, **compared)
        gr.on([widget.change for widget in (result, *pictures)], None, **compared)
        area.select(None, **renewed)
        restored.then(None, **renewed)


def connect_sheet(tab: str, run: gr.Button, pictures: Sequence[PictureInput]) -> None:
    """The same of a tab with a sheet, which is of the `pictures` that it was begun with."""
    given = f"(...pictures) => compareShown('{tab}', %s, ...pictures)"
    run.click(None, pictures, js=given % "Date.now()")
    gr.on([place.change for place in pictures], None, pictures, js=given % f"shown['{tab}']?.result")
