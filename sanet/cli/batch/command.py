"""The command that paints many pictures: `sanet batch`. Words and exit codes only.

Ended in any way, the same command goes on: what is whole is not painted again. A row that fails does not stop the rest:
it is in the report, and the exit code is 1.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from sanet.cli.inputs import describe_others, list_pictures
from sanet.cli.options import add_out, add_painting_options, read_count, read_dpi, read_mix, read_steps, sizes_of
from sanet.cli.results import FORMATS, check_places

if TYPE_CHECKING:
    from sanet.cli.batch.manifest import Refused, Row  # which come with torch

SHARD = 1000  # pictures


def add_commands(subparsers: Any) -> None:
    """Add `batch` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("batch", help="paint many pictures, in several processes; goes on where it ended")
    parser.set_defaults(func=batch_command)
    parser.add_argument("source", type=Path, help="a folder of photographs, or a manifest, .csv")
    parser.add_argument("styles", type=Path, nargs="*", metavar="style", help="pictures, mixed; a folder with --pairs")
    add_out(parser, "a folder for the results")
    parser.add_argument(
        "--pairs", choices=("all", "zip"), help="every photograph in every style, or the first in the first and so on"
    )
    parser.add_argument("--mix", type=read_mix, metavar="W,W,...", help="one weight per style (default: equal)")
    parser.add_argument("--format", choices=FORMATS, default="png", help="of results (default: png)")
    parser.add_argument(
        "--shards",
        type=read_count,
        nargs="?",
        const=SHARD,
        metavar="N",
        help=f"write tar files of N pictures each, as WebDataset reads them ({SHARD} unless told otherwise)",
    )
    parser.add_argument("--polish", type=read_steps, default=0, metavar="STEPS", help="of every picture (default: 0)")
    parser.add_argument("--dpi", type=read_dpi, metavar="N", help="dots per inch that the results say")
    parser.add_argument(
        "--workers", type=read_count, metavar="N", help="processes (default: one per core, as far as memory goes)"
    )
    parser.add_argument("--dry-run", action="store_true", help="paint a few without writing, and say how long all take")
    add_painting_options(parser)


def batch_command(args: argparse.Namespace) -> int:
    """Run `batch` and return the exit code. Raises ValueError and OSError for bad input."""
    from sanet.cli.batch.manifest import without_dots
    from sanet.cli.batch.outputs import REPORT, Folder, Shards, clear
    from sanet.cli.batch.run import Batch

    if args.out.exists() and not args.out.is_dir():
        raise ValueError(f"OUT must be a folder, got the file {args.out}.")
    rows, refused, passed = _rows(args)
    rows = without_dots(rows) if args.shards else rows
    suffix = FORMATS[args.format]

    def batch() -> Batch:
        results = Shards(args.out, suffix, args.shards) if args.shards else Folder(args.out, suffix)
        return Batch(rows, refused, results, args.checkpoint, args.device, suffix, args.workers)

    if args.dry_run:
        print(batch().forecast())
        return int(bool(refused))
    outs = [args.out / REPORT, *([] if args.shards else [args.out / f"{row.name}{suffix}" for row in rows])]
    check_places(outs, _inputs(args, rows))
    try:
        with FileLock(args.out / ".lock", timeout=0):
            clear(args.out)
            failed = batch().run(args.out)
    except Timeout:
        raise ValueError(f"Another sanet batch writes to {args.out}.") from None
    if failed:
        print(f"{len(failed)} failed; why is in {args.out / REPORT}, first: {failed[0].problem}", file=sys.stderr)
    if passed:
        print(passed, file=sys.stderr)
    count = len(rows) + len(refused)
    print(f"{count - len(failed)} of {count} pictures are in {args.out}")
    return int(bool(failed))


def _rows(args: argparse.Namespace) -> tuple[list["Row"], list["Refused"], str]:
    """What to paint, what cannot be, and what was passed over, in one line."""
    from sanet.cli.batch.manifest import check_settings, mix, pair, read_manifest

    side, enlarge = sizes_of(args)
    names = ("alpha", "mix", "colors", "reconstruct", "polish", "stroke_size", "match_regions", "dpi")
    settings = {name: getattr(args, name) for name in names} | {"max_side": side, "enlarge": enlarge}
    if not args.source.is_dir():
        if args.styles or args.pairs or args.mix:
            raise ValueError("A manifest says which styles; leave styles, --pairs and --mix out.")
        check_settings(settings)
        return *read_manifest(args.source, settings), ""
    if not args.styles:
        raise ValueError(f"{args.source} is a folder of photographs: name styles, or --pairs and a folder of styles.")
    contents, others = list_pictures(args.source)
    if not args.pairs:
        return mix(contents, args.styles, settings), [], describe_others(others)
    if len(args.styles) > 1:
        raise ValueError(f"--pairs needs one folder of styles, got {len(args.styles)}.")
    styles, more = list_pictures(args.styles[0])
    return pair(contents, styles, args.pairs, settings), [], describe_others([*others, *more])


def _inputs(args: argparse.Namespace, rows: Sequence["Row"]) -> set[Path]:
    """All files that are read."""
    inputs = {args.source}
    for row in rows:
        request = row.request
        inputs |= {request.content, *request.styles}
        for regions in filter(None, (request.regions, request.style_regions)):
            inputs |= set(regions.pictures)
    return inputs
