"""Tab "Four styles": a point between four pictures sets the share of each (section 4.4, style interpolation)."""

from typing import Any

import gradio as gr

from sanet.engine.controls import Controls, bilinear_mix
from sanet.engine.stylizer import Stylizer
from sanet.web.events import at_changes
from sanet.web.examples import STYLES
from sanet.web.i18n import word
from sanet.web.result import MODEL_QUEUE, Result, explained, file_name, read
from sanet.web.result import stylize as stylize_picture
from sanet.web.serving.zero_gpu import OnZeroGpu
from sanet.web.sharing.recipe import Recipe, Setting
from sanet.web.sharing.store import ShareStore
from sanet.web.stop import StopSwitch, connect_stop, run_and_stop
from sanet.web.surprise import some_photograph, some_point, some_settings, some_styles
from sanet.web.tabs.tour import tour_panel
from sanet.web.widgets.controls import (
    QUICK,
    TabWidgets,
    common_controls,
    photograph_with_examples,
    result_panel,
    run_live,
    style_slots,
    to_result,
)
from sanet.web.widgets.live_preview import LivePreview
from sanet.web.widgets.style_square import FULL_PICTURE, square_of, style_square
from sanet.web.widgets.working_size import working_size

CORNERS = ("A", "B", "C", "D")  # top left, top right, bottom left, bottom right


def four_styles_tab(engine: Stylizer, store: ShareStore | None) -> TabWidgets:
    """Build the tab inside the current `gr.Blocks`."""
    live, switch = LivePreview(engine), StopSwitch()
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                content, content_picked = photograph_with_examples("four-content")
                with gr.Column(min_width=240):
                    square = style_square([example.path for example in STYLES[:4]], "style-square", live, "four-result")
                    x = gr.Slider(0, 1, 0.5, step=0.01, label=word("left_to_right"), elem_id="four-x")
                    y = gr.Slider(0, 1, 0.5, step=0.01, label=word("top_to_bottom"), elem_id="four-y")
            with gr.Row():  # over the styles, so that a laptop shows it without scrolling
                run, stop = run_and_stop("four")
                surprise = gr.Button(word("surprise"), min_width=165, scale=0, elem_id="four-surprise")
            slots, style_picked = style_slots(STYLES, CORNERS, 4, "four-style")
        with gr.Column(scale=6, min_width=320):
            result = result_panel("four", store)
            controls = common_controls()
            working_size(engine, content, slots, controls.max_side, result.note, "four-cost")
    tour_panel(engine, (content, *slots), (x, y), controls.alpha, controls.keep_color)

    def interpolate(
        content: str,
        style_a: str,
        style_b: str,
        style_c: str,
        style_d: str,
        x: float = 0.5,
        y: float = 0.5,
        alpha: float = 1.0,
        max_side: int = 512,
        keep_color: bool = False,
        progress: gr.Progress = gr.Progress(),
        request: gr.Request | None = None,
    ) -> Result:
        """Paint a photograph in a mix of four styles at the corners of a square.

        Args:
            content: The photograph.
            style_a: The style at the top left.
            style_b: The style at the top right.
            style_c: The style at the bottom left.
            style_d: The style at the bottom right.
            x: The point's place from left (0) to right (1).
            y: The point's place from top (0) to bottom (1).
            alpha: Strength from 0 (photograph) to 1 (style).
            max_side: Longer side of the result in pixels.
            keep_color: Keep the photograph's colours.

        Returns:
            The result as a PNG file, the pair of files before and after, and a note of size and time.

        """
        with explained(), switch.reports(request, progress) as report:
            styles = (style_a, style_b, style_c, style_d)
            settings: dict[str, Setting] = {
                "x": x,
                "y": y,
                "alpha": alpha,
                "max_side": max_side,
                "keep_color": keep_color,
            }
            return stylize_picture(
                engine,
                read(content, "a photograph"),
                [read(style, f"style {letter}") for style, letter in zip(styles, CORNERS, strict=True)],
                Controls(alpha=alpha, mix=bilinear_mix(x, y), keep_color=keep_color),
                max_side,
                file_name(content, f"mix-x{round(100 * x)}-y{round(100 * y)}", alpha),
                Recipe("four", content, styles, settings),
                report,
            )

    inputs = [content, *slots, x, y, *controls]
    clicked = run.click(
        interpolate, inputs, list(result), api_name="interpolate", show_progress_on=result.comparison, **MODEL_QUEUE
    )
    run.click(None, js=to_result("four"))
    # The square moves the sliders and the sliders are what runs, so that mouse, touch and keyboard end up alike.
    to_sliders: dict[str, Any] = {"js": "(point) => [point.x, point.y]", "trigger_mode": "multiple"}
    square.input(None, square, [x, y], **to_sliders)
    released = square.release(None, square, [x, y], **to_sliders)
    to_point: dict[str, Any] = {"fn": None, "inputs": [x, y], "outputs": square, "js": "(x, y) => ({x, y})"}
    for axis in (x, y):
        axis.input(**to_point)
    moved = (x.input, y.input, controls.alpha.input, controls.keep_color.input)
    surprised = surprise.click(
        lambda content: [some_photograph(content), *some_styles(4), *some_point(), *some_settings()],
        content,
        [content, *slots, x, y, controls.alpha, controls.keep_color],
        **QUICK,
    )
    surprised.then(**to_point)
    lively = run_live(interpolate, inputs, result, moved, (content_picked, style_picked, surprised))
    full = released.then(
        interpolate,
        inputs,
        list(result),
        trigger_mode="always_last",
        api_visibility="private",
        show_progress_on=result.comparison,
        **MODEL_QUEUE,
    )
    full.then(None, js=FULL_PICTURE)
    connect_stop(stop, switch, (clicked, full, *lively), result.note)

    def redraw(content: str | None, *rest: Any) -> gr.HTML:
        *styles, alpha, keep_color = rest
        # On ZeroGPU every preview would ask for a GPU of its own.
        ticket = "" if isinstance(engine, OnZeroGpu) else live.ticket(content, styles, alpha, keep_color)
        return square_of(styles, ticket)

    watched = [content, *slots, controls.alpha, controls.keep_color]
    shown: dict[str, Any] = {"fn": redraw, "inputs": watched, "outputs": square}
    at_changes(**shown, triggers=[widget.change for widget in watched])

    return TabWidgets(
        "four",
        content,
        slots,
        {"x": x, "y": y, **controls._asdict()},
        result,
        # The square follows what a link restored; as an output left out by the link, it would lose its properties.
        when_opened=lambda opened: (opened.then(**to_point), opened.then(**shown, **QUICK)),
    )
