"""The texts of the page: every language has the same keys and placeholders, and all of them are used."""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio.context import LocalContext
from PIL import Image

from sanet.checkpoints.catalog import Entry, read_catalog
from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.web import i18n as words
from sanet.web.i18n import (
    ENGLISH,
    FROM_ENGLISH,
    WORDS,
    in_english,
    locale_of,
    said,
    script,
    translated,
    translations,
    word,
)
from sanet.web.page import build_app
from sanet.web.serving.hot_swap import CurrentEngine

WEB = Path(words.__file__).parent
GRADIO = Path(gr.__file__).parent / "templates/frontend/assets"
PLACEHOLDER = re.compile(r"\{\w*\}")
LATIN = re.compile("[A-Za-z]{4}")
LACKING = "common.complete"  # Gradio asks for it and has no text


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


def keys_said() -> set[str]:
    """The keys that the answers of events and the pages beside the page name."""
    calls = [node for path in WEB.glob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    named = [
        node.value
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "said"
        for node in ast.walk(call.args[0])
        if isinstance(node, ast.Constant)
    ]
    templates = re.findall(r"\{(said_\w+)\}", (WEB / "share_routes.py").read_text())
    return {*templates, *(f"said_{key}" for key in named)}


def pattern_of(node: ast.AST) -> str | None:
    """What a string in the source may come to say, as a regular expression; None for what says hardly anything."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    if sum(len(str(part)) for part in parts if part) < 8:
        return None
    return "".join(".+" if part is None else re.escape(str(part)) for part in parts)


def raised(tree: ast.Module) -> Iterator[str]:
    """The patterns of all sentences that a module refuses something with."""
    constants = {ast.unparse(n.targets[0]): n.value for n in tree.body if isinstance(n, ast.Assign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for argument in node.exc.args[:1]:
                pattern = pattern_of(constants.get(ast.unparse(argument), argument))
                if pattern:
                    yield pattern


@pytest.fixture
def in_korean() -> Iterator[None]:
    """As if an event ran for a visitor whose browser asks for Korean."""
    before = LocalContext.request.set(SimpleNamespace(headers={"accept-language": "ko-KR,ko;q=0.9,en;q=0.8"}))
    yield
    LocalContext.request.reset(before)


def test_every_language_has_the_same_texts() -> None:
    assert set(WORDS) == {"en", "zh-CN", "ko"}
    for texts in WORDS.values():
        assert list(texts) == list(ENGLISH)
        for key, text in texts.items():
            assert text == text.strip() != "", key
            places = set(PLACEHOLDER.findall(ENGLISH[key])) - {"{plural}"}  # only English has such an ending
            assert sorted(PLACEHOLDER.findall(text.replace("{plural}", ""))) == sorted(places), key


def test_every_text_is_used_and_every_used_text_exists(current: CurrentEngine) -> None:
    own = keys_of_own_widgets()
    assert all(key.startswith("own_") for key in own)
    found_by_english = {key for key in ENGLISH if key.startswith((*FROM_ENGLISH, "gradio_"))}
    assert keys_on_the_page(current) | own | keys_said() | found_by_english | {LACKING} == set(ENGLISH)


def test_texts_found_by_their_english_are_what_is_said() -> None:
    trees = [ast.parse(path.read_text()) for path in WEB.parent.rglob("*.py")]
    patterns = {pattern for tree in trees for node in ast.walk(tree) if (pattern := pattern_of(node))}
    about = {entry.description for entry in read_catalog()}
    scripts = "".join(path.read_text() for path in GRADIO.glob("*.js"))
    assert f"i18n(`{LACKING}`)" in scripts
    for key, text in ENGLISH.items():
        if key.startswith("gradio_"):
            assert all(part in scripts for part in PLACEHOLDER.split(text)), key
        elif key.startswith(FROM_ENGLISH) and text not in about:
            assert any(re.fullmatch(pattern, text) for pattern in patterns), key


@pytest.mark.parametrize("path", sorted(WEB.glob("*.py")), ids=lambda path: path.stem)
def test_what_the_page_refuses_has_texts(path: Path) -> None:
    texts = [text for key, text in ENGLISH.items() if key.startswith("error_")]
    for pattern in raised(ast.parse(path.read_text())):
        assert any(re.fullmatch(pattern, text) for text in texts), pattern


def test_answers_follow_the_request(in_korean: None, engine: Stylizer) -> None:
    assert said("made", width=512, height=342, seconds="1.3") == "512 × 342 px, 1.3초 걸림"
    assert translated("Choose style B first: upload one or click an example.").startswith("먼저 화풍 B를")
    assert translated("unheard of") == "unheard of"
    stages = []
    picture = Image.new("RGB", (64, 48))
    engine.stylize(picture, [picture], Controls(), 64, lambda done, stage: stages.append(stage))
    engine.sequence(picture, [picture], [Controls()] * 2, 64, lambda done, stage: stages.append(stage))
    assert len(set(stages)) > 3
    assert not any(LATIN.search(translated(stage)) for stage in stages)
    assert all(LATIN.search(stage) for stage in stages)


def test_answers_to_programs_are_english() -> None:
    assert said("made", width=512, height=342, seconds="1.3") == "512 × 342 px in 1.3 s"
    assert translated("Painting 1 of 2") == "Painting 1 of 2"


@pytest.mark.parametrize(
    ("asked", "locale"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("ko", "ko"),
        ("ko-KR;q=1", "ko"),
        ("zh-TW,zh-CN;q=0.9", "en"),
        ("fr-FR,ko;q=0.5", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
def test_the_browsers_own_language_counts(asked: str, locale: str) -> None:
    assert locale_of({"accept-language": asked}) == locale
    assert locale_of({}) == "en"


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
