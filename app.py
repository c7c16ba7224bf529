"""SANet Studio as a web page: `python app.py`, or a Hugging Face Space."""

import os

import sanet
from sanet.web.page import build_app, launch_options


def main() -> None:
    """Serve the page; `SANET_CHECKPOINT` names the checkpoint, Gradio's own variables the address."""
    engine = sanet.load(os.environ.get("SANET_CHECKPOINT", "embedded"))
    build_app(engine).launch(**launch_options())


if __name__ == "__main__":
    main()
