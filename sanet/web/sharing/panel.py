"""The Share button and what opens under it: says what is stored, makes the links. Words and widgets only."""

import os
from functools import partial
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from sanet.errors import RefusedError
from sanet.web.choice import Choice
from sanet.web.errors import explained
from sanet.web.events import NOTICED, QUICK, hide
from sanet.web.i18n import said, word
from sanet.web.result import Made
from sanet.web.sharing.recipe import to_address
from sanet.web.sharing.routes import PREFIX
from sanet.web.sharing.share import publish
from sanet.web.sharing.store import ShareStore

# The last input becomes the address in the visitor's browser, whatever proxies lie between.
HERE = "(...given) => [...given.slice(0, -1), pageAddress()]"


class Links(NamedTuple):
    """What is shown once a share was stored: what people send, with its picture in chats, and what is behind More."""

    sent: gr.Textbox
    page: gr.Textbox
    delete: gr.Textbox


class SharePanel(NamedTuple):
    """What opens under the Share button, and values that are never seen."""

    panel: gr.Column
    words: gr.Markdown
    send: gr.Row
    photograph: gr.Checkbox
    create: gr.Button
    links: Links
    more: gr.Accordion
    community: gr.Column
    to_community: gr.Button
    mistake: gr.Markdown
    close: gr.Button
    here: gr.Textbox
    result: gr.File
    space: gr.Textbox  # where discussions are begun
    # What was ticked was meant for the result that the panel was opened for, not for one that came since.
    about: gr.State

    @property
    def opened(self) -> list[Component]:
        """What `open_panel` gives values for, in its order."""
        return [self.panel, self.words, self.send, self.photograph, self.create, *self.links, self.more, self.community]


def share_panel(name: str) -> SharePanel:
    """Build the panel, hidden at first."""
    with gr.Column(visible=False, elem_id=f"{name}-share-panel", elem_classes="panel") as panel:
        words = gr.Markdown()
        with gr.Row(visible=False, elem_classes="send") as send:
            sent = link_field(word("link"), f"{name}-share-sent", True)
            sending(f"{name}-share", sent)
        photograph = gr.Checkbox(False, label=word("store_photograph"), visible=False)
        create = gr.Button(word("store"), visible=False, elem_id=f"{name}-share-create")
        with gr.Accordion(word("more"), open=False, visible=False, elem_id=f"{name}-share-more") as more:
            page = link_field(word("link_page"), f"{name}-share-link")
            delete = link_field(word("link_delete"), f"{name}-share-delete")
            with gr.Column(visible=False) as community:
                gr.Markdown(word("community_info"))
                to_community = gr.Button(word("community"), elem_id=f"{name}-share-community")
                mistake = gr.Markdown()
        close = gr.Button(word("close"), size="sm")
    unseen = (gr.Textbox(visible=False), gr.File(visible=False), gr.Textbox(_page(""), visible=False), gr.State())
    links = Links(sent, page, delete)
    return SharePanel(
        panel, words, send, photograph, create, links, more, community, to_community, mistake, close, *unseen
    )


def link_field(label: str, elem_id: str, visible: bool = False) -> gr.Textbox:
    """A line that holds a link, which can be copied and not changed."""
    return gr.Textbox(visible=visible, label=label, interactive=False, max_lines=1, elem_id=elem_id)


def sending(elem_id: str, sent: gr.Textbox) -> None:
    """Buttons that copy the link, and hand it to the phone's own sheet where there is one."""
    copy = gr.Button(word("copy_link"), variant="primary", min_width=120, scale=0, elem_id=f"{elem_id}-copy")
    sheet = gr.Button(word("send_link"), min_width=120, scale=0, elem_id=f"{elem_id}-sheet", elem_classes="share-sheet")
    copy.click(None, sent, None, js="copyLink")
    sheet.click(None, sent, None, js="sendLink")


def connect_share(widgets: SharePanel, name: str, made: gr.State, button: gr.Button, store: ShareStore | None) -> None:
    """Let `button` open the panel of the tab `name` about the result in `made`."""
    w = widgets
    shown = [*w.opened, w.about, w.result, w.mistake]
    opened = button.click(partial(open_panel, store), [made, w.here], shown, js=HERE, **QUICK)
    opened.then(None, js=f"() => showPanel('{name}-share-panel')")
    stored = partial(store_it, store)
    shown = [w.send, *w.links, w.more, w.create]
    kept = w.create.click(stored, [w.about, w.photograph, w.here], shown, js=HERE, **NOTICED)
    kept.success(None, js=f"() => showPanel('{name}-share-panel')")
    w.to_community.click(after_upload, [w.result, w.space], w.mistake, js="toCommunity", **QUICK)
    # Its links would stand beside another picture.
    gr.on([w.close.click, made.change], hide, None, w.panel, **QUICK)


def open_panel(store: ShareStore | None, made: Made | None, here: str) -> list[Any]:
    """The panel about a result: `SharePanel.opened`, about, result and mistake."""
    if made is None:
        return [gr.update(visible=True), said("share_nothing"), *[gr.skip()] * 10]
    choice = made.choice
    examples_only = choice.whole and not choice.own_pictures and bool(choice.request.content)
    address = f"{_page(here)}?recipe={to_address(choice)}" if examples_only else ""
    own, on_space = choice.request.content in choice.own_pictures, _space() is not None
    return [
        gr.update(visible=True),
        _what_is_shared(choice, examples_only, own, store),
        gr.update(visible=examples_only),
        gr.update(value=False, visible=own and store is not None),
        gr.update(visible=store is not None),
        address,
        *[gr.update(value="", visible=False)] * 2,
        gr.update(visible=on_space),
        gr.update(visible=on_space),
        made,
        made.after,
        "",
    ]


def _what_is_shared(choice: Choice, examples_only: bool, own: bool, store: ShareStore | None) -> str:
    sentences = [said("share_whole")] if examples_only else []
    if store:
        sentences += [said("share_stored", days=store.days), *([said("share_photograph")] if own else [])]
    return "\n\n".join(sentences) or said("share_not_kept")


@explained()
def store_it(store: ShareStore | None, made: Made | None, with_photograph: bool, here: str) -> list[Any]:
    """The links of a result that has just been stored, where they stand, and the button that did it, which goes."""
    if made is None or store is None:
        raise RefusedError(said("share_nothing"))
    link, secret = publish(store, made, with_photograph)
    preview = f"{here}{PREFIX}/{link}"
    behind = [gr.update(value=at, visible=True) for at in (f"{_page(here)}?r={link}", f"{preview}/delete/{secret}")]
    return [gr.update(visible=True), preview, *behind, gr.update(visible=True), gr.update(visible=False)]


def after_upload(_: None, failed: str) -> str:
    """What is said once huggingface.co has answered."""
    return said("share_community_failed") if failed else ""


def _space() -> str | None:
    return os.environ.get("SPACE_ID")


def _page(here: str) -> str:
    """The address that people share: on a Space, the page around the page."""
    space = _space()
    return f"https://huggingface.co/spaces/{space}" if space else here
