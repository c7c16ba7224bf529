"""SANet Studio as a web page: `python app.py`, or a Hugging Face Space."""

import os
from pathlib import Path

import sanet
from sanet.web.page import build_app, launch_options
from sanet.web.share_store import FolderStore, ShareStore


def main() -> None:
    """Serve the page; `SANET_CHECKPOINT` names the checkpoint, Gradio's own variables the address."""
    engine = sanet.load(os.environ.get("SANET_CHECKPOINT", "embedded"))
    store = share_store()
    build_app(engine, store).launch(**launch_options(store))


def share_store() -> ShareStore | None:
    """The folder `SANET_SHARE_DIR`. A Space has no folder that lasts unless one is mounted and named."""
    folder = os.environ.get("SANET_SHARE_DIR", "" if "SPACE_ID" in os.environ else "shares")
    return FolderStore(Path(folder)) if folder else None


if __name__ == "__main__":
    main()
