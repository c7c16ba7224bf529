"""What goes wrong, as one sentence on the page."""

import html
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from sanet.web.i18n import translated

CLEARED_AWAY = "The server has cleared away one of these pictures, as it does after a day. Choose it again."
BROKEN = "Something went wrong on the server; its log says why. Try again, or use other pictures."


@contextmanager
def explained() -> Iterator[None]:
    """Turns what the library refuses, and whatever else goes wrong, into one sentence on the page."""
    try:
        yield
    except gr.Error:  # a ValueError, too, but in the page's own words
        raise
    except ValueError as error:
        raise gr.Error(sentence_of(error), print_exception=False) from error
    except FileNotFoundError as error:
        raise gr.Error(translated(CLEARED_AWAY), print_exception=False) from error
    except Exception as error:  # its own words may hold paths of the server; Gradio prints it into the log
        raise gr.Error(translated(BROKEN)) from error


def sentence_of(error: ValueError) -> str:
    """What a refusal says, in the visitor's language; notices show HTML, and a refusal may quote what was sent."""
    return html.escape(translated(error))
