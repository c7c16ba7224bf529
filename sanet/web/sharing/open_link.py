"""Opening the page by an address: `?r=<id>` of a stored share, `?recipe=<letters>` that hold a recipe, or `?tab=`."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import gradio as gr

from sanet.web.errors import sentence_of
from sanet.web.events import QUICK, bound, hide
from sanet.web.i18n import said, word
from sanet.web.result import Made
from sanet.web.sharing.recipe import from_address
from sanet.web.sharing.share import reopen
from sanet.web.sharing.store import ShareStore
from sanet.web.tabs.tab import Tab, opened_on, tab_of


class Banner(NamedTuple):
    """The line over the tabs that says what a link led to."""

    row: gr.Row
    words: gr.Markdown
    remix: gr.Button


class LinkTargets(NamedTuple):
    """The widgets that a link may change, and where shares are kept."""

    banner: Banner
    choices: gr.Tabs
    areas: Sequence[gr.Tab]
    tabs: Sequence[Tab]
    store: ShareStore | None


def shared_banner() -> Banner:
    """Build the banner inside the current `gr.Blocks`; it shows only for links."""
    with gr.Row(visible=False, elem_id="shared", equal_height=True) as row:
        words = gr.Markdown(elem_classes="note")
        remix = gr.Button(word("remix"), scale=0, min_width=120, elem_id="remix")
    return Banner(row, words, remix)


def connect_links(page: gr.Blocks, targets: LinkTargets) -> None:
    """Open what the address asks for when the page is loaded."""
    outputs = [*targets.banner, targets.choices, *(widget for tab in targets.tabs for widget in tab.all)]
    # Not at every load: Gradio 6.31 takes what comes back for a state, which is nothing, for another value of it.
    asked = gr.Textbox(visible=False)
    page.load(None, None, asked, js="askedByAddress")
    opened = asked.change(bound(open_address, targets), asked, outputs, **QUICK)
    opened.then(None, js="showShared")
    for tab in targets.tabs:
        tab.when_opened(opened)
    targets.banner.remix.click(hide, None, targets.banner.row, js="forgetLink", **QUICK)


def connect_addresses(areas: Sequence[gr.Tab]) -> None:
    """Let the address name the open tab, which the browser's Back and a reload find there."""
    for area in areas:
        area.select(None, js=f"() => noteTab('{area.id}')")


def open_address(targets: LinkTargets, search: str | None) -> dict[Any, Any]:
    """Values for the banner, and for the tab of what the address asks for in `search`, from its question mark on."""
    asked, store = dict(parse_qsl((search or "").removeprefix("?"))), targets.store
    try:
        if "recipe" in asked:
            return recipe_opened(targets, asked["recipe"])
        if "r" in asked:
            return share_opened(targets, reopen(store, asked["r"]) if store else None)
    except ValueError as error:
        return told(targets.banner, sentence_of(error))
    if asked.get("tab") in {area.id for area in targets.areas if area.visible}:
        return {targets.choices: gr.Tabs(selected=asked["tab"])}
    return {targets.banner.row: gr.skip()}


def recipe_opened(targets: LinkTargets, letters: str) -> dict[Any, Any]:
    """A recipe in the address comes without a result: its tab paints one."""
    choice = from_address(letters)
    return opened_on(targets.choices, targets.tabs, choice) | {tab_of(targets.tabs, choice).asked: letters}


def share_opened(targets: LinkTargets, made: Made | None) -> dict[Any, Any]:
    """A stored result, as it was made."""
    if made is None:
        return told(targets.banner, said("shared_gone"))
    sentence = said("shared_with_you" if made.choice.request.content else "shared_bring")
    outputs = tab_of(targets.tabs, made.choice).outputs
    opened = opened_on(targets.choices, targets.tabs, made.choice) | outputs.values(made, said("shared_note"))
    return {targets.banner.row: gr.update(visible=True), targets.banner.words: sentence} | opened


def told(banner: Banner, sentence: str) -> dict[Any, Any]:
    """The banner with a sentence, and nothing to go on from."""
    return {
        banner.row: gr.update(visible=True),
        banner.words: sentence,
        banner.remix: gr.update(visible=False),
    }
