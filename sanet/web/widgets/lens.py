"""The lens: a line over pictures; a pointer or the arrow keys show the same place of all of them enlarged."""

import gradio as gr

from sanet.web.widgets.own_widget import own_widget


def lens(elem_id: str, places: str) -> gr.HTML:
    """The line. `places`: a CSS selector of the blocks whose pictures are looked at."""
    return own_widget("lens", None, {"PLACES": places}, elem_id=elem_id)
