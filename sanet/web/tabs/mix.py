"""Tab "Mix": two to eight styles, each with a weight (section 4.4, for any number of styles)."""

from typing import Any

import gradio as gr

from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.web.examples import STYLES
from sanet.web.i18n import word
from sanet.web.result import MODEL_QUEUE, Result, explained, file_name, read
from sanet.web.result import stylize as stylize_picture
from sanet.web.sharing.recipe import Recipe, Setting
from sanet.web.sharing.store import ShareStore
from sanet.web.stop import StopSwitch, connect_stop, run_and_stop
from sanet.web.widgets.controls import (
    TabWidgets,
    common_controls,
    example_strip,
    photograph_with_examples,
    result_panel,
    run_live,
    to_result,
)
from sanet.web.widgets.style_list import EMPTY, LEAST, LETTERS, connect_list, shown, style_list
from sanet.web.widgets.working_size import working_size

WEIGHTS = tuple(f"weight_{letter}" for letter in LETTERS.lower())  # as recipes call them


def mix_tab(engine: Stylizer, store: ShareStore | None) -> TabWidgets:
    """Build the tab inside the current `gr.Blocks`."""
    switch = StopSwitch()
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                content, content_picked = photograph_with_examples("mix-content")
                with gr.Column(min_width=240):
                    gr.Markdown(word("mix_hint"))
                    strip = example_strip(STYLES, word("examples_to_add"), "mix-style-examples")
                    add = gr.Button(word("mix_add"), size="sm", elem_id="mix-add")
                    run, stop = run_and_stop("mix")
            styles = style_list(3, "mix-style")
        with gr.Column(scale=6, min_width=320):
            result = result_panel("mix", store)
            controls = common_controls()
            working_size(engine, content, styles.pictures, controls.max_side, result.note, "mix-cost")

    def mix(
        content: str,
        style_a: str | None,
        style_b: str | None,
        style_c: str | None = None,
        style_d: str | None = None,
        style_e: str | None = None,
        style_f: str | None = None,
        style_g: str | None = None,
        style_h: str | None = None,
        weight_a: float = 1.0,
        weight_b: float = 1.0,
        weight_c: float = 1.0,
        weight_d: float = 1.0,
        weight_e: float = 1.0,
        weight_f: float = 1.0,
        weight_g: float = 1.0,
        weight_h: float = 1.0,
        alpha: float = 1.0,
        max_side: int = 512,
        keep_color: bool = False,
        progress: gr.Progress = gr.Progress(),
        request: gr.Request | None = None,
    ) -> Result:
        """Paint a photograph in a mix of up to eight styles; a style that is left empty takes no part.

        Args:
            content: The photograph.
            style_a: The first style.
            style_b: The second style.
            style_c: The third style.
            style_d: The fourth style.
            style_e: The fifth style.
            style_f: The sixth style.
            style_g: The seventh style.
            style_h: The eighth style.
            weight_a: Weight of the first style; the weights are scaled to sum 1.
            weight_b: Weight of the second style.
            weight_c: Weight of the third style.
            weight_d: Weight of the fourth style.
            weight_e: Weight of the fifth style.
            weight_f: Weight of the sixth style.
            weight_g: Weight of the seventh style.
            weight_h: Weight of the eighth style.
            alpha: Strength from 0 (photograph) to 1 (style).
            max_side: Longer side of the result in pixels.
            keep_color: Keep the photograph's colours.

        Returns:
            The result as a PNG file, the pair of files before and after, and a note of size and time.

        """
        with explained(), switch.reports(request, progress) as report:
            paths = (style_a, style_b, style_c, style_d, style_e, style_f, style_g, style_h)
            given = (weight_a, weight_b, weight_c, weight_d, weight_e, weight_f, weight_g, weight_h)
            entries = [(path, weight) for path, weight in zip(paths, given, strict=True) if path]
            pictures = [read(path, "a style") for path, _ in entries] or [read(None, "a style")]
            weights = tuple(weight for _, weight in entries)
            settings: dict[str, Setting] = dict(zip(WEIGHTS, weights, strict=False))
            settings |= {"alpha": alpha, "max_side": max_side, "keep_color": keep_color}
            return stylize_picture(
                engine,
                read(content, "a photograph"),
                pictures,
                Controls(alpha=alpha, mix=weights, keep_color=keep_color),
                max_side,
                file_name(content, f"mix-of-{len(entries)}", alpha),
                Recipe("mix", content, tuple(path for path, _ in entries), settings),
                report,
            )

    styles_changed = connect_list(styles, add, strip)
    inputs = [content, *styles.pictures, *styles.weights, *controls]
    clicked = run.click(mix, inputs, list(result), api_name="mix", show_progress_on=result.comparison, **MODEL_QUEUE)
    run.click(None, js=to_result("mix"))
    moved = [widget.input for widget in (*styles.weights, controls.alpha, controls.keep_color)]
    lively = run_live(mix, inputs, result, moved, (content_picked, *styles_changed))
    connect_stop(stop, switch, (clicked, *lively), result.note)

    def restore_more(recipe: Recipe) -> dict[Any, Any]:
        weights = [recipe.settings.get(name, 1.0) for name in WEIGHTS]
        numbers = [weight for weight in weights if isinstance(weight, (int, float)) and 0 <= weight <= 1]
        if len(numbers) < len(weights):
            raise ValueError("This recipe is cut off or damaged.")
        entries = list(zip(recipe.styles, numbers, strict=False))
        entries += [EMPTY] * (LEAST - len(entries))
        return dict(zip(styles.all, shown(entries), strict=True))

    settings = dict(zip(WEIGHTS, styles.weights, strict=True)) | controls._asdict()
    more = (*styles.rows, *styles.removes, styles.count)
    return TabWidgets("mix", content, styles.pictures, settings, result, more, restore_more)
