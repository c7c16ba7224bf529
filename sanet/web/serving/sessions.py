"""What Gradio remembers of each visitor, without what it remembers for nobody."""

from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio.routes import App


def keep_sessions_light(app: App, page: gr.Blocks) -> None:
    """Let a new visitor cost next to nothing.

    Gradio 6.31 describes all widgets anew for each, 0.6 MB in 0.1 s on the server's only loop, for links that this page
    does not serve. It describes those of the `blocks` that it is shown here: none. What a visitor changes is described.
    """
    shown: Any = SimpleNamespace(default_config=page.default_config, blocks={})
    app.state_holder.blocks = shown
