"""The regions that content and styles have in common, laid over the pictures before anything is painted."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from PIL import Image

from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.image.masks import region_masks, tint
from sanet.image.size import fit
from sanet.image.transparency import on_white
from sanet.progress import unreported
from sanet.web.choice import need_a_style
from sanet.web.errors import explained
from sanet.web.events import MODEL_QUEUE, SILENT, bound
from sanet.web.examples import display_name
from sanet.web.i18n import word
from sanet.web.result import estimate_of, opened
from sanet.web.serving.runs import turn
from sanet.web.widgets.paint_canvas import COLORS
from sanet.web.widgets.picture_input import PictureInput

SIDE = 320  # pixels, of a picture that is shown


def region_overlay(name: str) -> tuple[gr.Button, gr.Gallery]:
    """The button, and what it opens, inside the panel of the tab `name`."""
    show = gr.Button(word("show_regions"), size="sm", elem_id=f"{name}-show-regions")
    pictures = gr.Gallery(
        label=word("regions_in_common"),
        visible=False,
        format="jpeg",
        columns=2,
        height="auto",
        allow_preview=False,
        interactive=False,
        buttons=[],
        elem_id=f"{name}-regions-shown",
    )
    return show, pictures


@explained()
def overlaid(engine: Engine, content: str | None, *styles: str | None) -> dict[str, Any]:
    """The photograph beside each style, both with their regions."""
    request = Request(content, tuple(filter(None, styles)), max_side=SIDE)
    need_a_style(request)
    complete = opened(request)
    with turn(unreported, estimate_of(engine, complete)):
        found = engine.regions(complete)
    shown = []
    for path, style, (of_content, of_style) in zip(request.styles, complete.styles, found, strict=True):
        photograph = tinted(complete.content, of_content), display_name(str(content))
        shown += [photograph, (tinted(fit(style, SIDE), of_style), display_name(str(path)))]
    return gr.update(value=shown, visible=True)


def tinted(picture: Image.Image, regions: Image.Image) -> Image.Image:
    """`picture` under the colours of its regions."""
    masks = region_masks(regions.resize(picture.size, Image.Resampling.NEAREST), range(1, len(COLORS) + 1))
    return Image.alpha_composite(on_white(picture).convert("RGBA"), tint(masks, COLORS)).convert("RGB")


def connect_overlay(
    show: gr.Button, pictures: gr.Gallery, engine: Engine, content: PictureInput, styles: Sequence[PictureInput]
) -> None:
    """Let the button show the regions."""
    shown: dict[str, Any] = SILENT | MODEL_QUEUE | {"show_progress_on": pictures}
    show.click(bound(overlaid, engine), [content, *styles], pictures, **shown)
