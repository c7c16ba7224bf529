"""Recipes as data and as addresses, what a share stores, and the addresses beside the page."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from sanet.web.examples import CONTENTS, STYLES, example_called
from sanet.web.page import build_app, launch_options
from sanet.web.result import Made
from sanet.web.sharing.recipe import Recipe, from_address, to_address
from sanet.web.sharing.share import publish, reopen
from sanet.web.sharing.store import FolderStore

SETTINGS = {"alpha": 0.8, "max_side": 512, "keep_color": True}
EXAMPLES = Recipe("one", str(CONTENTS[0].path), (str(STYLES[0].path),), SETTINGS)
# As the first version of the page wrote it; must open for ever.
VERSION_1 = {
    "version": 1,
    "tab": "four",
    "content": "example:content/koala",
    "styles": ["example:style/ducks", None, "picture-0.jpg", "example:style/no-longer-there"],
    "masks": [],
    "settings": {"x": 0.25, "y": 1, "alpha": 1.0, "max_side": 512, "keep_color": False},
}


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "shares")


@pytest.fixture
def made(tmp_path: Path, noise) -> Made:
    """A result of two uploads."""
    files = [tmp_path / name for name in ("private-name.png", "style.png", "before.jpg", "private-name-style-a80.png")]
    for seed, file in enumerate(files):
        noise(64, 48, seed).save(file)
    photo, style, before, after = map(str, files)
    return Made(Recipe("one", photo, (style,), SETTINGS), before, after)


EIGHT = Recipe("mix", str(CONTENTS[1].path), tuple(str(style.path) for style in STYLES[:8]), {"weight_h": 0.5})


@pytest.mark.parametrize("recipe", [EXAMPLES, EIGHT], ids=["one style", "eight styles"])
def test_a_recipe_of_examples_goes_through_an_address(recipe: Recipe) -> None:
    letters = to_address(recipe)
    assert re.fullmatch(r"[\w-]+", letters)
    assert from_address(letters) == recipe


@pytest.mark.parametrize(
    "letters", ["", "x", "é", "AAAA", to_address(EXAMPLES)[:-6], "W10", "eyJ2ZXJzaW9uIjoxfQ", "A" * 9000]
)
def test_an_address_that_is_no_recipe_is_refused_in_one_sentence(letters: str) -> None:
    with pytest.raises(ValueError, match=r"^This .*\.$"):
        from_address(letters)


def test_the_first_version_still_opens() -> None:
    recipe = Recipe.read(VERSION_1, lambda name: f"/kept/{name}")
    koala, ducks = (example_called(name) for name in ("content/koala", "style/ducks"))
    assert koala is not None
    assert ducks is not None
    assert recipe.content == str(koala.path)
    assert recipe.styles == (str(ducks.path), None, "/kept/picture-0.jpg", None)
    assert recipe.settings["x"] == 0.25


@pytest.mark.parametrize("change", [{"version": 2}, {"tab": "admin"}, {"styles": [None] * 99}, {"settings": {"a": []}}])
def test_what_is_no_recipe_of_this_page_is_refused(change: dict) -> None:
    with pytest.raises(ValueError, match="recipe"):
        Recipe.read(VERSION_1 | change)


def test_a_share_comes_back_without_the_photograph_unless_asked(store: FolderStore, made: Made, tmp_path: Path) -> None:
    link, _ = publish(store, made, with_photograph=False)
    opened = reopen(store, link)
    assert opened is not None
    assert opened.recipe.content is None
    assert (Path(opened.after).name, opened.before) == ("picture.png", opened.after)
    assert Image.open(opened.after).tobytes() == Image.open(made.after).tobytes()
    assert Image.open(str(opened.recipe.styles[0])).size == (64, 48)
    assert opened.recipe.settings == SETTINGS
    everything = b"".join(file.read_bytes() for file in (tmp_path / "shares").rglob("*") if file.is_file())
    assert b"private-name" not in everything

    link, _ = publish(store, made, with_photograph=True)
    opened = reopen(store, link)
    assert opened is not None
    assert Image.open(str(opened.recipe.content)).size == (64, 48)
    assert Path(opened.after).name == "private-name-style-a80.png"


@pytest.fixture
def served(store: FolderStore) -> Iterator[str]:
    app = build_app(None, store)  # type: ignore[arg-type]
    _, url, _ = app.launch(**launch_options(store), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url
    app.close()


def test_the_preview_unfolds_behind_a_proxy(served: str, store: FolderStore, made: Made) -> None:
    link, secret = publish(store, made, with_photograph=False)
    forwarded = {"x-forwarded-host": "studio.example", "x-forwarded-proto": "https"}
    answer = httpx.get(f"{served}gradio_api/shared/{link}", headers=forwarded)
    assert f'og:image" content="https://studio.example/gradio_api/shared/{link}/picture.jpg"' in answer.text
    assert 'name="twitter:card" content="summary_large_image"' in answer.text
    assert f"url=../../?r={link}" in answer.text  # relative: a path in front of the page stays
    picture = httpx.get(f"{served}gradio_api/shared/{link}/picture.jpg")
    assert (picture.headers["content-type"], picture.headers["x-content-type-options"]) == ("image/jpeg", "nosniff")

    korean = {"accept-language": "ko-KR,ko;q=0.9"}
    assert "SANet Studio로 만든 그림" in httpx.get(f"{served}gradio_api/shared/{link}", headers=korean).text

    address = f"{served}gradio_api/shared/{link}/delete/{secret}"
    asked = httpx.get(address, headers=korean)
    assert '<html lang="ko">' in asked.text
    assert "삭제할까요?" in asked.text
    assert '<html lang="en">' in httpx.get(address).text
    assert httpx.get(address).status_code == 200
    assert store.get(link) is not None  # looking at the address deletes nothing
    assert httpx.post(address[:-1] + "_").status_code == 404
    assert httpx.post(address).status_code == 200
    assert store.get(link) is None


@pytest.mark.parametrize("link", ["x", "A" * 22, "..%2f..%2fetc%2fpasswd", "%00", "<script>"])
def test_a_bad_id_gets_a_page_that_says_so(served: str, link: str) -> None:
    for address in (link, f"{link}/picture.jpg", f"{link}/delete/x"):
        answer = httpx.get(f"{served}gradio_api/shared/{address}")
        assert answer.status_code == 404
        assert "script" not in answer.text
