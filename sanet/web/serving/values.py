"""Values as the widgets of the page send them, and as programs may: Gradio itself checks but a few."""

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
from gradio_client.utils import is_http_url_like

from sanet.errors import RefusedError
from sanet.web.i18n import in_english

LONGEST_TEXT = 4096
NO_NUMBER = "{name} must be a number from {least} to {most}, got {value}."
NO_CHOICE = "{name} must be one of those offered, got {value}."
NO_SWITCH = "{name} must be true or false, got {value}."
NO_UPLOAD = "Only uploaded files are accepted, not files at other addresses: upload the file first."
NO_VALUES = "These values do not fit this function; see the description of the interface."


def check_values(widgets: Sequence[Any], values: Sequence[Any]) -> None:
    """Raises `RefusedError` for what the widgets would never send."""
    if len(values) < len(widgets):
        raise RefusedError(NO_VALUES)
    for widget, value in zip(widgets, values, strict=False):
        _check(widget, value)


def _check(widget: Any, value: Any) -> None:
    name, shown = in_english(str(widget.label)), repr(value)[:60]
    if isinstance(widget, gr.Slider):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (is_number and widget.minimum <= value <= widget.maximum):
            raise RefusedError(NO_NUMBER, name=name, least=widget.minimum, most=widget.maximum, value=shown)
    elif isinstance(widget, gr.Checkbox) and not isinstance(value, bool):
        raise RefusedError(NO_SWITCH, name=name, value=shown)
    elif isinstance(widget, gr.Radio | gr.Dropdown) and value not in [choice for _, choice in widget.choices]:
        raise RefusedError(NO_CHOICE, name=name, value=shown)
    elif isinstance(widget, gr.Textbox) and value is not None:
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise RefusedError(NO_VALUES)
    elif isinstance(widget, gr.Image | gr.File | gr.UploadButton) and any(map(is_http_url_like, _places(value))):
        raise RefusedError(NO_UPLOAD)


def _places(value: Any) -> Iterator[str]:
    """Where files are said to be."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and isinstance(item.get("path"), str):
            yield item["path"]


def check_choice(page: gr.Blocks, targets: Sequence[tuple[int | None, str]], event: gr.EventData | None) -> None:
    """Raises `RefusedError` for a click on a picture that is not among those of the gallery."""
    galleries = [page.blocks[number] for number, kind in targets if kind == "select" and number is not None]
    for gallery in galleries:
        data = event._data if event else None
        index = data.get("index") if isinstance(data, dict) and "value" in data else None
        if type(index) is not int or not 0 <= index < len(_shown(gallery)):
            raise RefusedError(NO_VALUES)


def _shown(gallery: Any) -> Sequence[Any]:
    return getattr(gallery.value, "root", gallery.value)
