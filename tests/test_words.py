"""The texts of the page: every language has the same keys and placeholders, and all of them are used."""

import json
import re
import warnings
from pathlib import Path

import pytest

from sanet.catalog import Entry
from sanet.current import CurrentEngine
from sanet.engine import Stylizer
from sanet.web import words
from sanet.web.page import build_app
from sanet.web.words import ENGLISH, WORDS, in_english, script, translations, word

WEB = Path(words.__file__).parent
PLACEHOLDER = re.compile(r"\{\w*\}")


@pytest.fixture
def current(engine: Stylizer) -> CurrentEngine:
    """A page with everything on it offers a choice of checkpoints."""
    entry = Entry("small", "owner/small")
    return CurrentEngine(entry, (entry,), load=lambda entry, progress: engine)


def keys_on_the_page(current: CurrentEngine) -> set[str]:
    """The keys of all texts that the page hands to Gradio."""
    config = json.dumps(build_app(current, None, current).get_config_file(), default=str)  # type: ignore[arg-type]
    return set(re.findall(r"translation_metadata\W+key\W+(\w+)", config))


def keys_of_own_widgets() -> set[str]:
    """The keys that templates and scripts name."""
    templates = "".join(path.read_text() for path in (*WEB.glob("*.html"), WEB / "recent_results.py"))
    scripts = "".join(path.read_text() for path in WEB.glob("*.js"))
    named = re.findall(r'data-word(?:-label)?="(\w+)"', templates) + re.findall(r'\bword\("(\w+)"', scripts)
    return {*named, *(f"own_color_{number}" for number in range(1, 5))}


def test_every_language_has_the_same_texts() -> None:
    assert set(WORDS) == {"en", "zh-CN", "ko"}
    for texts in WORDS.values():
        assert list(texts) == list(ENGLISH)
        for key, text in texts.items():
            assert text == text.strip() != "", key
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(ENGLISH[key])), key


def test_every_text_is_used_and_every_used_text_exists(current: CurrentEngine) -> None:
    own = keys_of_own_widgets()
    assert all(key.startswith("own_") for key in own)
    assert keys_on_the_page(current) | own == set(ENGLISH)


@pytest.mark.parametrize("locale", ["zh-CN", "ko"])
def test_texts_are_translated(locale: str) -> None:
    same = {key for key, text in WORDS[locale].items() if text == ENGLISH[key]}
    assert same == set()


def test_markers_can_be_read_back() -> None:
    assert word("strength") != "Strength"
    assert in_english(word("strength")) == "Strength"
    assert in_english("A") == "A"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Gradio warns of locales that it does not know
        assert translations().translations_dict["ko"]["strength"] == WORDS["ko"]["strength"]
    assert "own_undo" not in translations().translations_dict["en"]
    assert json.dumps(WORDS["zh-CN"]["own_undo"]) in script()


def test_other_programs_read_english(current: CurrentEngine) -> None:
    described = build_app(current, None, current).get_api_info()["named_endpoints"]  # type: ignore[arg-type]
    labels = [parameter["label"] for parameter in described["/stylize"]["parameters"]]
    assert labels == ["Photograph", "Style", "Strength", "Working size (px)", "Keep the photograph's colours"]
    assert "__i18n__" not in json.dumps([endpoint["parameters"] for endpoint in described.values()], default=str)
    regions = next(p for p in described["/spatial"]["parameters"] if p["parameter_name"] == "regions")
    assert regions["type"]["enum"][:2] == ["My painting", "Left / right"]
