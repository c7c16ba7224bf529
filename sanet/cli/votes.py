"""Commands about the votes of the page's visitors: `sanet votes export | results`. Words and exit codes only."""

import argparse
import csv
import io
import os
import sys
from pathlib import Path
from typing import Any

from sanet.cli.results import check_places, write_whole
from sanet.votes.results import Measured, Standing, standings
from sanet.votes.store import COLUMNS, VoteStore

TITLES = {
    "style": "Closer to the style",
    "photograph": "Keeps the photograph better",
    "keep": "Would be kept",
}
HEAD = f"{'':12} {'votes':>7}  {'share in %':^18}  {'Bradley-Terry score':^22}"


def add_commands(subparsers: Any) -> None:
    """Add `votes` to the `subparsers` of an `argparse` parser; each command sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("votes", help="what visitors of the page have voted")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    export = commands.add_parser("export", help="every vote as a line of CSV, without the browsers")
    export.set_defaults(func=export_command)
    export.add_argument("-o", "--out", type=Path, metavar="OUT", help="file to write (default: standard output)")
    results = commands.add_parser("results", help="shares and scores of the methods with 95 %% intervals")
    results.set_defaults(func=results_command)
    for command in (export, results):
        command.add_argument("--votes", type=Path, metavar="FILE", help="overrides SANET_VOTES")


def export_command(args: argparse.Namespace) -> int:
    """Write the votes. Raises ValueError if there are none, or if they cannot be written."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(_store(args.votes).rows())
    if args.out is None:
        sys.stdout.write(text.getvalue())
        return 0
    check_places([args.out], [])

    def write(part: Path) -> None:
        part.write_text(text.getvalue(), encoding="utf-8", newline="")

    write_whole(args.out, write)
    print(args.out)
    return 0


def results_command(args: argparse.Namespace) -> int:
    """Print a table for each question. Raises ValueError if there is no file of votes."""
    for question, wins in _store(args.votes).wins().items():
        print(f"{TITLES[question]}: {sum(wins.values())} votes")
        print(HEAD)
        for method, standing in standings(wins).items():
            print(_line(method, standing))
        print()
    return 0


def _line(method: str, standing: Standing) -> str:
    share = Measured(*(100 * value for value in standing.share))
    return f"{method:12} {standing.shown:7}  {_interval(share, '5.1f'):^18}  {_interval(standing.score, '+.2f'):^22}"


def _interval(measured: Measured, form: str) -> str:
    return f"{measured.value:{form}} ({measured.low:{form}} to {measured.high:{form}})"


def _store(named: Path | None) -> VoteStore:
    from sanet.web.serving.serve import votes_file

    path = named or votes_file(os.environ)
    if path is None or not path.is_file():
        raise ValueError(f"There are no votes at {path or 'all'}: name their file with --votes or SANET_VOTES.")
    return VoteStore(path)
