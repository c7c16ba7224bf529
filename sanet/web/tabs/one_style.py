"""Tab "One style": a photograph, a style, a strength."""

import gradio as gr

from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.web.examples import STYLES
from sanet.web.i18n import word
from sanet.web.result import MODEL_QUEUE, QUICK, Result, explained, file_name, read
from sanet.web.result import stylize as stylize_picture
from sanet.web.sharing.recipe import Recipe
from sanet.web.sharing.store import ShareStore
from sanet.web.stop import StopSwitch, connect_stop, run_and_stop
from sanet.web.surprise import some_photograph, some_settings, some_styles
from sanet.web.widgets.controls import (
    TabWidgets,
    common_controls,
    photograph_with_examples,
    picture_with_examples,
    result_panel,
    run_live,
    to_result,
)
from sanet.web.widgets.working_size import working_size


def one_style_tab(engine: Stylizer, store: ShareStore | None) -> TabWidgets:
    """Build the tab inside the current `gr.Blocks`."""
    switch = StopSwitch()
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                content, content_picked = photograph_with_examples("one-content")
                style, style_picked = picture_with_examples(STYLES, "style", "one-style")
            with gr.Row():
                run, stop = run_and_stop("one")
                surprise = gr.Button(word("surprise"), min_width=165, scale=0, elem_id="one-surprise")
        with gr.Column(scale=6, min_width=320):
            result = result_panel("one", store)
            controls = common_controls()
            working_size(engine, content, [style], controls.max_side, result.note, "one-cost")

    def stylize(
        content: str,
        style: str,
        alpha: float = 1.0,
        max_side: int = 512,
        keep_color: bool = False,
        progress: gr.Progress = gr.Progress(),
        request: gr.Request | None = None,
    ) -> Result:
        """Paint a photograph in the style of a picture.

        Args:
            content: The photograph.
            style: The picture whose style is taken.
            alpha: Strength from 0 (photograph) to 1 (style).
            max_side: Longer side of the result in pixels.
            keep_color: Keep the photograph's colours.

        Returns:
            The result as a PNG file, the pair of files before and after, and a note of size and time.

        """
        with explained(), switch.reports(request, progress) as report:
            return stylize_picture(
                engine,
                read(content, "a photograph"),
                [read(style, "a style")],
                Controls(alpha=alpha, keep_color=keep_color),
                max_side,
                file_name(content, style, alpha),
                Recipe("one", content, (style,), {"alpha": alpha, "max_side": max_side, "keep_color": keep_color}),
                report,
            )

    inputs = [content, style, *controls]
    clicked = run.click(
        stylize, inputs, list(result), api_name="stylize", show_progress_on=result.comparison, **MODEL_QUEUE
    )
    run.click(None, js=to_result("one"))
    moved = (controls.alpha.input, controls.keep_color.input)
    surprised = surprise.click(
        lambda content, style: [some_photograph(content), *some_styles(1, style), *some_settings()],
        [content, style],
        [content, style, controls.alpha, controls.keep_color],
        **QUICK,
    )
    lively = run_live(stylize, inputs, result, moved, (content_picked, style_picked, surprised))
    connect_stop(stop, switch, (clicked, *lively), result.note)
    return TabWidgets("one", content, [style], controls._asdict(), result)
