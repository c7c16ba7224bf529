"""The Share button of a painted clip and what opens under it: says what is stored, makes the link."""

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from sanet.errors import RefusedError
from sanet.web.errors import explained
from sanet.web.events import NOTICED, QUICK, bound, hide
from sanet.web.i18n import said, word
from sanet.web.sharing.clip import LARGEST, publish_clip
from sanet.web.sharing.panel import HERE, link_field, sending
from sanet.web.sharing.routes import PREFIX
from sanet.web.sharing.store import ShareStore


class ClipPanel(NamedTuple):
    """What opens under the button, and the address of the page, which is never seen."""

    panel: gr.Column
    words: gr.Markdown
    create: gr.Button
    send: gr.Row
    sent: gr.Textbox
    delete: gr.Textbox
    close: gr.Button
    here: gr.Textbox


def clip_panel(name: str) -> ClipPanel:
    """Build the panel, hidden at first."""
    with gr.Column(visible=False, elem_id=f"{name}-share-panel", elem_classes="panel") as panel:
        words = gr.Markdown()
        create = gr.Button(word("store"), elem_id=f"{name}-share-create")
        with gr.Row(visible=False, elem_classes="send") as send:
            sent = link_field(word("link"), f"{name}-share-sent", True)
            sending(f"{name}-share", sent)
        delete = link_field(word("link_delete"), f"{name}-share-delete")
        close = gr.Button(word("close"), size="sm")
    return ClipPanel(panel, words, create, send, sent, delete, close, gr.Textbox(visible=False))


def connect_clip(w: ClipPanel, name: str, made: gr.State, button: gr.Button, store: ShareStore) -> None:
    """Let `button` open the panel of the tab `name` about the clip whose path is in `made`."""
    shown = [w.panel, w.words, w.create, w.send, w.sent, w.delete]
    opened = button.click(bound(open_panel, store), None, shown, **QUICK)
    opened.then(None, js=f"() => showPanel('{name}-share-panel')")
    kept = w.create.click(bound(store_clip, store), [made, w.here], [*shown[2:]], js=HERE, **NOTICED)
    kept.success(None, js=f"() => showPanel('{name}-share-panel')")
    gr.on([w.close.click, made.change], hide, None, w.panel, **QUICK)


def open_panel(store: ShareStore) -> list[Any]:
    """The panel before anything is stored."""
    unseen = gr.update(visible=False)
    words = said("share_clip", days=store.days, most=LARGEST // 1_000_000)
    return [gr.update(visible=True), words, gr.update(visible=True), unseen, "", unseen]


@explained()
def store_clip(store: ShareStore, made: str | None, here: str) -> list[Any]:
    """The links of a clip that has just been stored, and the button that did it, which goes."""
    if not made:
        raise RefusedError(said("share_nothing"))
    link, secret = publish_clip(store, Path(made))
    address = f"{here}{PREFIX}/{link}"
    gone, seen = gr.update(visible=False), gr.update(visible=True)
    return [gone, seen, address, gr.update(value=f"{address}/delete/{secret}", visible=True)]
