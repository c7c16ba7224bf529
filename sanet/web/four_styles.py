"""Tab "Four styles": a point between four pictures sets the share of each (section 4.4, style interpolation)."""

import gradio as gr

from sanet.controls import Controls, bilinear_mix
from sanet.engine import Stylizer
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.results import MODEL_QUEUE, Result, explained, file_name, read
from sanet.web.results import stylize as stylize_picture
from sanet.web.style_square import corner, style_square
from sanet.web.widgets import QUICK, common_controls, picture_with_examples, result_panel, run_live, style_slots

CORNERS = ("A", "B", "C", "D")  # top left, top right, bottom left, bottom right


def four_styles_tab(engine: Stylizer) -> None:
    """Build the tab inside the current `gr.Blocks`."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                content, content_picked = picture_with_examples(CONTENTS, "Photograph", "four-content")
                with gr.Column(min_width=240):
                    square = style_square([example.path for example in STYLES[:4]], "style-square")
                    x = gr.Slider(0, 1, 0.5, step=0.01, label="Left to right", elem_id="four-x")
                    y = gr.Slider(0, 1, 0.5, step=0.01, label="Top to bottom", elem_id="four-y")
            slots, style_picked = style_slots(STYLES, CORNERS, 4, "four-style")
            run = gr.Button("Stylize", variant="primary", elem_id="four-run")
        with gr.Column(scale=6, min_width=320):
            result = result_panel("four")
            controls = common_controls()

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
        with explained():
            styles = (style_a, style_b, style_c, style_d)
            return stylize_picture(
                engine,
                read(content, "a photograph"),
                [read(style, f"style {letter}") for style, letter in zip(styles, CORNERS, strict=True)],
                Controls(alpha=alpha, mix=bilinear_mix(x, y), keep_color=keep_color),
                max_side,
                file_name(content, f"mix-x{round(100 * x)}-y{round(100 * y)}", alpha),
                progress,
            )

    inputs = [content, *slots, x, y, *controls]
    run.click(interpolate, inputs, list(result), api_name="interpolate", **MODEL_QUEUE)
    # The square moves the sliders and the sliders run the model, so that mouse, touch and keyboard end up alike.
    square.input(None, square, [x, y], js="(point) => [point.x, point.y]", trigger_mode="multiple")
    for axis in (x, y):
        axis.input(None, [x, y], square, js="(x, y) => ({x, y})")
    moved = (x.change, y.change, controls.alpha.input, controls.keep_color.input)
    run_live(interpolate, inputs, result, moved, (content_picked, style_picked))
    for slot in slots:
        slot.change(_corners, slots, square, **QUICK)


def _corners(*paths: str | None) -> gr.HTML:
    return gr.HTML(corners=[corner(path) for path in paths])
