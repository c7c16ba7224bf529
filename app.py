"""SANet Studio as a web page: `python app.py`, or a Hugging Face Space."""

import os
import signal
import sys
from pathlib import Path

if __name__ == "__main__":
    # Ctrl-C ends the process without a traceback, until the page is there and Gradio closes it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from sanet.checkpoints.catalog import entry_for, read_catalog
from sanet.web.page import build_app, launch_options
from sanet.web.serving.hot_swap import CurrentEngine
from sanet.web.serving.zero_gpu import on_zero_gpu
from sanet.web.sharing.store import FolderStore, ShareStore


def main() -> None:
    """Serve the page; `SANET_CHECKPOINT` names the checkpoint, Gradio's own variables the address."""
    try:
        entries = read_catalog()
    except ValueError as error:
        sys.exit(f"SANet Studio: {error}")
    current = CurrentEngine(entry_for(os.environ.get("SANET_CHECKPOINT") or "embedded", entries), entries)
    store = share_store()
    page = build_app(on_zero_gpu(current), store, current)
    page.launch(**launch_options(store), prevent_thread_lock=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    page.block_thread()


def share_store() -> ShareStore | None:
    """The folder `SANET_SHARE_DIR`. A Space has no folder that lasts unless one is mounted and named."""
    folder = os.environ.get("SANET_SHARE_DIR", "" if "SPACE_ID" in os.environ else "shares")
    return FolderStore(Path(folder)) if folder else None


if __name__ == "__main__":
    main()
