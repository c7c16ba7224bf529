"""SANet Studio as a web page: `python app.py`, or a Hugging Face Space."""

import signal
import sys

if __name__ == "__main__":
    # Ctrl-C ends the process without a traceback, until the page is there and Gradio closes it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from sanet.engine.onednn import keep_fewer_primitives
from sanet.web.serving.serve import serve


def main() -> None:
    """Serve the page; what keeps it from starting ends the program in one line."""
    keep_fewer_primitives()
    try:
        serve()
    except ValueError as error:
        sys.exit(f"SANet Studio: {error}")


if __name__ == "__main__":
    main()
