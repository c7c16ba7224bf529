"""Command line: `python -m sanet`, with the commands of `painting_cli`, `checkpoints_cli` and `training_cli`.

Errors are one line on stderr and exit code 2.
"""

import argparse
import logging
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from sanet.cli import checkpoints as checkpoints_cli
from sanet.cli import stylize as painting_cli
from sanet.cli import training as training_cli

STOPPED = 130  # what shells report of a process that Ctrl-C ended


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of printing the usage first."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of `python -m sanet`; each command stores the function that runs it as `func`."""
    parser = _Parser(prog="sanet", description="Style transfer with style-attentional networks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (painting_cli, checkpoints_cli, training_cli):
        module.add_commands(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Parse `argv` and run its command; the exit code."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("sanet").setLevel(logging.INFO)
    warnings.filterwarnings("ignore", module="PIL")  # of damaged and of huge pictures, which are refused in our words
    args = build_parser().parse_args(argv)
    try:
        return args.func(args)
    except (ValueError, OSError) as error:
        print(f"sanet: {_sentence(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("sanet: Stopped.", file=sys.stderr)
        return STOPPED


def _sentence(error: Exception) -> str:
    """On one line; what the system says without its number."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}."
    return " ".join(str(error).split())
