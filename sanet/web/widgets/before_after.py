"""The picture before and after: under a handle or side by side, in words for who does not see it."""

import gradio as gr

from sanet.web.events import QUICK
from sanet.web.examples import display_name
from sanet.web.i18n import said, word
from sanet.web.result import Made


def before_after(name: str, opening: Made | None) -> gr.ImageSlider:
    """The picture with its before/after handle; `side_by_side` shows both whole."""
    return gr.ImageSlider(
        (opening.before, opening.after) if opening else None,
        label=word("before_after"),
        type="filepath",
        format="png",
        image_mode=None,
        interactive=False,
        slider_position=6,  # percent: the result is the point, and the handle is still whole on a phone
        max_height=470,
        buttons=["fullscreen"],
        elem_id=f"{name}-result",
        elem_classes="result",
    )


def side_by_side(name: str) -> gr.Checkbox:
    """The switch between the two views: style.css draws the pictures side by side while it is ticked."""
    return gr.Checkbox(
        label=word("side_by_side"), container=False, min_width=140, scale=0, elem_id=f"{name}-side", elem_classes="side"
    )


def connect_words(name: str, made: gr.State, words: gr.JSON) -> None:
    """Give the pictures of a result their words whenever there is a new one; `words` is hidden."""
    said_of = gr.on(None if made.value else made.change, words_for, made, words, **QUICK)  # None: at the start, too
    said_of.then(None, words, None, js=f"(words) => describeResult('{name}-result', words)")


def words_for(made: Made | None) -> list[str]:
    """What a screen reader says of the two pictures, before and after."""
    if made is None:
        return []
    request = made.choice.request
    styles = ", ".join(dict.fromkeys(display_name(style) for style in request.styles if style)) or said("a_picture")
    photograph = display_name(request.content) if request.content else said("a_photograph")
    return [said("before", photograph=photograph), said("after", photograph=photograph, styles=styles)]
