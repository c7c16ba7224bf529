"""From a visitor's choices to files on the page: reads uploads, calls the engine, names and writes the result."""

import html
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import fit, on_white, open_picture, save_picture
from sanet.web.i18n import said, translated
from sanet.web.sharing.recipe import Recipe

KEEP_FILES = 24 * 3600  # seconds
CLEARED_AWAY = "The server has cleared away one of these pictures, as it does after a day. Choose it again."
BROKEN = "This went wrong on the server, whose log says why. Try again, or with other pictures."
# Every event that runs the model shares this queue, one at a time.
MODEL_QUEUE = {"concurrency_id": "model", "concurrency_limit": 1}
# Events that only move pictures about the page: answered at once, not part of the public interface.
QUICK: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
# The same in a queue, because only queued events can show a notice; not in the model's, so that they need not wait.
NOTICED: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 4}


@dataclass(frozen=True)
class Made:
    """A result on the page: how it was made, and the files before and after."""

    # Gradio sees by the hash that there is a new result; its files are new each time.
    recipe: Recipe = field(hash=False)
    before: str
    after: str
    made_here: bool = True  # rather than opened again from a link or a file


Result = tuple[str, tuple[str, str], str, Made]


@contextmanager
def explained() -> Iterator[None]:
    """Turns what the library refuses, and whatever else goes wrong, into one sentence on the page."""
    try:
        yield
    except gr.Error:  # a ValueError, too, but in the page's own words
        raise
    except ValueError as error:
        sentence = html.escape(translated(str(error)))
        raise gr.Error(sentence, print_exception=False) from error
    except FileNotFoundError as error:
        raise gr.Error(translated(CLEARED_AWAY)) from error
    except Exception as error:  # its own words may hold paths of the server; Gradio prints it into the log
        raise gr.Error(translated(BROKEN)) from error


def read(path: str | None, what: str) -> Image.Image:
    """The picture at `path`. Raises ValueError naming `what` if nothing was chosen."""
    if not path:
        raise ValueError(f"Choose {what} first: upload one or click an example.")
    return open_picture(path)


def glimpse(path: str | None) -> Image.Image | None:
    """The picture at `path` without transparency, or None if there is none to show; the upload's check says why."""
    try:
        return on_white(open_picture(path)) if path else None
    except (ValueError, FileNotFoundError):
        return None


def stylize(
    engine: Stylizer,
    content: Image.Image,
    styles: Sequence[Image.Image],
    controls: Controls,
    max_side: int,
    name: str,
    recipe: Recipe,
    report: Callable[[float, str], None],
) -> Result:
    """The result's file, the pair (before, after) for the comparison, a note of time and size, and how it was made."""
    start = time.perf_counter()
    picture = engine.stylize(content, styles, controls, max_side, report)
    seconds = time.perf_counter() - start
    folder = new_folder()
    before, after = folder / "before.jpg", folder / f"{name}.png"
    save_picture(on_white(fit(content, max_side)), before)
    save_picture(picture, after)
    note = said("made", width=picture.width, height=picture.height, seconds=f"{seconds:.1f}")
    return str(after), (str(before), str(after)), note, Made(recipe, str(before), str(after))


def new_folder() -> Path:
    """An empty folder that the page may show files from; clears away those of `KEEP_FILES` seconds ago.

    Gradio deletes only what a widget has shown, and no folders.
    """
    home = Path(get_upload_folder()) / "made"
    folder = home / uuid.uuid4().hex
    folder.mkdir(parents=True)
    for old in home.iterdir():
        with suppress(OSError):  # somebody else was faster
            if old.stat().st_mtime < time.time() - KEEP_FILES:
                shutil.rmtree(old, ignore_errors=True)
    return folder


def file_name(content: str, style: str, alpha: float) -> str:
    """`<content>-<style>-a80` from the names of the files, safe on every system."""
    parts = (safe_name(Path(part).stem) or "picture" for part in (content, style))
    return "-".join(parts) + f"-a{round(alpha * 100)}"


def safe_name(text: str) -> str:
    """At most 40 letters and digits of a text with hyphens between, as a part of a file's name; "" if it has none."""
    return re.sub(r"[^\w]+", "-", text).strip("-").lower()[:40]
