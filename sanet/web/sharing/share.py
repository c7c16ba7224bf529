"""From a result to a share and back: what is stored, under which names, and how it is opened again.

Knows the store and the recipe, no widget. Every picture is decoded and written anew, so that a share holds pictures and
nothing else; the visitor's photograph and its file name are left out unless asked for.
"""

import io
from pathlib import Path

from PIL import Image

from sanet.image.decode import fit, on_white, open_picture, open_saved
from sanet.web.examples import example_at
from sanet.web.result import Made, new_folder
from sanet.web.sharing.recipe import Recipe
from sanet.web.sharing.store import ShareStore

STORED_SIDE = 1024  # of the pictures that a result was made of; the result itself is stored whole
PREVIEW_SIDE = 1200
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png"}


def publish(store: ShareStore, made: Made, with_photograph: bool) -> tuple[str, str]:
    """Store a result; returns the id of its link and the secret that deletes it. Raises ValueError if too large."""
    recipe, files = made.recipe, {}
    public = with_photograph or bool(recipe.content and example_at(recipe.content))
    files["result"] = _written(open_saved(made.after), "PNG")
    files["preview"] = _written(fit(on_white(open_saved(made.after)), PREVIEW_SIDE), "JPEG")
    if public:
        files["before"] = _written(open_saved(made.before), "JPEG")
    names: dict[str, str | None] = {}
    for path in recipe.pictures:
        if path == recipe.content and not with_photograph:
            names[path] = None
        elif path not in names:
            kind = "PNG" if path in recipe.masks else "JPEG"
            names[path] = f"picture-{len(names)}{SUFFIXES[kind]}"
            files[str(names[path])] = _written(fit(open_picture(path), STORED_SIDE), kind)
    name = Path(made.after).name if public else "picture.png"
    return store.put({"recipe": recipe.write(names.get), "name": name}, files)


def reopen(store: ShareStore, link: str) -> Made | None:
    """The result behind a link, as files on the page; None if there is none. Raises ValueError for a newer recipe."""
    shared = store.get(link)
    if shared is None:
        return None
    folder = new_folder()

    def file(name: str, called: str | None = None) -> str | None:
        if name not in shared.files:
            return None
        path = folder / Path(called or name).name
        path.write_bytes(shared.files[name])
        return str(path)

    recipe = Recipe.read(shared.note["recipe"], file)
    after = str(file("result", shared.note["name"]))
    return Made(recipe, file("before", "before.jpg") or after, after, made_here=False)


def _written(picture: Image.Image, kind: str) -> bytes:
    """A file without metadata: pictures that were opened have none."""
    buffer = io.BytesIO()
    if kind == "JPEG":
        picture = on_white(picture)
    picture.save(buffer, kind, quality=90)
    return buffer.getvalue()
