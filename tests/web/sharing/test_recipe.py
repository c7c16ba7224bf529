"""Recipes as data, in addresses and in pictures: those of today, those that are in the wild, and what is refused."""

import base64
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from sanet.engine.controls import Controls, bilinear_mix
from sanet.engine.request import PAINTED, UPLOADED, Regions, Request
from sanet.engine.stylizer import Stylizer
from sanet.image.region_presets import REGION_PRESETS
from sanet.image.save import read_note
from sanet.paths import ROOT
from sanet.web.choice import Choice
from sanet.web.examples import CONTENTS, STYLES, example_called
from sanet.web.regions import kept_painting
from sanet.web.result import opened
from sanet.web.sharing.folder_store import FolderStore
from sanet.web.sharing.recipe import MAX_LETTERS, from_address, from_data, from_note, to_address, to_data, to_note
from sanet.web.sharing.share import reopen
from sanet.web.widgets.paint_canvas import write_painting

# What the page wrote before there were requests; `made_before` holds more of it, which the browser tests open.
KEPT, MADE_BEFORE = Path(__file__).with_name("kept"), ROOT / "tests/browser/made_before"
ADDRESSES: dict[str, str] = json.loads((KEPT / "addresses.json").read_text())
SHARES: dict[str, dict[str, str]] = json.loads((KEPT / "shares.json").read_text())


def example(name: str) -> str:
    found = example_called(name)
    assert found is not None
    return str(found.path)


KOALA, STARRY, WAVE, DUCKS, KANDINSKY = (
    example(name)
    for name in ("content/koala", "style/starry-night", "style/great-wave", "style/ducks", "style/composition-viii")
)
STRENGTHS = (0.6, 1.0, 0.85, 0.4)


def from_before(*values: Any, **more: Any) -> Controls:
    """Of a time when results were painted as in the paper."""
    return Controls(*values, **more, reconstruct=True)


CHOICES = {
    "one": Choice("one", Request(KOALA, (WAVE,), from_before(0.8, keep_color=True), 256)),
    "four": Choice(
        "four", Request(KOALA, (STARRY, WAVE, DUCKS, KANDINSKY), from_before(0.9, bilinear_mix(0.75, 0.35)), 256)
    ),
    "paint": Choice(
        "paint",
        Request(KOALA, (STARRY, None, DUCKS, None), from_before(), 256, Regions("Left / right", (), 0.14, STRENGTHS)),
    ),
    "mix": Choice(
        "mix", Request(KOALA, (STARRY, DUCKS, KANDINSKY), from_before(0.7, (0.5, 0.25, 1.0), keep_color=True), 256)
    ),
}
EIGHT = Choice(
    "mix",
    Request(str(CONTENTS[1].path), tuple(str(style.path) for style in STYLES[:8]), Controls(mix=(0.5,) * 7 + (0.25,))),
)


def alike(a: Image.Image, b: Image.Image) -> bool:
    """Up to the last bit, which depends on the processor."""
    return max(high for _, high in ImageChops.difference(a.convert("RGB"), b.convert("RGB")).getextrema()) <= 1


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_from_before_is_the_same_choice(name: str) -> None:
    assert from_address(ADDRESSES[name]) == CHOICES[name]


@pytest.mark.parametrize("name", ["paint", "mix"])
def test_an_address_from_before_is_the_same_picture(name: str, embedded: Stylizer) -> None:
    painted = embedded.paint(opened(from_address(ADDRESSES[name]).request))
    assert alike(painted, Image.open(KEPT / f"{name}.png"))


@pytest.mark.parametrize("name", ADDRESSES)
def test_addresses_are_written_as_before(name: str) -> None:
    def data(letters: str) -> Any:
        return json.loads(base64.urlsafe_b64decode(letters + "=="))

    assert data(to_address(CHOICES[name])) == data(ADDRESSES[name])


@pytest.mark.parametrize("reconstruct", [False, True])
def test_what_shows_of_the_photograph_comes_back(reconstruct: bool) -> None:
    choice = Choice("one", Request(KOALA, (WAVE,), Controls(0.4, reconstruct=reconstruct), 256))
    assert from_address(to_address(choice)) == choice


@pytest.mark.parametrize("colors", ["result", "photo", "style", "palette"])
def test_colours_come_back(colors: str) -> None:
    choice = Choice("one", Request(KOALA, (WAVE,), Controls(0.4, colors=colors), 256))
    assert from_address(to_address(choice)) == choice
    assert from_note(to_note(choice)) == choice
    assert to_data(choice)["settings"]["keep_color"] == (colors == "photo")  # as pages of before read it


@pytest.mark.parametrize("stroke_size", [0.25, 1.0, 1.41, 4])
def test_stroke_sizes_come_back(stroke_size: float) -> None:
    choice = Choice("one", Request(KOALA, (WAVE,), max_side=256, stroke_size=stroke_size))
    assert from_address(to_address(choice)) == choice
    assert ("stroke_size" in to_data(choice)["settings"]) == (stroke_size != 1)


@pytest.mark.parametrize("share", [0.0, 0.35, 1.0])
def test_matched_regions_come_back(share: float) -> None:
    choice = Choice("one", Request(KOALA, (WAVE,), match_regions=share))
    assert from_address(to_address(choice)) == choice
    assert ("match_regions" in to_data(choice)["settings"]) == (share > 0)


@pytest.mark.parametrize("drawn", REGION_PRESETS)
def test_parts_of_styles_come_back(drawn: str) -> None:
    request = replace(CHOICES["paint"].request, style_regions=Regions(drawn))
    choice = replace(CHOICES["paint"], request=request)
    assert from_address(to_address(choice)) == choice


def test_masks_of_styles_are_named_and_found() -> None:
    request = replace(CHOICES["paint"].request, style_regions=Regions(UPLOADED, ("/a.png", "/b.png")))
    choice = replace(CHOICES["paint"], request=request)
    names = {"/a.png": "one", "/b.png": "two"}
    data = to_data(choice, names.get)
    assert from_data(data, {name: path for path, name in names.items()}.get) == choice
    alone = from_data(to_data(choice))
    assert (alone.request.style_regions, alone.whole) == (None, False)


@pytest.mark.parametrize("drawn", ["My painting", "Halves", 1, ["Centre"]])
def test_parts_of_styles_that_are_none_are_refused(drawn: object) -> None:
    data = to_data(CHOICES["paint"])
    data["settings"]["style_regions"] = drawn
    with pytest.raises(ValueError, match="not a recipe of this page"):
        from_data(data)


def test_sizes_for_print_come_back() -> None:
    choice = Choice("one", Request(KOALA, (WAVE,), max_side=3508, stroke_size=3.43, enlarge=True, dpi=300))
    assert from_address(to_address(choice)) == choice
    plain = to_data(Choice("one", Request(KOALA, (WAVE,))))["settings"]
    assert set(plain) == {"alpha", "max_side", "keep_color", "reconstruct"}  # what is not asked for is not written


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_file_from_before_brings_its_choice_back(suffix: str) -> None:
    choice = from_note(read_note(MADE_BEFORE / f"one.{suffix}"))
    castle, controls = example("content/neuschwanstein-castle"), from_before(0.8, keep_color=True)
    assert choice == Choice("one", Request(castle, (STARRY,), controls, 256))


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """The shares from before, which here never expire."""
    shutil.copytree(KEPT / "shares", tmp_path / "shares")
    return FolderStore(tmp_path / "shares", days=100_000)


def request_of(store: FolderStore, name: str) -> Request[str | None]:
    made = reopen(store, SHARES[name]["link"])
    assert made is not None
    assert max(Image.open(made.after).size) == 96
    return made.choice.request


def names(request: Request[str | None]) -> list[str | None]:
    """What the pictures are called."""
    return [path and Path(path).name for path in (request.content, *request.styles)]


def test_shares_from_before_open(store: FolderStore) -> None:
    own = request_of(store, "own")
    assert (names(own), own.controls, own.max_side) == ([None, "picture-1.jpg"], from_before(0.65), 256)
    four = request_of(store, "photograph")
    assert names(four) == ["picture-0.jpg", "starry-night.jpg", "picture-1.jpg", "ducks.jpg", "composition-viii.jpg"]
    assert four.controls == from_before(mix=bilinear_mix(0.25, 1.0), keep_color=True)
    mix = request_of(store, "eight")
    assert mix.controls == from_before(mix=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8))


def test_shares_from_before_bring_their_regions_back(store: FolderStore) -> None:
    masks = request_of(store, "masks")
    assert masks.regions is not None
    assert (masks.regions.drawn, masks.regions.strengths) == (UPLOADED, (1.0, 1.0, 0.5, 1.0))
    assert [Image.open(str(path)).size for path in masks.regions.pictures] == [(48, 32)] * 2
    painting = request_of(store, "painting")
    assert names(painting)[3] is None
    assert painting.regions is not None
    assert (painting.regions.softness, painting.regions.strengths) == (0.04, (1.0, 0.7, 0.2, 1.0))


@pytest.mark.parametrize("name", ["painting", "first page"])
def test_paintings_from_before_come_back_pixel_by_pixel(store: FolderStore, name: str) -> None:
    regions = request_of(store, name).regions
    assert regions is not None
    assert regions.drawn == PAINTED
    assert regions.strengths == ((1.0,) * 4 if name == "first page" else (1.0, 0.7, 0.2, 1.0))
    (path,) = regions.pictures
    assert write_painting(kept_painting(str(path)))["runs"] == SHARES[name]["runs"]


@pytest.mark.parametrize("choice", [*CHOICES.values(), EIGHT], ids=[*CHOICES, "eight styles"])
def test_a_choice_of_examples_goes_through_an_address(choice: Choice) -> None:
    letters = to_address(choice)
    assert re.fullmatch(r"[\w-]+", letters)
    assert len(letters) < MAX_LETTERS
    assert from_address(letters) == choice


@pytest.mark.parametrize(
    "letters", ["", "x", "é", "AAAA", ADDRESSES["one"][:-6], "W10", "eyJ2ZXJzaW9uIjoxfQ", "A" * 9000]
)
def test_an_address_that_is_no_recipe_is_refused_in_one_sentence(letters: str) -> None:
    with pytest.raises(ValueError, match=r"^This .*\.$"):
        from_address(letters)


# As the first version of the page wrote it; must open for ever.
VERSION_1 = {
    "version": 1,
    "tab": "four",
    "content": "example:content/koala",
    "styles": ["example:style/ducks", None, "picture-0.jpg", "example:style/no-longer-there"],
    "masks": [],
    "settings": {"x": 0.25, "y": 1, "alpha": 1.0, "max_side": 512, "keep_color": False},
}
PAINT = {
    "version": 1,
    "tab": "paint",
    "content": None,
    "styles": [None] * 4,
    "masks": [],
    "settings": {"regions": "Centre", "softness": 0.2, "alpha": 1.0, "max_side": 512, "keep_color": False},
}


def test_the_first_version_still_opens() -> None:
    request = from_data(VERSION_1, lambda name: f"/kept/{name}").request
    assert request.content == KOALA
    assert request.styles == (DUCKS, None, "/kept/picture-0.jpg", None)
    assert request.controls == from_before(mix=bilinear_mix(0.25, 1))


def test_settings_that_are_not_there_are_those_of_the_page() -> None:
    request = from_data(PAINT | {"settings": {"was_once": "here"}}).request
    assert (request.controls, request.max_side) == (from_before(), 512)
    assert request.regions == Regions(PAINTED, (), 0.08, (1.0,) * 4)  # of the first pages


NO_NUMBERS = ["1", None, [], {}, True, float("nan"), float("inf"), -0.1, 10**400]


@pytest.mark.parametrize(
    "change",
    [
        *({"version": version} for version in (2, "1", None)),
        *({"tab": tab} for tab in ("admin", None, [], {"four": 1})),
        *({"content": content} for content in (7, ["example:content/koala"], "a" * 201)),
        *({"styles": styles} for styles in (None, "four", [None] * 3, [None] * 99, [1] * 4, ["a" * 10_000] * 4)),
        *({"masks": masks} for masks in (None, {}, ["a"] * 9, [[]])),
        *({"settings": settings} for settings in (None, [], "x")),
        *({"settings": {name: value}} for name in ("x", "y", "alpha", "max_side") for value in NO_NUMBERS),
        *({"settings": {"max_side": value}} for value in (255, 8193, 1e9)),
        *({"settings": {"stroke_size": value}} for value in (0.2, 4.5, *NO_NUMBERS)),
        *({"settings": {"dpi": value}} for value in (2401, 1.5, *NO_NUMBERS)),
        *({"settings": {"match_regions": value}} for value in (1.1, *NO_NUMBERS)),
        *({"settings": {"colors": value}} for value in ("grey", None, 1, ["style"], "x" * 100_000)),
        *(
            {"settings": {name: value}}
            for name in ("keep_color", "reconstruct", "enlarge")
            for value in ("false", None, 2, 0.5, ["x"] * 100_000)
        ),
    ],
)
def test_what_is_no_recipe_of_this_page_is_refused(change: dict) -> None:
    with pytest.raises(ValueError, match=r"^This (is not a recipe of this page|recipe cannot be read; .*)\.$"):
        from_data(VERSION_1 | change)


@pytest.mark.parametrize(
    "settings",
    [
        *({"regions": value} for value in ('<img src="https://evil.example/x">', "", None, 7, ["Centre"])),
        *({"softness": value} for value in NO_NUMBERS),
        *({"strength_4": value} for value in NO_NUMBERS),
    ],
)
def test_regions_that_are_none_are_refused_without_repeating_them(settings: dict) -> None:
    with pytest.raises(ValueError, match=r"^This is not a recipe of this page\.$"):
        from_data(PAINT | {"settings": settings})


@pytest.mark.parametrize("weights", [(0, 0), (1, 1.5), (1, "1"), (None, 1)])
def test_weights_that_are_none_are_refused(weights: tuple) -> None:
    data = VERSION_1 | {"tab": "mix", "styles": [None] * 2}
    with pytest.raises(ValueError, match="not a recipe"):
        from_data(data | {"settings": dict(zip(("weight_a", "weight_b"), weights, strict=True))})


def test_what_is_left_out_is_known_to_be_missing() -> None:
    choice = Choice("one", Request(KOALA, ("/mine/my-secret-style.jpg",), Controls()))
    data = to_data(choice)
    assert (data["styles"], data["whole"]) == ([None], False)
    assert not from_data(data).whole
    named = to_data(choice, {"/mine/my-secret-style.jpg": "picture-0.jpg"}.get)
    assert (named["styles"], named["whole"]) == (["picture-0.jpg"], True)
