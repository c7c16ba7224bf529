"""How the page looks, as far as Gradio's own theme says it; style.css says the rest."""

import gradio as gr

SANS = ("ui-sans-serif", "system-ui", "Segoe UI", "Roboto", "sans-serif")
MONO = ("ui-monospace", "Consolas", "monospace")


def studio_theme() -> gr.themes.Soft:
    """Orange on stone, with the contrasts that WCAG asks for, in the fonts of the visitor's system."""
    theme = gr.themes.Soft(primary_hue="orange", neutral_hue="stone", font=list(SANS), font_mono=list(MONO))
    return theme.set(
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
