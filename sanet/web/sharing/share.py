"""From a result to a share and back: what is stored, under which names, and how it is opened again.

Knows the store and the recipe, no widget. Every picture is decoded and written anew, so that a share holds pictures and
nothing else; the visitor's photograph and the names of their files are left out unless asked for.
"""

import io
import shutil
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from sanet.image.decode import open_picture, open_saved
from sanet.image.size import fit
from sanet.image.transparency import on_white
from sanet.web.choice import Choice
from sanet.web.examples import example_at
from sanet.web.files import new_folder
from sanet.web.result import Made
from sanet.web.sharing.recipe import from_data, to_data
from sanet.web.sharing.store import Shared, ShareStore

STORED_SIDE = 1024  # of the pictures that a result was made of; the result itself is stored whole
PREVIEW_SIDE = 1200
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png"}


def publish(store: ShareStore, made: Made, with_photograph: bool) -> tuple[str, str]:
    """Store a result; returns the id of its link and the secret that deletes it. Raises ValueError if too large."""
    content = made.choice.request.content
    public = with_photograph or bool(content and example_at(content))
    names = _names(made.choice, with_photograph)
    result = open_saved(made.after)
    files = {
        "result": written(result, "PNG", made.choice.request.dpi),
        "preview": written(fit(on_white(result), PREVIEW_SIDE), "JPEG"),
    }
    if public:
        files["before"] = written(open_saved(made.before), "JPEG")
    for path, name in names.items():
        files[name] = written(fit(open_picture(path), STORED_SIDE), "PNG" if name.endswith(".png") else "JPEG")
    names_nothing = not made.choice.own_pictures or with_photograph  # the result is called after its pictures
    name = Path(made.after).name if names_nothing else "picture.png"
    return store.put({"recipe": to_data(made.choice, names.get), "name": name}, files)


def _names(choice: Choice, with_photograph: bool) -> Mapping[str, str]:
    """What the visitor's own pictures are called in a share, by their paths; those that it leaves out are missing."""
    left_out = None if with_photograph else choice.request.content
    kept = [path for path in dict.fromkeys(choice.own_pictures) if path != left_out]
    kinds = ["PNG" if path in (*choice.masks, *choice.style_masks) else "JPEG" for path in kept]
    return {path: f"picture-{i}{SUFFIXES[kind]}" for i, (path, kind) in enumerate(zip(kept, kinds, strict=True))}


def reopen(store: ShareStore, link: str) -> Made | None:
    """The result behind a link, as files on the page; None if there is none. Raises ValueError for a newer recipe."""
    shared = store.get(link)
    if shared is None or "recipe" not in shared.note:  # a clip is no result of a tab
        return None
    try:
        return _opened(shared)
    except FileNotFoundError:  # deleted at this moment
        return None


def _opened(shared: Shared) -> Made:
    folder = new_folder()

    def file(name: str, called: str | None = None) -> str | None:
        if name not in shared.files:
            return None
        path = folder / Path(called or name).name
        shutil.copyfile(shared.files[name], path)
        return str(path)

    choice = from_data(shared.note["recipe"], file)
    after = str(file("result", shared.note["name"]))
    return Made(choice, file("before", "before.jpg") or after, after, made_here=False)


def written(picture: Image.Image, kind: str, dpi: int = 0) -> bytes:
    """A file without metadata but dots per inch, unless `dpi` is 0: pictures that were opened have none."""
    buffer = io.BytesIO()
    if kind == "JPEG":
        picture = on_white(picture)
    picture.save(buffer, kind, quality=90, **({"dpi": (dpi, dpi)} if dpi else {}))
    return buffer.getvalue()
