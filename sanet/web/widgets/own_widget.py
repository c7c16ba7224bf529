"""Widgets of our own: a template, a style and a script, in files beside this module."""

import json
from pathlib import Path
from typing import Any

import gradio as gr

HERE = Path(__file__).parent


def own_widget(name: str, value: Any = None, constants: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """The widget of `<name>.html`, `.css` and `.js`; template and script find `constants` under their names.

    `options` as in `gr.HTML`. Constants are there from the start: of a property, an update that comes before the widget
    is rendered would take it away.
    """
    template, style, script = (_read(f"{name}.{kind}") for kind in ("html", "css", "js"))
    for constant, given in (constants or {}).items():
        template = template.replace(constant, json.dumps(given))
        script = f"const {constant} = {json.dumps(given)};\n" + script
    return gr.HTML(
        value, html_template=template, css_template=style, js_on_load=script, apply_default_css=False, **options
    )


def _read(name: str) -> str:
    path = HERE / name
    return path.read_text() if path.exists() else ""
