"""A recipe: a choice as plain data that outlives the page, in addresses, in stored shares and in pictures.

Knows no widget and no store. This is the one place where what was written elsewhere, by this page or by anybody, is
checked by name, type, range and length. Recipes carry a version; every version there has been is read.
"""

import base64
import json
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from typing import Any

from sanet.engine.controls import COLORS, Controls, bilinear_mix, bilinear_point
from sanet.engine.request import MOST_STEPS, PAINTED, UPLOADED, Regions, Request
from sanet.errors import RefusedError
from sanet.image.masks import SOFTEST
from sanet.image.print_size import MOST_DPI
from sanet.image.region_presets import REGION_PRESETS
from sanet.image.stroke_size import LARGEST as COARSEST
from sanet.image.stroke_size import SMALLEST as FINEST
from sanet.web.choice import Choice
from sanet.web.examples import example_at, example_called

VERSION = 1
MAX_LETTERS = 8000
MAX_NAME = 200  # letters in the name of a picture
MAX_STYLES = 8
SMALLEST, LONGEST = 256, 8192  # pixels that the longer side of a result may have
# Of each tab, how many places for styles it has.
PLACES: Mapping[str, Container[int]] = {"one": (1,), "four": (4,), "paint": (4,), "mix": range(MAX_STYLES + 1)}
# Recipes hold the blur of soft edges in tenths of the shorter side, which was the most there was at first.
TENTHS = 10 * SOFTEST
# A recipe inside a picture begins with this; arrivals.js looks for it too.
MARK = "SANet Studio recipe "

Data = dict[str, Any]


def to_data(choice: Choice, name_file: Callable[[str], str | None] = lambda path: None) -> Data:
    """The choice as plain data; `name_file` names the pictures that are no examples, None leaves one out."""

    def name(path: str | None) -> str | None:
        example = example_at(path) if path else None
        return f"example:{example.name}" if example else name_file(path) if path else None

    request = choice.request
    drawn = (*request.styles, *choice.masks, *choice.style_masks)
    return {
        "version": VERSION,
        "tab": choice.tab,
        "content": name(request.content),
        "styles": [name(style) for style in request.styles],
        "masks": [named for mask in choice.masks if (named := name(mask))],
        **({"style_masks": [name(mask) for mask in choice.style_masks]} if choice.style_masks else {}),
        "settings": _settings(choice),
        "whole": choice.whole and all(name(path) for path in drawn if path),
    }


def _settings(choice: Choice) -> Data:
    """What is set, by the names that recipes use."""
    request, controls = choice.request, choice.request.controls
    settings: Data = {"alpha": controls.alpha, "max_side": request.max_side, "keep_color": controls.colors == "photo"}
    if controls.colors in ("style", "palette"):
        settings["colors"] = controls.colors
    if not controls.reconstruct:
        settings["reconstruct"] = False
    if request.polish:
        settings["polish"] = request.polish
    if request.stroke_size != 1:
        settings["stroke_size"] = request.stroke_size
    if request.enlarge:
        settings["enlarge"] = True
    if request.dpi:
        settings["dpi"] = request.dpi
    if request.match_regions:
        settings["match_regions"] = request.match_regions
    if choice.tab == "four" and controls.mix:
        settings["x"], settings["y"] = bilinear_point(controls.mix)
    if choice.tab == "mix":
        settings |= {f"weight_{letter}": weight for letter, weight in zip("abcdefgh", controls.mix or (), strict=False)}
    if request.regions:
        softness = round(request.regions.softness * TENTHS, 6)
        settings |= {"regions": request.regions.drawn, "softness": softness}
        settings |= {f"strength_{i}": strength for i, strength in enumerate(request.regions.strengths, 1)}
    if request.style_regions:
        settings["style_regions"] = request.style_regions.drawn
    return settings


def from_data(data: Any, find_file: Callable[[str], str | None] = lambda name: None) -> Choice:
    """The choice that `to_data` wrote down; `find_file` gives the paths of pictures that are no examples.

    Settings that there are no longer are passed over. Raises ValueError for anything that is no recipe, or one from a
    newer page.
    """
    version = data.get("version") if isinstance(data, dict) else None
    if version != VERSION:
        raise RefusedError("This recipe cannot be read; it may come from a newer version of the page.")
    tab, styles, masks, settings = (data.get(key) for key in ("tab", "styles", "masks", "settings"))
    _require(isinstance(tab, str) and tab in PLACES)
    _require(isinstance(styles, list) and len(styles) in PLACES[tab])
    _require(isinstance(masks, list) and len(masks) <= MAX_STYLES and isinstance(settings, dict))
    content, *found = (_found(name, find_file) for name in (data.get("content"), *styles))
    drawn = tuple(filter(None, (_found(name, find_file) for name in masks)))
    request = _request(tab, content, tuple(found), drawn, settings)
    if tab == "paint":
        request = replace(request, style_regions=_parts(data.get("style_masks", []), settings, find_file))
    return Choice(tab, request, data.get("whole", True) is True)


def _parts(names: Any, settings: Data, find_file: Callable[[str], str | None]) -> Regions[str | None] | None:
    """What is taken of the styles; all of them where the masks are missing."""
    drawn = settings.get("style_regions")
    if drawn is None:
        return None
    _require(isinstance(drawn, str) and drawn in (UPLOADED, *REGION_PRESETS))
    _require(isinstance(names, list) and len(names) <= MAX_STYLES)
    masks = [_found(name, find_file) for name in names]
    if drawn == UPLOADED and not (masks and all(masks)):
        return None
    return Regions(drawn, tuple(masks))


def _request(
    tab: str, content: str | None, styles: tuple[str | None, ...], masks: tuple[str, ...], settings: Data
) -> Request[str | None]:
    """With the defaults of the page for settings that are not there."""
    mix: tuple[float, ...] | None = None
    regions: Regions[str | None] | None = None
    if tab == "four":
        mix = bilinear_mix(_number(settings, "x", 0.5), _number(settings, "y", 0.5))
    elif tab == "mix" and styles:
        mix = tuple(_number(settings, f"weight_{letter}", 1.0) for letter, _ in zip("abcdefgh", styles, strict=False))
        _require(any(mix))
    elif tab == "paint":
        strengths = tuple(_number(settings, f"strength_{i}", 1.0) for i, _ in enumerate(styles, 1))
        drawn = settings.get("regions", PAINTED)
        _require(isinstance(drawn, str) and drawn in (PAINTED, UPLOADED, *REGION_PRESETS))
        softness = round(_number(settings, "softness", 0.2, most=TENTHS) / TENTHS, 6)
        regions = Regions(drawn, masks, softness, strengths)
    # The first recipes say nothing of it: there was no other way than to reconstruct.
    keep_color, reconstruct = _switch(settings, "keep_color", False), _switch(settings, "reconstruct", True)
    colors = settings.get("colors", "photo" if keep_color else "result")
    _require(isinstance(colors, str) and colors in COLORS)
    controls = Controls(_number(settings, "alpha", 1.0), mix, reconstruct=reconstruct, colors=colors)
    polish, dpi = _number(settings, "polish", 0, 0, MOST_STEPS), _number(settings, "dpi", 0, 0, MOST_DPI)
    _require(isinstance(polish, int) and isinstance(dpi, int))
    max_side = _number(settings, "max_side", 512, SMALLEST, LONGEST)
    stroke_size = _number(settings, "stroke_size", 1.0, FINEST, COARSEST)
    enlarge = _switch(settings, "enlarge", False)
    match = _number(settings, "match_regions", 0.0)
    return Request(content, styles, controls, max_side, regions, polish, stroke_size, enlarge, dpi, match)


def _number(settings: Data, name: str, default: Any, least: float = 0.0, most: float = 1.0) -> Any:
    """Numbers that are none or endless are in no range."""
    value = settings.get(name, default)
    _require(isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most)
    return value


def _switch(settings: Data, name: str, default: bool) -> bool:
    value = settings.get(name, default)
    _require(isinstance(value, bool | int) and value in (True, False))
    return bool(value)


def _found(name: Any, find_file: Callable[[str], str | None]) -> str | None:
    _require(name is None or (isinstance(name, str) and len(name) <= MAX_NAME))
    if name is None or not name.startswith("example:"):
        return find_file(name) if name else None
    example = example_called(name.removeprefix("example:"))
    return str(example.path) if example else None


def _require(fits: bool) -> None:
    if not fits:
        raise RefusedError("This is not a recipe of this page.")


def to_address(choice: Choice) -> str:
    """The whole recipe in letters that fit into an address; only for choices of examples."""
    text = json.dumps(to_data(choice), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def from_address(letters: str) -> Choice:
    """The choice that `to_address` wrote. Raises ValueError for anything else."""
    return _parsed(letters, lambda: base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4)))


def to_note(choice: Choice) -> str:
    """The recipe in ASCII that is kept inside a picture file: examples by name, and the settings."""
    return MARK + json.dumps(to_data(choice), separators=(",", ":"))


def from_note(note: str) -> Choice:
    """The choice that `to_note` wrote. Raises ValueError for anything else."""
    if not note.startswith(MARK):
        raise RefusedError("This picture holds no recipe.")
    return _parsed(note, lambda: note.removeprefix(MARK))


def _parsed(letters: str, decode: Callable[[], str | bytes]) -> Choice:
    if len(letters) > MAX_LETTERS:
        raise RefusedError("This recipe is too long.")
    try:
        data = json.loads(decode())
    except (ValueError, RecursionError) as error:
        raise RefusedError("This recipe is cut off or damaged.") from error
    return from_data(data)
