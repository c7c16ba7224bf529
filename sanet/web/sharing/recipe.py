"""A recipe: which pictures and settings made a result, as data that outlives the page.

Knows no widget and no store. Recipes carry a version; `Recipe.read` takes every version there has been.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sanet.web.examples import example_at, example_called

VERSION = 1
MAX_LETTERS = 8000
MAX_STYLES = 8
LARGEST = 1e6  # that a setting can be
TABS = ("one", "four", "paint", "mix")
# A recipe inside a picture begins with this; arrivals.js looks for it too.
MARK = "SANet Studio recipe "
Setting = float | bool | str


@dataclass(frozen=True)
class Recipe:
    """What the visitor chose on one tab.

    Pictures are paths on the page; written down they are "example:style/ducks" or whatever `name_file` calls them,
    and None is an empty place. `masks` are the painting or the uploaded masks of the tab "paint".
    """

    tab: str
    content: str | None
    styles: tuple[str | None, ...]
    settings: dict[str, Setting] = field(default_factory=dict)
    masks: tuple[str, ...] = ()
    whole: bool = True  # False once a style or mask was left out where the recipe was kept

    @property
    def pictures(self) -> tuple[str, ...]:
        """Every picture that is not an example."""
        given = (self.content, *self.styles, *self.masks)
        return tuple(path for path in given if path and example_at(path) is None)

    def completed(self, content: str | None, styles: Sequence[str | None]) -> "Recipe":
        """With the visitor's own among these pictures in the places of those that were left out."""

        def kept(known: str | None, now: str | None) -> str | None:
            return known or (now if now and example_at(now) is None else None)

        places = self.styles if self.whole else tuple(map(kept, self.styles, styles))
        return replace(self, content=kept(self.content, content), styles=places)

    def write(self, name_file: Callable[[str], str | None] = lambda path: None) -> dict[str, Any]:
        """The recipe as plain data; `name_file` names the pictures that are no examples, None leaves one out."""

        def name(path: str | None) -> str | None:
            example = example_at(path) if path else None
            return f"example:{example.name}" if example else name_file(path) if path else None

        return {
            "version": VERSION,
            "tab": self.tab,
            "content": name(self.content),
            "styles": [name(style) for style in self.styles],
            "masks": [named for mask in self.masks if (named := name(mask))],
            "settings": self.settings,
            "whole": self.whole and all(name(path) for path in (*self.styles, *self.masks) if path),
        }

    @staticmethod
    def read(data: Any, find_file: Callable[[str], str | None] = lambda name: None) -> "Recipe":
        """The recipe that `write` made; `find_file` gives the paths of pictures that are no examples.

        Raises ValueError for anything that is no recipe, or one from a newer page.
        """
        version = data.get("version") if isinstance(data, dict) else None
        if version != VERSION:
            raise ValueError("This recipe cannot be read; it may come from a newer version of the page.")

        def find(name: Any) -> str | None:
            if not isinstance(name, str):
                return None
            if not name.startswith("example:"):
                return find_file(name)
            example = example_called(name.removeprefix("example:"))
            return str(example.path) if example else None

        tab, styles, masks, settings = (data.get(key) for key in ("tab", "styles", "masks", "settings"))
        known = isinstance(styles, list) and isinstance(masks, list) and isinstance(settings, dict) and tab in TABS
        if (
            not known
            or len(styles) > MAX_STYLES
            or len(masks) > MAX_STYLES
            or not all(map(_is_setting, settings.values()))
        ):
            raise ValueError("This is not a recipe of this page.")
        found = tuple(filter(None, map(find, masks)))
        whole = data.get("whole", True) is True
        return Recipe(tab, find(data.get("content")), tuple(map(find, styles)), settings, found, whole)


def to_address(recipe: Recipe) -> str:
    """The whole recipe in letters that fit into an address; only for recipes made of examples."""
    text = json.dumps(recipe.write(), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def from_address(letters: str) -> Recipe:
    """The recipe that `to_address` wrote. Raises ValueError for anything else."""
    return _parsed(letters, lambda: base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4)))


def to_note(recipe: Recipe) -> str:
    """The recipe in ASCII that is kept inside a picture file: examples by name, and the settings."""
    return MARK + json.dumps(recipe.write(), separators=(",", ":"))


def from_note(note: str) -> Recipe:
    """The recipe that `to_note` wrote. Raises ValueError for anything else."""
    if not note.startswith(MARK):
        raise ValueError("This picture holds no recipe.")
    return _parsed(note, lambda: note.removeprefix(MARK))


def _parsed(letters: str, decode: Callable[[], str | bytes]) -> Recipe:
    if len(letters) > MAX_LETTERS:
        raise ValueError("This recipe is too long.")
    try:
        data = json.loads(decode())
    except (ValueError, RecursionError) as error:
        raise ValueError("This recipe is cut off or damaged.") from error
    return Recipe.read(data)


def _is_setting(value: Any) -> bool:
    """Numbers that are none, endless or too long for a float are no settings."""
    return isinstance(value, (bool, str)) or (isinstance(value, (int, float)) and abs(value) <= LARGEST)
