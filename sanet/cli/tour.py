"""The command that makes an animation: `sanet tour`. Words and exit codes only; the engine does the work.

What cannot work is refused before the checkpoint is loaded.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

import sanet
from sanet.cli.inputs import open_fitted
from sanet.cli.options import add_out, add_painting_options, read_point, sizes_of
from sanet.cli.results import check_places, check_size, check_suffix, write_whole
from sanet.image.stroke_size import useful_side
from sanet.image.transparency import on_white

WAYS = ("around", "through", "photograph")  # in the order of `sanet.engine.trajectories.TOURS`
FORMATS = (".mp4", ".gif")
SIDE = 384  # pixels
MOST_FRAMES = 3600


def add_commands(subparsers: Any) -> None:
    """Add `tour` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("tour", help="an animation of a photograph between four styles")
    parser.set_defaults(func=tour_command)
    parser.add_argument("content", type=Path, metavar="photograph")
    parser.add_argument(
        "styles", type=Path, nargs=4, metavar="style", help="at the corners of a square: upper two, then lower two"
    )
    add_out(parser, "the animation, .mp4 or .gif")
    parser.add_argument(
        "--way",
        choices=WAYS,
        default=WAYS[0],
        help="around the square, through its middle, or from the photograph to the mix at --square and back "
        "(default: around)",
    )
    parser.add_argument(
        "--square", type=read_point, default=(0.5, 0.5), metavar="X,Y", help="a point, 0 to 1 both ways"
    )
    parser.add_argument("--seconds", type=float, default=4.0, metavar="S", help="length (default: 4)")
    parser.add_argument("--rate", type=int, default=12, metavar="N", help="frames a second (default: 12)")
    add_painting_options(parser, SIDE)


def tour_command(args: argparse.Namespace) -> int:
    """Run `tour` and return the exit code. Raises ValueError and OSError for bad input."""
    from sanet.engine.controls import bilinear_mix
    from sanet.engine.request import Request
    from sanet.engine.trajectories import TOURS, tour
    from sanet.image.video import save_film

    check_suffix(args.out, FORMATS)
    if not (1 <= args.rate <= 60 and 1 <= args.seconds * args.rate <= MOST_FRAMES):
        raise ValueError(
            f"A tour takes 1 to 60 frames a second and 1 to {MOST_FRAMES} in all, got {args.seconds} s of {args.rate}."
        )
    look = {"colors": args.colors, "reconstruct": args.reconstruct}
    start = sanet.Controls(args.alpha, bilinear_mix(*args.square), **look)
    steps = tour(dict(zip(WAYS, TOURS, strict=True))[args.way], round(args.seconds * args.rate), start)
    side, enlarge = sizes_of(args)
    content = open_fitted(args.content, side, enlarge)
    style_side = useful_side(side, args.stroke_size)
    styles = tuple(open_fitted(path, style_side) for path in args.styles)
    check_size(content.size, args.out)
    check_places([args.out], [args.content, *args.styles])
    engine = sanet.load(args.checkpoint, args.device)
    sizes = content.size, [style.size for style in styles]
    estimate = engine.estimate(*sizes, side, stroke_size=args.stroke_size)
    frames_bytes = 3 * content.width * content.height * len(steps)
    replace(estimate, memory=estimate.memory + frames_bytes).check()
    with tqdm(total=1.0, bar_format="{desc}: {percentage:3.0f}%|{bar}|") as bar:

        def report(done: float, stage: str) -> None:
            bar.set_description(stage, refresh=False)
            bar.update(done - bar.n)

        more = {"stroke_size": args.stroke_size, "match_regions": args.match_regions}
        request = Request(content, styles, start, side, **more)
        frames = engine.sequence(request, steps, report)
    write_whole(args.out, lambda path: save_film([on_white(frame) for frame in frames], path, args.rate))
    print(args.out)
    return 0
