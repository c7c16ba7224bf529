"""From a result to a file that a visitor keeps, and back. Knows the recipe, no widget."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sanet.image.decode import open_picture, open_saved
from sanet.image.save import read_note, save_picture
from sanet.image.size import fit
from sanet.image.transparency import on_white
from sanet.web.files import new_folder
from sanet.web.result import Made
from sanet.web.sharing.recipe import from_note, to_note

SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WebP": ".webp"}


def write_result(made: Made, kind: str, quality: int, with_recipe: bool) -> str:
    """A file of a result, under the result's name, in one of the formats `SUFFIXES`; `quality` is 1 to 100.

    The recipe holds the names of examples and the settings, never a picture of the visitor's.
    """
    if kind == "PNG" and made.after.endswith(".png") and not with_recipe:
        return made.after
    path = (new_folder() / Path(made.after).name).with_suffix(SUFFIXES[kind])
    note = to_note(made.choice) if with_recipe else ""
    save_picture(open_saved(made.after), path, quality, note, made.choice.request.dpi)
    return str(path)


def open_result(paths: Sequence[str]) -> Made:
    """The result in a file that holds its recipe; a second file is the photograph before, if it was kept.

    A photograph of the visitor's own is in no recipe: the one before stands in for it. Raises ValueError for a file
    without a recipe.
    """
    choice = from_note(read_note(paths[0]))
    picture = open_picture(paths[0])
    folder = new_folder()
    before, after = folder / "before.jpg", folder / f"{Path(paths[0]).stem}.png"
    save_picture(picture, after, dpi=choice.request.dpi)
    photograph = paths[1] if len(paths) > 1 else choice.request.content
    if photograph is None:
        return Made(choice, str(after), str(after), made_here=False)
    save_picture(on_white(fit(open_picture(photograph), max(picture.size))), before)
    request = replace(choice.request, content=choice.request.content or str(before))
    return Made(replace(choice, request=request), str(before), str(after), made_here=False)
