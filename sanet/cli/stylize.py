"""The command that paints: `sanet stylize`. Words and exit codes only; the engine does the work.

What cannot work is refused before the checkpoint is loaded. In a folder one bad photograph does not stop the rest: it
is named at the end and the exit code is 1.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

import sanet
from sanet.cli.inputs import describe_others, list_pictures, open_fitted
from sanet.cli.options import (
    add_mixing_options,
    add_out,
    add_painting_options,
    controls_of,
    parts_of_styles,
    read_dpi,
    read_steps,
    sizes_of,
)
from sanet.cli.results import (
    FORMATS,
    UnwritableError,
    check_name,
    check_places,
    check_size,
    check_suffix,
    name_results,
    write_picture,
)
from sanet.errors import one_line
from sanet.image.stroke_size import useful_side


def add_commands(subparsers: Any) -> None:
    """Add `stylize` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("stylize", help="paint photographs in the style of one or more pictures")
    parser.set_defaults(func=stylize_command)
    parser.add_argument("content", type=Path, help="a photograph, or a folder of them")
    parser.add_argument("styles", type=Path, nargs="+", metavar="style", help="one or more style pictures")
    add_out(parser, "the result as .png, .jpg or .webp, or a folder for it; a folder if CONTENT is one")
    add_mixing_options(parser)
    parser.add_argument(
        "--polish",
        type=read_steps,
        nargs="?",
        default=0,
        metavar="STEPS",
        help="refine the result on its pixels, which takes a minute or so on a CPU (20 steps unless told otherwise)",
    )
    parser.add_argument("--format", choices=FORMATS, help="of results in a folder (default: png)")
    parser.add_argument("--dpi", type=read_dpi, default=0, metavar="N", help="dots per inch that the result says")
    add_painting_options(parser)


def stylize_command(args: argparse.Namespace) -> int:
    """Run `stylize` and return the exit code. Raises ValueError and OSError for bad input."""
    from sanet.engine.request import STEPS, Request, check_steps

    steps = STEPS if args.polish is None else args.polish
    check_steps(steps)
    if not args.content.exists():
        raise ValueError(f"There is no {args.content}.")
    in_folder = args.content.is_dir()
    contents, others = list_pictures(args.content) if in_folder else ([args.content], [])
    outs = _outs(args, contents)
    side, enlarge = sizes_of(args)
    styles = tuple(open_fitted(path, useful_side(side, args.stroke_size)) for path in args.styles)
    controls = controls_of(args)
    more = {"stroke_size": args.stroke_size, "enlarge": enlarge, "match_regions": args.match_regions}
    more["style_regions"] = parts_of_styles(args)

    def request(content: Image.Image) -> Request[Image.Image]:
        return Request(content, styles, controls, side, polish=steps, **more)

    request(styles[0])  # refuses what does not go together
    picture = None if in_folder else open_fitted(args.content, side, enlarge)
    if picture:
        check_size(picture.size, outs[0])
    check_places(outs, [*contents, *args.styles, *(args.mask or ()), *(args.style_mask or ())])
    engine = sanet.load(args.checkpoint, args.device)

    def paint(picture: Image.Image, out: Path) -> None:
        check_size(picture.size, out)
        write_picture(engine.paint(request(picture)), out, args.dpi)

    def open_and_paint(path: Path, out: Path) -> None:
        check_name(out)
        paint(open_fitted(path, side, enlarge), out)

    if picture is None:
        return _paint_folder(contents, outs, others, open_and_paint)
    paint(picture, outs[0])
    print(outs[0])
    return 0


def _outs(args: argparse.Namespace, contents: Sequence[Path]) -> list[Path]:
    """The result of each content."""
    if args.content.is_dir() and args.out.exists():
        if not args.out.is_dir():
            raise ValueError(f"{args.content} is a folder, so OUT must be one, too; got the file {args.out}.")
        if args.out.samefile(args.content):
            raise ValueError(f"OUT must be another folder than {args.content}, whose photographs might be replaced.")
    if args.content.is_dir() or args.out.is_dir():
        return [args.out / name for name in name_results(contents, FORMATS[args.format or "png"])]
    check_suffix(args.out)
    if args.format and args.out.suffix.lower().replace("jpeg", "jpg") != FORMATS[args.format]:
        raise ValueError(f"OUT ends in {args.out.suffix}, which is not --format {args.format}; leave one of them out.")
    return [args.out]


def _paint_folder(
    contents: Sequence[Path], outs: Sequence[Path], others: Sequence[Path], paint: Callable[[Path, Path], None]
) -> int:
    """Paint each, say at the end what failed and how many did not, and return the exit code."""
    failed, done = [], 0
    with tqdm(contents, unit="picture") as bar:
        for content, out in zip(bar, outs, strict=True):
            try:
                paint(content, out)
                done += 1
            except UnwritableError as error:
                failed.append(str(error))
                if error.lasting:
                    break
            except (ValueError, OSError) as error:
                line = one_line(error)
                failed.append(line if line.startswith(str(content)) else f"{content}: {line}")
    for line in (*failed, describe_others(others)):
        print(line, end="\n" if line else "", file=sys.stderr)
    print(f"{done} of {len(contents)} pictures written to {outs[0].parent}")
    return 1 if done < len(contents) else 0
