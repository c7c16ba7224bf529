"""Opening the page by a link: `?r=<id>` of a stored share, or `?recipe=<letters>` that hold a whole recipe."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import gradio as gr

from sanet.web.i18n import said, translated, word
from sanet.web.result import QUICK, Made
from sanet.web.sharing.recipe import Recipe, from_address
from sanet.web.sharing.share import reopen
from sanet.web.sharing.store import ShareStore
from sanet.web.widgets.controls import TabWidgets

# A recipe in the address comes without a result: its tab makes one. On a phone the result lies below the fold.
AFTER_OPENING = """() => setTimeout(() => {
  const visible = (kind) => [...document.querySelectorAll(kind)].find((element) => element.offsetParent);
  const asked = new URLSearchParams(location.search);
  const refused = document.getElementById("shared")?.offsetParent;
  if (asked.has("recipe") && !refused) visible(".run")?.click();
  const show = (tries) => {  // an old phone takes a while to lay the result out
    const result = visible(".result:has(img)");
    result?.scrollIntoView({block: "nearest"});
    const there = result && [...result.querySelectorAll("img")].every((img) => img.complete);
    if (!there && tries > 0) setTimeout(show, 100, tries - 1);
  };
  if (asked.has("r")) show(100);
}, 300)"""
FORGET_LINK = """() => {
  const address = new URL(location.href);
  for (const name of ["r", "recipe"]) address.searchParams.delete(name);
  history.replaceState(null, "", address);
  // On a Space the visitor's address is that of the page around this one, which listens for this message.
  if (parent !== window) parent.postMessage({ queryString: "", hash: "" }, "https://huggingface.co");
  [...document.querySelectorAll(".run")].find((button) => button.offsetParent)?.focus();
}"""


class Banner(NamedTuple):
    """The line over the tabs that says what a link led to."""

    row: gr.Row
    words: gr.Markdown
    remix: gr.Button


def shared_banner() -> Banner:
    """Build the banner inside the current `gr.Blocks`; it shows only for links."""
    with gr.Row(visible=False, elem_id="shared", equal_height=True) as row:
        words = gr.Markdown(elem_classes="note")
        remix = gr.Button(word("remix"), scale=0, min_width=120, elem_id="remix")
    return Banner(row, words, remix)


def open_links(
    page: gr.Blocks, line: Banner, tabs: gr.Tabs, parts: Sequence[TabWidgets], store: ShareStore | None
) -> None:
    """Restore what the address asks for when the page is loaded."""
    banner, words, remix = line

    def restore(request: gr.Request) -> dict[Any, Any]:
        asked: Mapping[str, str] = request.query_params
        try:
            if "recipe" in asked:
                return restored(tabs, parts, from_address(asked["recipe"]), None, "")
            if "r" not in asked:
                return {banner: gr.skip()}
            made = reopen(store, asked["r"]) if store else None
        except ValueError as error:
            return {banner: gr.update(visible=True), words: translated(str(error)), remix: gr.update(visible=False)}
        if made is None:
            return {banner: gr.update(visible=True), words: said("shared_gone"), remix: gr.update(visible=False)}
        sentence = said("shared_with_you" if made.recipe.content else "shared_bring")
        restored_tab = restored(tabs, parts, made.recipe, made, said("shared_note"))
        return {banner: gr.update(visible=True), words: sentence} | restored_tab

    outputs = [*line, tabs, *(widget for part in parts for widget in part.all)]
    opened = page.load(restore, None, outputs, **QUICK)
    opened.then(None, js=AFTER_OPENING)
    for part in parts:
        part.when_opened(opened)
    remix.click(lambda: gr.update(visible=False), None, banner, js=FORGET_LINK, **QUICK)


def restored(
    tabs: gr.Tabs, parts: Sequence[TabWidgets], recipe: Recipe, made: Made | None, note: str
) -> dict[Any, Any]:
    """Values for the widgets of the recipe's tab; settings that no longer exist are passed over."""
    part = next(part for part in parts if part.name == recipe.tab)
    settings = {part.settings[name]: value for name, value in recipe.settings.items() if name in part.settings}
    styles = dict(zip(part.styles, recipe.styles, strict=False))
    restored = {tabs: gr.Tabs(selected=part.name), part.content: recipe.content, **styles, **settings}
    restored |= part.restore_more(recipe)
    if made:
        panel = part.result
        restored |= {
            panel.download: made.after,
            panel.comparison: (made.before, made.after),
            panel.note: note,
            panel.made: made,
        }
    return restored
