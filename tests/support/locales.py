"""As if an event of the page ran for a visitor with a browser in some language."""

import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio.context import LocalContext

from sanet.errors import Message, message_of
from sanet.web.errors import explained
from sanet.web.i18n import WORDS


@contextmanager
def asking_for(languages: str) -> Iterator[None]:
    """`languages`: the request's header "Accept-Language"."""
    before = LocalContext.request.set(SimpleNamespace(headers={"accept-language": languages}))
    try:
        yield
    finally:
        LocalContext.request.reset(before)


def check_said(key: str, locale: str, work: Callable[[], object]) -> None:
    """Whether the page says in the language of `locale` what `work` refuses, and that by the text of `key`."""
    with asking_for(locale), pytest.raises(gr.Error) as refused, explained():
        work()
    cause = refused.value.__cause__
    assert isinstance(cause, Exception)
    message = message_of(cause)
    values = message.values if isinstance(message, Message) else {}
    assert html.unescape(refused.value.message) == WORDS[locale][key].format(**values)
