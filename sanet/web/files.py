"""The page's files: uploads read, results in folders of their own under names that every system takes."""

import re
import uuid
from pathlib import Path

from gradio.utils import get_upload_folder
from PIL import Image

from sanet.image.decode import open_picture
from sanet.image.transparency import on_white

KEEP_FILES = 24 * 3600  # seconds


def glimpse(path: str | None) -> Image.Image | None:
    """The picture at `path` without transparency, or None if there is none to show; the upload's check says why."""
    try:
        return on_white(open_picture(path)) if path else None
    except (ValueError, FileNotFoundError):
        return None


def new_folder() -> Path:
    """An empty folder that the page may show files from."""
    folder = Path(get_upload_folder()) / "made" / uuid.uuid4().hex
    folder.mkdir(parents=True)
    return folder


def file_name(content: str, style: str, alpha: float) -> str:
    """`<content>-<style>-a80` from the names of the files, safe on every system."""
    parts = (safe_name(Path(part).stem) or "picture" for part in (content, style))
    return "-".join(parts) + f"-a{round(alpha * 100)}"


def safe_name(text: str) -> str:
    """At most 40 letters and digits of a text with hyphens between, as a part of a file's name; "" if it has none."""
    return re.sub(r"[^\w]+", "-", text).strip("-").lower()[:40]
