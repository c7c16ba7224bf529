"""The page as a whole: theme, header, tabs and how it is served. Holds words and widgets only."""

from pathlib import Path
from typing import Any

import gradio as gr

from sanet.engine.stylizer import Stylizer
from sanet.image.decode import MAX_BYTES
from sanet.web.i18n import Page, script, translations, word
from sanet.web.result import KEEP_FILES
from sanet.web.serving.hot_swap import CurrentEngine
from sanet.web.sharing.opening import open_links, shared_banner
from sanet.web.sharing.routes import share_routes
from sanet.web.sharing.store import ShareStore
from sanet.web.tabs.all_styles import all_styles_tab
from sanet.web.tabs.four_styles import four_styles_tab
from sanet.web.tabs.mix import mix_tab
from sanet.web.tabs.one_style import one_style_tab
from sanet.web.tabs.paint_regions import paint_regions_tab
from sanet.web.widgets.checkpoint_picker import checkpoint_banner, checkpoint_picker
from sanet.web.widgets.recent_results import results_that_come_back

SANS = ("ui-sans-serif", "system-ui", "Segoe UI", "Roboto", "sans-serif")
MONO = ("ui-monospace", "Consolas", "monospace")
CLEAN_EVERY = 3600  # seconds


def build_app(engine: Stylizer, store: ShareStore | None = None, current: CurrentEngine | None = None) -> gr.Blocks:
    """The page around `engine`; serve it with `launch(**launch_options(store))`.

    Without a `store` no share link is kept; without `current` the page offers no choice of checkpoints.
    """
    with Page(title="SANet Studio", analytics_enabled=False, delete_cache=(CLEAN_EVERY, KEEP_FILES)) as page:
        gr.Markdown(word("header"), elem_id="header")
        checkpoint_note = checkpoint_banner()
        banner = shared_banner()
        with gr.Tabs(overflow_behavior="wrap") as tabs:
            with gr.Tab(word("tab_one"), id="one"):
                one = one_style_tab(engine, store)
            # Rendered from the start: what is painted or dragged must be there before the first update.
            with gr.Tab(word("tab_four"), id="four", render_children=True):
                four = four_styles_tab(engine, store)
            with gr.Tab(word("tab_paint"), id="paint", render_children=True):
                paint = paint_regions_tab(engine, store)
            with gr.Tab(word("tab_all"), id="all"):
                all_styles_tab(engine, tabs, one)
            with gr.Tab(word("tab_mix"), id="mix"):
                mix = mix_tab(engine, store)
        open_links(page, banner, tabs, (one, four, paint, mix), store)
        results_that_come_back(tabs, (one, four, paint, mix))
        if current is not None:
            checkpoint_picker(current, page, checkpoint_note)
        gr.Markdown(word("footer"), elem_id="footer")
    return page


def launch_options(store: ShareStore | None = None) -> dict[str, Any]:
    """What belongs to serving: looks, limits, the addresses of shares, no telemetry, no monitoring page."""
    theme = gr.themes.Soft(primary_hue="orange", neutral_hue="stone", font=list(SANS), font_mono=list(MONO)).set(
        block_label_background_fill="*background_fill_primary",
        block_label_background_fill_dark="*background_fill_secondary",
        block_label_text_color="*body_text_color",
        block_label_text_color_dark="*body_text_color",
        block_label_text_weight="500",
        block_title_background_fill="none",
        block_title_background_fill_dark="none",
        block_title_text_color="*body_text_color",
        block_title_text_color_dark="*body_text_color",
        block_title_text_weight="500",
        block_title_padding="0",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
        button_primary_text_color_dark="white",
        button_secondary_background_fill_hover_dark="*neutral_600",
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        checkbox_label_background_fill_selected="*primary_700",
        checkbox_label_background_fill_selected_dark="*primary_700",
        checkbox_background_color_selected="*primary_700",
        checkbox_background_color_selected_dark="*primary_700",
        input_border_color="*neutral_300",
        checkbox_border_color="*neutral_400",
        checkbox_border_color_dark="*neutral_500",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
    )
    return {
        "theme": theme,
        # Not css=: Gradio nests those rules inside the page's content, where phones' margins are out of reach.
        "head": f"<style>{_beside('style.css')}</style><script>{script()}{_beside('accessible.js')}</script>",
        "i18n": translations(),
        "max_file_size": MAX_BYTES,
        "show_error": False,
        "enable_monitoring": False,
        "footer_links": ["api"],
        "app_kwargs": {"routes": share_routes(store) if store else []},
    }


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text()
