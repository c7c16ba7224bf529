"""Command line: `sanet` or `python -m sanet`, with the commands of the modules beside this one.

Errors are one line on stderr and exit code 2.
"""

import argparse
import codecs
import io
import logging
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from sanet.cli import (
    checkpoints,
    compare,
    encoders,
    evaluate,
    info,
    protocol,
    serve,
    sheet,
    stylize,
    tour,
    training,
    video,
    votes,
)
from sanet.cli.batch import command as batch
from sanet.engine.onednn import keep_fewer_primitives
from sanet.errors import one_line

STOPPED = 130  # what shells report of a process that Ctrl-C ended


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of printing the usage first."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of `sanet`; each command stores the function that runs it as `func`."""
    parser = _Parser(prog="sanet", description="Style transfer with style-attentional networks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (
        stylize,
        batch,
        video,
        sheet,
        tour,
        compare,
        serve,
        checkpoints,
        training,
        encoders,
        evaluate,
        info,
        protocol,
        votes,
    ):
        module.add_commands(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Parse `argv` and run its command; the exit code."""
    _print_anything()
    keep_fewer_primitives()
    logging.basicConfig(format="%(message)s")
    logging.getLogger("sanet").setLevel(logging.INFO)
    warnings.filterwarnings("ignore", module="PIL")  # of damaged and of huge pictures, which are refused in our words
    args = build_parser().parse_args(argv)
    try:
        return args.func(args)
    except (ValueError, OSError) as error:
        print(f"sanet: {one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("sanet: Stopped.", file=sys.stderr)
        return STOPPED


def _print_anything() -> None:
    """File names and words of other languages are printed in any locale; a plain "C" says nothing of the terminal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_utf8 = codecs.lookup(stream.encoding).name in {"utf-8", "ascii"}
            stream.reconfigure(
                encoding="utf-8" if is_utf8 else None, errors="surrogateescape" if is_utf8 else "backslashreplace"
            )
