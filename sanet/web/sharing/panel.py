"""The Share button and what opens under it: says what is stored, makes the links. Words and widgets only."""

import os
from typing import Any, NamedTuple

import gradio as gr

from sanet.web.i18n import said, word
from sanet.web.result import NOTICED, QUICK, Made, explained
from sanet.web.sharing.recipe import to_address
from sanet.web.sharing.routes import PREFIX
from sanet.web.sharing.share import publish
from sanet.web.sharing.store import ShareStore

# The address in the visitor's browser, whatever proxies lie between.
HERE = "(...given) => [...given.slice(0, -1), location.origin + location.pathname.replace(/\\/?$/, '/')]"

# Gradio's own button uploads the picture and leaves it at that (6.31), so this one takes both steps.
TO_COMMUNITY = """async (picture, page) => {
  const opened = window.open("", "_blank");  // now, for what is opened later counts as a popup
  try {
    const body = await (await fetch(picture.url)).blob();
    const headers = { "Content-Type": body.type, "X-Requested-With": "XMLHttpRequest" };
    const answer = await fetch("https://huggingface.co/uploads", { method: "POST", body, headers });
    if (!answer.ok) throw new Error(answer.statusText);
    const asked = new URLSearchParams({ title: "SANet Studio", description: `![](${await answer.text()})` });
    opened.location = `${page}/discussions/new?${asked}`;
    return [null, ""];
  } catch {
    opened?.close();
    return [null, "failed"];
  }
}"""


class Links(NamedTuple):
    """What is shown once a share was stored."""

    page: gr.Textbox
    preview: gr.Textbox
    delete: gr.Textbox


def share_panel(name: str, made: gr.State, button: gr.Button, store: ShareStore | None) -> None:
    """Build the panel that `button` opens, about the result in `made`."""
    with gr.Column(visible=False, elem_id=f"{name}-share-panel", elem_classes="panel") as panel:
        words = gr.Markdown()
        whole = _link(word("link_recipe"), f"{name}-share-recipe")
        photograph = gr.Checkbox(False, label=word("store_photograph"), visible=False)
        create = gr.Button(word("store"), visible=False, elem_id=f"{name}-share-create")
        links = Links(
            _link(word("link"), f"{name}-share-link"),
            _link(word("link_preview"), f"{name}-share-preview"),
            _link(word("link_delete"), f"{name}-share-delete"),
        )
        with gr.Column(visible=False) as community:
            gr.Markdown(word("community_info"))
            to_community = gr.Button(word("community"), elem_id=f"{name}-share-community")
            mistake = gr.Markdown()
        close = gr.Button(word("close"), size="sm")
    here, result, discussed = gr.Textbox(visible=False), gr.File(visible=False), gr.Textbox(_page(""), visible=False)
    # What was ticked was meant for the result that the panel was opened for, not for one that came since.
    about = gr.State()

    def open_panel(made: Made | None, here: str) -> dict[Any, Any]:
        if made is None:
            return {panel: gr.update(visible=True), words: said("share_nothing"), create: gr.update(visible=False)}
        examples_only = made.recipe.whole and not made.recipe.pictures and bool(made.recipe.content)
        own = made.recipe.content in made.recipe.pictures
        sentences = [said("share_whole")] if examples_only else []
        if store:
            sentences += [said("share_stored", days=store.days), *([said("share_photograph")] if own else [])]
        address = f"{_page(here)}?recipe={to_address(made.recipe)}" if examples_only else ""
        return {
            about: made,
            result: made.after,
            mistake: "",
            panel: gr.update(visible=True),
            words: "\n\n".join(sentences) or said("share_not_kept"),
            whole: gr.update(value=address, visible=examples_only),
            photograph: gr.update(value=False, visible=own and store is not None),
            create: gr.update(visible=store is not None),
            community: gr.update(visible=_space() is not None),
            **{link: gr.update(value="", visible=False) for link in links},
        }

    def store_it(made: Made | None, with_photograph: bool, here: str) -> list[Any]:
        with explained():
            if made is None or store is None:
                raise ValueError(said("share_nothing"))
            link, secret = publish(store, made, with_photograph)
        preview = f"{here}{PREFIX}/{link}"
        addresses = (f"{_page(here)}?r={link}", preview, f"{preview}/delete/{secret}")
        return [gr.update(value=address, visible=True) for address in addresses] + [gr.update(visible=False)]

    def after_upload(_: None, failed: str) -> str:
        return said("share_community_failed") if failed else ""

    shown = [about, panel, words, whole, photograph, create, community, mistake, result, *links]
    button.click(open_panel, [made, here], shown, js=HERE, **QUICK)
    create.click(store_it, [about, photograph, here], [*links, create], js=HERE, **NOTICED)
    to_community.click(after_upload, [result, discussed], mistake, js=TO_COMMUNITY, **QUICK)
    # Its links would stand beside another picture.
    gr.on([close.click, made.change], lambda: gr.update(visible=False), None, panel, **QUICK)


def _link(label: str, elem_id: str) -> gr.Textbox:
    return gr.Textbox(visible=False, label=label, interactive=False, max_lines=1, buttons=["copy"], elem_id=elem_id)


def _space() -> str | None:
    return os.environ.get("SPACE_ID")


def _page(here: str) -> str:
    """The address that people share: on a Space, the page around the page."""
    space = _space()
    return f"https://huggingface.co/spaces/{space}" if space else here
