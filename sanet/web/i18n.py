"""What the page says, in each language: `locales/<locale>.json` hold key -> text; the visitor or the browser chooses.

The beginning of a key says who speaks. Most stand on the page from the start, and Gradio translates them.
"common.": what Gradio itself asks for and lacks.
"own_": our own widgets, and "gradio_": what Gradio leaves in English; i18n.js writes both.
"said_": events, whose answers Gradio does not translate, in the language of their request. Programs get English.
"error_", "stage_", "about_": what the library and the catalog say in English, whoever asks. Its sentences come with
their templates, which are the English texts here; the page finds the key by that. What has none stays English.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import LocalContext
from gradio.i18n import I18nData
from starlette.requests import cookie_parser

from sanet.errors import Message, message_of

# The locales are those that Gradio's own texts exist in; with any other, the page is in English.
WORDS: dict[str, dict[str, str]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).with_name("locales").glob("*.json"))
}
ENGLISH = WORDS["en"]
IN_SCRIPT, SAID, FROM_ENGLISH = ("own_", "gradio_"), "said_", ("error_", "stage_", "about_")
_KEYS = {str(I18nData(key)): key for key in ENGLISH}
_KEYS_FROM_ENGLISH = {text: key for key, text in ENGLISH.items() if key.startswith(FROM_ENGLISH)}


def word(key: str) -> str:
    """What the page replaces by the text of `key`; as a string, for not every widget takes Gradio's object."""
    return str(I18nData(key))


def in_english(text: str) -> str:
    """The English text of a `word`; any other text as it is."""
    return ENGLISH[_KEYS[text]] if text in _KEYS else text


def said(key: str, **values: Any) -> str:
    """The text of "said_" + `key`, filled in, in the language of the visitor whose event runs."""
    return WORDS[_language()][SAID + key].format(**values)


def translated(english: str | Exception) -> str:
    """What an error, a stage of the work or the catalog says, in the language of the visitor whose event runs."""
    text = message_of(english) if isinstance(english, Exception) else english
    if not isinstance(text, Message):
        return _from_english(text)
    values = {name: translated(value) if isinstance(value, Message) else value for name, value in text.values.items()}
    return _from_english(text.template).format(**values)


def _from_english(text: str) -> str:
    key = _KEYS_FROM_ENGLISH.get(text)
    return WORDS[_language()][key] if key else text


def locale_of(headers: Mapping[str, str]) -> str:
    """The language of a request: the one chosen on the page, or the browser's first, as i18n.js has it."""
    chosen = cookie_parser(headers.get("cookie", "")).get("language", "")
    first = headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return next((locale for locale in (chosen, first, first.split("-")[0]) if locale in WORDS), "en")


def _language() -> str:
    request = LocalContext.request.get(None)
    return locale_of(request.headers) if request else "en"


def translations() -> gr.I18n:
    """For `launch(i18n=...)`."""
    elsewhere = (*IN_SCRIPT, SAID, *FROM_ENGLISH)
    return gr.I18n(**_texts(lambda key: not key.startswith(elsewhere)))


def script() -> str:
    """i18n.js with its texts."""
    texts = _texts(lambda key: key.startswith(IN_SCRIPT))
    return f"const WORDS = {json.dumps(texts)};\n" + Path(__file__).with_name("i18n.js").read_text()


def _texts(wanted: Callable[[str], bool]) -> dict[str, dict[str, str]]:
    return {locale: {key: text for key, text in texts.items() if wanted(key)} for locale, texts in WORDS.items()}


class Page(gr.Blocks):
    """The page, whose description for other programs is in English."""

    def get_api_info(self, *args: Any, **kwargs: Any) -> Any:
        info = super().get_api_info(*args, **kwargs)
        for endpoint in info["named_endpoints"].values():
            for described in (*endpoint["parameters"], *endpoint["returns"]):
                described["label"] = in_english(described["label"])
        return info
