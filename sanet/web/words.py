"""What the page says, in each language: `words/<locale>.json` hold key -> text, and the visitor's browser chooses.

Gradio translates what stands on the page from the start, not what its events answer. Texts whose key begins with "own_"
are those of our own widgets; words.js writes them.
"""

import json
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

# The locales are those that Gradio's own texts exist in; with any other, the page is in English.
WORDS: dict[str, dict[str, str]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).with_name("words").glob("*.json"))
}
ENGLISH = WORDS["en"]
OWN = "own_"
_KEYS = {str(I18nData(key)): key for key in ENGLISH}


def word(key: str) -> str:
    """What the page replaces by the text of `key`; as a string, for not every widget takes Gradio's object."""
    return str(I18nData(key))


def in_english(text: str) -> str:
    """The English text of a `word`; any other text as it is."""
    return ENGLISH[_KEYS[text]] if text in _KEYS else text


def translations() -> gr.I18n:
    """For `launch(i18n=...)`."""
    return gr.I18n(**{locale: _texts(locale, own=False) for locale in WORDS})


def script() -> str:
    """words.js with the texts of our own widgets."""
    own = {locale: _texts(locale, own=True) for locale in WORDS}
    return f"const WORDS = {json.dumps(own)};\n" + Path(__file__).with_name("words.js").read_text()


def _texts(locale: str, own: bool) -> dict[str, str]:
    return {key: text for key, text in WORDS[locale].items() if key.startswith(OWN) == own}


class Page(gr.Blocks):
    """The page, whose description for other programs is in English."""

    def get_api_info(self, *args: Any, **kwargs: Any) -> Any:
        info = super().get_api_info(*args, **kwargs)
        for endpoint in info["named_endpoints"].values():
            for described in (*endpoint["parameters"], *endpoint["returns"]):
                described["label"] = in_english(described["label"])
        return info
