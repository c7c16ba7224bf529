"""The command that serves the page: `sanet serve`. Its options are the variables that app.py reads."""

import argparse
import os
from typing import Any

# Option -> variable, and what it means.
SETTINGS = {
    "host": ("GRADIO_SERVER_NAME", "address to listen on; 0.0.0.0 for other machines (default: 127.0.0.1)"),
    "port": ("GRADIO_SERVER_PORT", "default: 7860"),
    "checkpoint": ("SANET_CHECKPOINT", "'embedded', an id of the catalog, a folder or owner/name (default: embedded)"),
    "shares": ("SANET_SHARE_DIR", "folder that keeps what visitors share; '' for none (default: shares)"),
}


def add_commands(subparsers: Any) -> None:
    """Add `serve` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("serve", help="show the page in the browser until Ctrl-C")
    parser.set_defaults(func=serve_command)
    for option, (variable, words) in SETTINGS.items():
        kind = int if option == "port" else str
        parser.add_argument(f"--{option}", type=kind, metavar=option.upper(), help=f"{words}; overrides {variable}")


def serve_command(args: argparse.Namespace) -> int:
    """Serve the page. Raises ValueError for what keeps it from starting, such as a port that is taken."""
    for option, (variable, _) in SETTINGS.items():
        if (value := getattr(args, option)) is not None:
            os.environ[variable] = str(value)
    from sanet.web.serving.serve import serve  # Gradio reads its variables when it is imported

    serve()
    return 0
