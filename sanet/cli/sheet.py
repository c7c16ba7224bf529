"""The command that makes a contact sheet: `sanet sheet`. Words and exit codes only; the engine does the work.

What cannot work is refused before the checkpoint is loaded.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

import sanet
from sanet.cli.inputs import describe_others, fit_named, list_pictures
from sanet.cli.options import add_out, add_painting_options, read_side, sizes_of
from sanet.cli.results import check_places, check_size, check_suffix, write_picture
from sanet.image.contact_sheet import sheet, sheet_size, thumbnail
from sanet.image.decode import open_named
from sanet.image.stroke_size import useful_side


def add_commands(subparsers: Any) -> None:
    """Add `sheet` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("sheet", help="every photograph of a folder in every style of another")
    parser.set_defaults(func=sheet_command)
    parser.add_argument("contents", type=Path, help="a folder of photographs")
    parser.add_argument("styles", type=Path, help="a folder of style pictures")
    add_out(parser, "the sheet, one picture")
    parser.add_argument("--side", type=read_side, default=192, metavar="N", help="of a cell in pixels (default: 192)")
    add_painting_options(parser)


def sheet_command(args: argparse.Namespace) -> int:
    """Run `sheet` and return the exit code. Raises ValueError and OSError for bad input."""
    from sanet.engine.request import Request

    check_suffix(args.out)
    (contents, others), (styles, more) = list_pictures(args.contents), list_pictures(args.styles)
    check_size(sheet_size(len(contents), len(styles), args.side), args.out)
    side, enlarge = sizes_of(args)
    rows = [_open(path, side, args.side) for path in contents]
    columns = [_open(path, useful_side(side, args.stroke_size), args.side) for path in styles]
    controls = sanet.Controls(alpha=args.alpha, reconstruct=args.reconstruct, colors=args.colors)
    check_places([args.out], [*contents, *styles])
    engine = sanet.load(args.checkpoint, args.device)
    more_of_it = {
        "max_side": side,
        "stroke_size": args.stroke_size,
        "enlarge": enlarge,
        "match_regions": args.match_regions,
    }
    cells = []
    with tqdm(rows, unit="row") as bar:
        for content, _ in bar:
            results = (engine.paint(Request(content, (style,), controls, **more_of_it)) for style, _ in columns)
            cells.append([thumbnail(result, args.side) for result in results])
    write_picture(sheet([small for _, small in rows], [small for _, small in columns], cells, args.side), args.out)
    if passed := describe_others([*others, *more]):
        print(passed, file=sys.stderr)
    print(args.out)
    return 0


def _open(path: Path, max_side: int, side: int) -> tuple[Image.Image, Image.Image]:
    """A picture as the engine needs it, and as the sheet does. The whole of forty photographs would take gigabytes."""
    picture = open_named(path)
    return fit_named(picture, path, max_side), thumbnail(picture, side)
