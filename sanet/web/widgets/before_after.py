"""The picture before and after: under a handle or side by side, in words for who does not see it."""

import gradio as gr

from sanet.web.examples import called
from sanet.web.i18n import said, word
from sanet.web.result import QUICK, Made

# Runs with the words for the two pictures; the function lies in accessible.js.
SAY = "(words) => describe_result(%r, words)"


def comparison(name: str) -> gr.ImageSlider:
    """The picture with its before/after handle; `side_by_side` shows both whole."""
    return gr.ImageSlider(
        label=word("before_after"),
        type="filepath",
        format="png",
        image_mode=None,
        interactive=False,
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


def describe(name: str, made: gr.State) -> None:
    """Give the pictures of a result their words whenever there is a new one."""
    words = gr.JSON(visible=False)
    made.change(words_for, made, words, **QUICK).then(None, words, None, js=SAY % f"{name}-result")


def words_for(made: Made | None) -> list[str]:
    """What a screen reader says of the two pictures, before and after."""
    if made is None:
        return []
    recipe = made.recipe
    styles = ", ".join(dict.fromkeys(called(style) for style in recipe.styles if style)) or said("a_picture")
    photograph = called(recipe.content) if recipe.content else said("a_photograph")
    return [said("before", photograph=photograph), said("after", photograph=photograph, styles=styles)]
