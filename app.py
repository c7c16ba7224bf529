"""SANet Studio as a web page: `python app.py`, or a Hugging Face Space."""

import os

from sanet.catalog import entry_for, read_catalog
from sanet.current import CurrentEngine
from sanet.web.page import build_app, launch_options
from sanet.web.zero_gpu import on_zero_gpu


def main() -> None:
    """Serve the page; `SANET_CHECKPOINT` names the checkpoint, Gradio's own variables the address."""
    entries = read_catalog()
    current = CurrentEngine(entry_for(os.environ.get("SANET_CHECKPOINT", "embedded"), entries), entries)
    build_app(on_zero_gpu(current), current).launch(**launch_options())


if __name__ == "__main__":
    main()
