"""The command that compares methods: `sanet compare`. Words and exit codes only; the methods do the work.

What cannot work is refused before the checkpoint is loaded.
"""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

from PIL import ImageOps
from tqdm import tqdm

import sanet
from sanet.cli.inputs import open_fitted
from sanet.cli.options import add_out, read_share, read_side, read_steps
from sanet.cli.results import check_places, check_size, check_suffix, write_picture

SIDE = 512  # pixels
STEPS = 100


def add_commands(subparsers: Any) -> None:
    """Add `compare` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("compare", help="a photograph in a style by several methods, on one sheet")
    parser.set_defaults(func=compare_command)
    parser.add_argument("content", type=Path, metavar="photograph")
    parser.add_argument("style", type=Path)
    add_out(parser, "the sheet, one picture")
    parser.add_argument(
        "--methods", metavar="NAME,NAME,...", help="sanet, gatys, wct, avatar-net, adain (default: all five)"
    )
    parser.add_argument(
        "--size",
        type=read_side,
        default=SIDE,
        metavar="N",
        help=f"longer side in pixels, no longer than the photograph's (default: {SIDE})",
    )
    parser.add_argument(
        "--alpha", type=read_share, default=1.0, help="strength from 0 to 1, as each method has it (default: 1)"
    )
    parser.add_argument(
        "--steps", type=read_steps, default=STEPS, metavar="N", help=f"of Gatys alone (default: {STEPS})"
    )
    parser.add_argument("--checkpoint", default="embedded", metavar="SRC", help="of SANet; as for `sanet stylize`")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def compare_command(args: argparse.Namespace) -> int:
    """Run `compare` and return the exit code. Raises ValueError and OSError for bad input."""
    from sanet.methods.compare import in_seconds, names_in, sheet, sheet_size, timed
    from sanet.methods.methods import NAMES, TITLES, Methods, check
    from sanet.progress import part

    check_suffix(args.out)
    names = names_in(args.methods) if args.methods is not None else NAMES
    for name in names:
        check(name, args.size, args.alpha, args.steps)
    content, style = (open_fitted(path, args.size) for path in (args.content, args.style))
    check_size(sheet_size(content.size, len(names)), args.out)
    check_places([args.out], [args.content, args.style])
    methods = Methods(sanet.load(args.checkpoint, args.device))
    painted = []
    with tqdm(total=1.0, bar_format="{desc}: {percentage:3.0f}%|{bar}|") as bar:

        def report(done: float, stage: str) -> None:
            bar.set_description_str(f"{TITLES[name]}: {stage}", refresh=False)
            bar.update(done - bar.n)

        for i, name in enumerate(names):
            reported = part(report, i / len(names), 1 / len(names))
            reported(0.0, "Reading its files")
            # So that the seconds are those of painting, not of what is done once; mirrored, for the engine remembers.
            methods.paint(name, ImageOps.mirror(content), ImageOps.mirror(style), args.size, args.alpha, steps=1)
            look = (name, content, style, args.size, args.alpha)
            painted.append(timed(name, partial(methods.paint, *look, progress=reported, steps=args.steps)))
            bar.write(f"{TITLES[name]}: {in_seconds(painted[-1].seconds)}", file=sys.stderr)
    write_picture(sheet(content, style, painted), args.out)
    print(args.out)
    return 0
