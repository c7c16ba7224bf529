"""The texts of the page: every language has the same keys and placeholders, and all of them are used."""

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
import torch
from PIL import Image

from sanet.checkpoints.catalog import Entry
from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.engine.stylizer import Stylizer
from sanet.errors import Message
from sanet.network.model import StyleTransferNet
from sanet.votes.store import VoteStore
from sanet.web import i18n
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
from sanet.web.serving import zero_gpu
from sanet.web.serving.hot_swap import HotSwapEngine
from sanet.web.serving.runs import while_waiting
from sanet.web.serving.turns import Place
from sanet.web.tabs.vote import Booth
from tests.support.exhibition import exhibition
from tests.support.locales import asking_for

WEB = Path(i18n.__file__).parent
GRADIO = Path(gr.__file__).parent / "templates/frontend/assets"
PLACEHOLDER = re.compile(r"\{\w*\}")
BY_ENGLISH = (*FROM_ENGLISH, "gradio_")
LACKING = "common.complete"  # Gradio asks for it and has no text


@pytest.fixture(scope="module")
def page(random_net: Callable[..., StyleTransferNet], tmp_path_factory: pytest.TempPathFactory) -> gr.Blocks:
    """The page with everything on it, a choice of checkpoints and a vote, too."""
    entry, engine = Entry("small", "owner/small"), Stylizer(random_net(), torch.device("cpu"))
    current = HotSwapEngine(entry, (entry,), load=lambda entry, progress: engine)
    booth = Booth(exhibition(tmp_path_factory.mktemp("votes")), VoteStore(None))
    return build_app(current, None, current, booth=booth)


def keys_on(page: gr.Blocks) -> set[str]:
    """The keys of all texts that the page hands to Gradio."""
    config = json.dumps(page.get_config_file(), default=str)
    return set(re.findall(r"translation_metadata\W+key\W+(\w+)", config))


def sources() -> str:
    """Everything that the page is made of, in one text."""
    return "\n".join(path.read_text() for kind in ("py", "html", "js") for path in sorted(WEB.rglob(f"*.{kind}")))


def test_every_language_has_the_same_texts() -> None:
    assert set(WORDS) == {"en", "zh-CN", "ko"}
    for texts in WORDS.values():
        assert list(texts) == list(ENGLISH)
        for key, text in texts.items():
            assert text == text.strip() != "", key
            places = set(PLACEHOLDER.findall(ENGLISH[key])) - {"{plural}"}  # only English has such an ending
            assert sorted(PLACEHOLDER.findall(text.replace("{plural}", ""))) == sorted(places), key


def test_the_page_names_no_text_that_does_not_exist(page: gr.Blocks) -> None:
    named = re.findall(r'data-word(?:-label)?="(\w+)"|\bword\("(own_\w+)"|\{(said_\w+)\}|\bsaid\(\s*"(\w+)"', sources())
    keys = {*(a or b or c or f"said_{d}" for a, b, c, d in named), *keys_on(page)}
    assert len(keys) > 100
    assert keys <= set(ENGLISH)


def test_no_text_is_left_over(page: gr.Blocks) -> None:
    named = set(re.findall(r"\w+", sources()))
    colors = {f"own_color_{number}" for number in range(1, 5)}
    left = set(ENGLISH) - keys_on(page) - named - colors - {LACKING}
    # Those found by their English are said by the tests of what is refused, and by the next ones.
    assert {key for key in left if key.removeprefix("said_") not in named and not key.startswith(BY_ENGLISH)} == set()


def test_gradio_says_what_is_translated_of_it() -> None:
    scripts = "".join(path.read_text() for path in GRADIO.glob("*.js"))
    assert f"i18n(`{LACKING}`)" in scripts
    for key, text in ENGLISH.items():
        if key.startswith("gradio_"):
            assert all(part in scripts for part in PLACEHOLDER.split(text)), key


def test_texts_found_by_their_english_differ() -> None:
    texts = [text for key, text in ENGLISH.items() if key.startswith(FROM_ENGLISH)]
    assert len(set(texts)) == len(texts)


@pytest.fixture
def stages(engine: Stylizer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All that the engine says while it works, here and on ZeroGPU."""
    monkeypatch.setattr(zero_gpu, "spaces", SimpleNamespace(GPU=lambda duration: lambda paint: paint))
    said: list[str] = []
    picture = Image.new("RGB", (64, 48))
    request = Request(picture, (picture,), Controls(0.5), 64)
    for painter in (engine, zero_gpu.on_zero_gpu(engine)):
        painter.paint(request, lambda done, stage: said.append(stage))
        painter.sequence(request, [Controls()] * 2, lambda done, stage: said.append(stage))
    return said


def test_answers_to_programs_are_english() -> None:
    assert said("made", width=512, height=342, seconds="1.3") == "512 × 342 px in 1.3 s"
    assert translated(Message("Painting {number} of {count}", number=1, count=2)) == "Painting 1 of 2"


@pytest.mark.parametrize("locale", list(WORDS))
def test_stages_are_told_in_the_language_of_the_request(locale: str, stages: list[str]) -> None:
    words = WORDS[locale]
    frames = [words["stage_frame"].format(number=number, count=2) for number in (1, 2)]
    plain = [words[f"stage_{key}"] for key in ("photograph", "painting", "gpu", "prepared", "done")]
    with asking_for(locale):
        assert {translated(stage) for stage in stages} == {words["stage_style"].format(number=1), *frames, *plain}


@pytest.mark.parametrize("locale", list(WORDS))
def test_who_waits_is_told_so_in_the_language_of_the_request(locale: str) -> None:
    words, waiting, passed = WORDS[locale], Place(), Place(begun=True)
    with asking_for(locale):
        assert translated(while_waiting(waiting, None)) == words["stage_next"]
        assert translated(while_waiting(waiting, 11.2)) == words["stage_next_in"].format(seconds=12)
        assert translated(while_waiting(passed, 0.1)) == words["stage_passed"].format(seconds=1)


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
    assert locale_of({"accept-language": asked, "cookie": "a=b; language=ko"}) == "ko"
    assert locale_of({"accept-language": asked, "cookie": "language=tlh"}) == locale


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


def test_other_programs_read_english(page: gr.Blocks) -> None:
    described = page.get_api_info()["named_endpoints"]
    labels = [parameter["label"] for parameter in described["/stylize"]["parameters"]]
    assert labels[:5] == ["Photograph", "Style", "Strength", "Picture size", "Keep the photograph's colours"]
    assert "__i18n__" not in json.dumps([endpoint["parameters"] for endpoint in described.values()], default=str)
    regions = next(p for p in described["/spatial"]["parameters"] if p["parameter_name"] == "regions")
    assert regions["type"]["enum"][:2] == ["My painting", "Left / right"]
