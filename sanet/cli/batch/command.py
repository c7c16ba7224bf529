"""The command that paints many pictures: `sanet batch`. Words and exit codes only.

Ended in any way, the same command goes on: what is whole is not painted again. A row that fails does not stop the rest:
it is in the report, and the exit code is 1.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from sanet.cli.batch.ray_cluster import check_address
from sanet.cli.batch.storage import File, Url, import_extra, list_files, to_file
from sanet.cli.inputs import describe_others
from sanet.cli.options import (
    add_out,
    add_painting_options,
    read_count,
    read_dpi,
    read_gpus,
    read_mix,
    read_steps,
    sizes_of,
)
from sanet.cli.results import FORMATS, check_places

if TYPE_CHECKING:
    from sanet.cli.batch.rows import Refused, Row  # which come with torch

SHARD = 1000  # pictures


def add_commands(subparsers: Any) -> None:
    """Add `batch` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("batch", help="paint many pictures, in several processes; goes on where it ended")
    parser.set_defaults(func=batch_command)
    parser.add_argument("source", type=to_file, help="a folder of photographs, or a manifest, .csv or .parquet")
    parser.add_argument(
        "styles", type=to_file, nargs="*", metavar="style", help="pictures, mixed; a folder with --pairs"
    )
    add_out(parser, "a folder for the results, or its URL such as s3://bucket/results", to_file)
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
        help=f"write files of N pictures each, as --shard-format says ({SHARD} unless told otherwise)",
    )
    parser.add_argument(
        "--shard-format",
        choices=("tar", "parquet"),
        default="tar",
        help="of shards: tar files as WebDataset reads them, or tables (default: tar)",
    )
    parser.add_argument("--polish", type=read_steps, default=0, metavar="STEPS", help="of every picture (default: 0)")
    parser.add_argument("--dpi", type=read_dpi, metavar="N", help="dots per inch that the results say")
    parser.add_argument(
        "--workers", type=read_count, metavar="N", help="processes (default: one per core, as far as memory goes)"
    )
    parser.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="paint in a Ray cluster: its address, 'auto' for the one of this machine, 'local' to start one for this",
    )
    parser.add_argument(
        "--gpus",
        type=read_gpus,
        metavar="N",
        help="what each worker of --ray takes of a GPU, such as 0.25 (default: 0)",
    )
    parser.add_argument("--dry-run", action="store_true", help="paint a few without writing, and say how long all take")
    add_painting_options(parser)


def batch_command(args: argparse.Namespace) -> int:
    """Run `batch` and return the exit code. Raises ValueError and OSError for bad input."""
    from sanet.cli.batch.outputs import REPORT, Folder, clear
    from sanet.cli.batch.ray_pool import RayPool
    from sanet.cli.batch.rows import without_dots
    from sanet.cli.batch.run import Batch
    from sanet.cli.batch.shards import Shards

    _check_words(args)
    rows, refused, passed = _rows(args)
    rows = without_dots(rows) if args.shards else rows
    suffix = FORMATS[args.format]

    def batch() -> Batch:
        kind = args.shard_format
        results = Shards(args.out, suffix, args.shards, kind) if args.shards else Folder(args.out, suffix)
        ray = RayPool(args.ray, args.gpus or 0) if args.ray else None
        return Batch(rows, refused, results, args.checkpoint, args.device, suffix, args.workers, ray)

    if args.dry_run:
        print(batch().forecast())
        return int(bool(refused))
    outs = [args.out / REPORT, *([] if args.shards else [args.out / f"{row.name}{suffix}" for row in rows])]
    try:
        with _reserve(args.out, outs, _inputs(args, rows)):
            if isinstance(args.out, Path):
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


def _check_words(args: argparse.Namespace) -> None:
    """Raise ValueError for options that do not go together."""
    is_url = isinstance(args.out, Url)
    if not is_url and args.out.exists() and not args.out.is_dir():
        raise ValueError(f"OUT must be a folder, got the file {args.out}.")
    if is_url and args.shards:
        raise ValueError(f"--shards grow in a folder of this machine, got {args.out}.")
    if args.shards and args.shard_format == "parquet":
        import_extra("pyarrow", "--shard-format parquet")
    if args.gpus and not args.ray:
        raise ValueError("--gpus is said of the workers of --ray, of which there are none.")
    if args.ray and args.device == "cuda" and not args.gpus:
        raise ValueError("With --ray, --device cuda needs --gpus: what each worker takes of a GPU.")
    if args.ray:
        check_address(args.ray)
    if args.ray and args.dry_run:
        raise ValueError("--dry-run measures this machine: leave --ray out.")
    if args.ray and is_url and args.out.protocol == "memory":
        raise ValueError("What a process writes to memory:// is seen by no other; choose another OUT with --ray.")


@contextmanager
def _reserve(out: File, outs: Sequence[File], inputs: set[File]) -> Iterator[None]:
    """A folder for `outs`, none of them an input, and, where it is of this machine, for this process alone.

    Raises ValueError, and Timeout if another process has it.
    """
    if isinstance(out, Path):
        check_places(*([file for file in files if isinstance(file, Path)] for files in (outs, inputs)))
        with FileLock(out / ".lock", timeout=0):
            yield
        return
    if common := inputs.intersection(outs):
        raise ValueError(f"{common.pop()} is an input; choose another name for the result.")
    out.make()
    yield


def _rows(args: argparse.Namespace) -> tuple[list["Row"], list["Refused"], str]:
    """What to paint, what cannot be, and what was passed over, in one line."""
    from sanet.cli.batch.manifest import read_manifest
    from sanet.cli.batch.rows import check_settings, mix, pair

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
    contents, others = list_files(args.source)
    if not args.pairs:
        return mix(contents, args.styles, settings), [], describe_others(others)
    if len(args.styles) > 1:
        raise ValueError(f"--pairs needs one folder of styles, got {len(args.styles)}.")
    styles, more = list_files(args.styles[0])
    return pair(contents, styles, args.pairs, settings), [], describe_others([*others, *more])


def _inputs(args: argparse.Namespace, rows: Sequence["Row"]) -> set[File]:
    """All files that are read."""
    inputs: set[File] = {args.source}
    for row in rows:
        request = row.request
        inputs |= {request.content, *request.styles}
        for regions in filter(None, (request.regions, request.style_regions)):
            inputs |= set(regions.pictures)
    return inputs
