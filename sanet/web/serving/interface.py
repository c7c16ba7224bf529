"""The functions that other programs call: what these are told of them, and what becomes of values that are left out.

Gradio 6.31 describes the widgets and takes what they show at first for the defaults. Programs see no page: for them
counts the function, its signature for what may be left out and its docstring for what the values mean.
"""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.utils import get_function_description, get_function_params

SWITCHES = {"true": True, "false": False}


def public_events(page: gr.Blocks) -> dict[str, Any]:
    """The events that programs may call, by name."""
    return {str(event.api_name): event for event in page.fns.values() if event.api_visibility == "public"}


def defaults_of(fn: Callable[..., Any]) -> dict[str, Any]:
    """Of the parameters that may be left out."""
    return {name: default for name, has_default, default, _ in get_function_params(fn) if has_default}


def describe(endpoint: dict[str, Any], fn: Callable[..., Any]) -> None:
    """Correct Gradio's description of a function, in place: defaults, meanings, and names of what it returns."""
    _, meanings, returns = get_function_description(fn)
    defaults = defaults_of(fn)
    for parameter in endpoint["parameters"]:
        name = parameter["parameter_name"]
        parameter["parameter_has_default"] = name in defaults
        parameter["parameter_default"] = defaults.get(name)
        parameter["python_type"] |= {"description": meanings[name]}
    for value, line in zip(endpoint["returns"], returns, strict=True):
        value["label"], _, meaning = line.partition(": ")
        value["python_type"] |= {"description": meaning}


def check_names(fn: Callable[..., Any], names: Sequence[str]) -> bool:
    """Whether a call may name these values, and leave out all others."""
    known, optional = [name for name, *_ in get_function_params(fn)], defaults_of(fn)
    return set(names) <= set(known) and all(name in names or name in optional for name in known)


def completed(event: Any, values: Sequence[Any]) -> list[Any]:
    """The values of a call: of a program's, with defaults for those left out at the end, and texts read as what they
    say; of the page's, with numbers that somebody is still typing brought into their range.
    """
    if event.api_visibility != "public":
        typed = [_in_range(widget, value) for widget, value in zip(event.inputs, values, strict=False)]
        return [*typed, *values[len(typed) :]]
    missing = get_function_params(event.fn)[len(values) : len(event.inputs)]
    given = [*values, *(default for _, has_default, default, _ in missing if has_default)]
    return [_read(widget, value) for widget, value in zip(event.inputs, given, strict=False)]


def _in_range(widget: Any, value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return min(max(value, widget.minimum), widget.maximum) if isinstance(widget, gr.Slider) and is_number else value


def _read(widget: Any, value: Any) -> Any:
    """A number or a switch given as text; anything else as it is."""
    if not isinstance(value, str):
        return value
    if isinstance(widget, gr.Checkbox):
        return SWITCHES.get(value.strip().lower(), value)
    if isinstance(widget, gr.Slider | gr.Number):
        try:
            return float(value) if len(value) < 40 else value
        except ValueError:
            return value
    return value
