"""The command that paints clips: `sanet video`. Words and exit codes only.

What cannot work is refused before the checkpoint is loaded. Ended in the middle, the same command goes on.
"""

import argparse
from fractions import Fraction
from pathlib import Path
from typing import Any

from tqdm import tqdm

import sanet
from sanet.cli.inputs import open_fitted
from sanet.cli.options import add_mixing_options, add_out, add_painting_options, controls_of, parts_of_styles
from sanet.cli.results import check_places, check_size, check_suffix, write_whole
from sanet.image.stroke_size import useful_side

SIDE = 512  # pixels


def add_commands(subparsers: Any) -> None:
    """Add `video` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("video", help="paint a clip in the style of one or more pictures, with its sound")
    parser.set_defaults(func=video_command)
    parser.add_argument("clip", type=Path, help="MP4, MOV, WebM, MKV, AVI or GIF")
    parser.add_argument("styles", type=Path, nargs="+", metavar="style", help="one or more style pictures")
    add_out(parser, "the painted clip, .mp4, .webm or .mkv")
    parser.add_argument("--from", dest="start", type=float, default=0.0, metavar="S", help="first second to paint")
    parser.add_argument("--to", dest="stop", type=float, metavar="S", help="second to end before (default: the end)")
    parser.add_argument("--fps", type=Fraction, metavar="N", help="frames a second (default: as in the clip)")
    parser.add_argument(
        "--steady",
        type=float,
        default=0.7,
        metavar="SHARE",
        help="how firmly the paint follows what moves, from 0 (each frame by itself) to 1 (default: 0.7)",
    )
    add_mixing_options(parser)
    add_painting_options(parser, SIDE, enlarges=False)


def video_command(args: argparse.Namespace) -> int:
    """Run `video` and return the exit code. Raises ValueError and OSError for bad input."""
    from sanet.engine.request import Request
    from sanet.video.clip import even_size, first_frame, open_clip
    from sanet.video.film import FRAMES_A_PART, Film, paint_film
    from sanet.video.parts import SUFFIXES, Parts, check_sound, join

    check_suffix(args.out, SUFFIXES)
    clip = open_clip(args.clip)
    check_size(even_size(clip.size, args.max_side), args.out)
    styles = tuple(open_fitted(path, useful_side(args.max_side, args.stroke_size)) for path in args.styles)
    controls = controls_of(args)
    frame = first_frame(clip, args.max_side)
    parts_taken = parts_of_styles(args)
    more = {"stroke_size": args.stroke_size, "match_regions": args.match_regions, "style_regions": parts_taken}
    look = Request(frame, styles, controls, args.max_side, **more)
    film = Film(clip, look, args.steady, args.start, args.stop, args.fps)
    check_places([args.out], [args.clip, *args.styles, *(args.mask or ()), *(args.style_mask or ())])
    check_sound(clip, args.out)
    engine = sanet.load(args.checkpoint, args.device)
    parts = Parts(args.out)
    parts.begin(film.settings() | {"checkpoint": str(args.checkpoint)})
    try:
        with tqdm(total=film.count, unit="frame", initial=FRAMES_A_PART * len(parts.whole())) as bar:
            paint_film(engine, film, parts, lambda _time, _picture: bar.update())
    finally:
        if parts.whole():
            write_whole(args.out, lambda path: join(parts, clip, film.fps, path))
            print(args.out)
    parts.remove()
    return 0
