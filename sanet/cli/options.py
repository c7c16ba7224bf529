"""Options that the commands which paint share, and how their texts are read."""

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

import sanet
from sanet.image.decode import open_named
from sanet.image.masks import is_marked, read_mask
from sanet.image.print_size import MOST_DPI
from sanet.image.size import MIN_SIDE
from sanet.image.stroke_size import check_stroke_size

if TYPE_CHECKING:
    from sanet.engine.request import Regions  # which comes with torch


def add_painting_options(command: argparse.ArgumentParser, max_side: int = 512, enlarges: bool = True) -> None:
    """Strength, what shows of the photograph, colours, strokes, size, checkpoint and device."""
    command.add_argument("--alpha", type=float, default=1.0, help="strength from 0 to 1 (default: 1)")
    command.add_argument(
        "--reconstruct",
        action="store_true",
        help="where the photograph shows, show what the network makes of it, as in the paper",
    )
    colors = command.add_mutually_exclusive_group()
    colors.add_argument(
        "--colors",
        choices=("result", "photo", "style", "palette"),  # as `sanet.engine.controls.COLORS`, which comes with torch
        default="result",
        help="as painted; the photograph's; nothing but the style's, unpainted; or painted in the photograph's palette "
        "(default: result)",
    )
    colors.add_argument("--keep-color", dest="colors", action="store_const", const="photo", help="--colors photo")
    command.add_argument(
        "--stroke-size",
        type=read_stroke_size,
        default=1.0,
        metavar="S",
        help="from 0.25 for fine strokes to 4 for large ones (default: 1)",
    )
    command.add_argument(
        "--match-regions",
        type=read_share,
        nargs="?",
        const=1.0,
        default=0.0,
        metavar="SHARE",
        help="let regions of the photograph keep to those of the style that are like them, from 0 to 1 (1 unless told "
        "otherwise)",
    )
    size = command.add_mutually_exclusive_group()
    size.add_argument(
        "--max-side",
        type=read_side,
        default=max_side,
        metavar="N",
        help=f"longer side in pixels, no longer than the photograph's (default: {max_side})",
    )
    if enlarges:
        size.add_argument(
            "--size", type=read_side, metavar="N", help="longer side in pixels, also of a photograph that is smaller"
        )
    command.add_argument("--checkpoint", default="embedded", metavar="SRC", help="'embedded', a folder or owner/name")
    command.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def add_mixing_options(command: argparse.ArgumentParser) -> None:
    """What several styles share, and where they apply."""
    shares = command.add_mutually_exclusive_group()
    shares.add_argument("--mix", type=read_mix, metavar="W,W,...", help="one weight per style (default: equal)")
    shares.add_argument(
        "--square",
        type=read_point,
        metavar="X,Y",
        help="a point between four styles: 0,0 is the first, 1,0 the second, 0,1 the third and 1,1 the fourth",
    )
    command.add_argument("--mask", type=Path, action="append", metavar="PNG", help="one per style, white = apply")
    command.add_argument(
        "--style-mask",
        type=Path,
        action="append",
        metavar="PNG",
        help="one per style, white where it is taken from (all of it unless told otherwise)",
    )


def controls_of(args: argparse.Namespace) -> sanet.Controls:
    """What `add_mixing_options` and `add_painting_options` have read, for `args.styles`. Raises ValueError."""
    from sanet.engine.controls import bilinear_mix

    if args.square and len(args.styles) != len(bilinear_mix(*args.square)):
        raise ValueError(f"--square is a point between four styles, got {len(args.styles)}.")
    masks = tuple(read_mask(open_named(path)) for path in args.mask) if args.mask else None
    mix = bilinear_mix(*args.square) if args.square else args.mix
    look = {"colors": args.colors, "reconstruct": args.reconstruct}
    return sanet.Controls(alpha=args.alpha, mix=mix, masks=masks, **look)


def parts_of_styles(args: argparse.Namespace) -> "Regions[Image.Image] | None":
    """What `--style-mask` says for `args.styles`; a black mask is named, and stands for all of its style.

    Raises ValueError for another number of masks than of styles.
    """
    from sanet.engine.request import UPLOADED, Regions

    if not args.style_mask:
        return None
    if len(args.style_mask) != len(args.styles):
        given, count = len(args.style_mask), len(args.styles)
        raise ValueError(f"Each style needs one --style-mask: got {given} for {count} style(s).")
    masks = tuple(read_mask(open_named(path)) for path in args.style_mask)
    for path, mask in zip(args.style_mask, masks, strict=True):
        if not is_marked(mask):
            print(f"{path} marks nothing, so all of its style is taken.", file=sys.stderr)
    return Regions(UPLOADED, masks)


def sizes_of(args: argparse.Namespace) -> tuple[int, bool]:
    """The longer side, and whether a smaller photograph is scaled up to it."""
    return args.size or args.max_side, args.size is not None


def add_out(command: argparse.ArgumentParser, words: str, read: Callable[[str], object] = Path) -> None:
    """Where the result goes."""
    command.add_argument("-o", "--out", type=read, required=True, help=words)


def read_side(text: str) -> int:
    """A number of pixels."""
    if not text.isdecimal() or int(text) < MIN_SIDE:
        raise argparse.ArgumentTypeError(f"expected a whole number of {MIN_SIDE} pixels or more, got {text}")
    return int(text)


def read_stroke_size(text: str) -> float:
    """A number from 0.25 to 4."""
    try:
        size = float(text)
        check_stroke_size(size)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return size


def read_share(text: str) -> float:
    """A number from 0 to 1."""
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got {text}")
    return share


def read_dpi(text: str) -> int:
    """Dots per inch."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DPI:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to {MOST_DPI}, got {text}")
    return int(text)


def read_count(text: str) -> int:
    """A number of things of which there is one at least."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of 1 or more, got {text}")
    return int(text)


def read_gpus(text: str) -> float:
    """A share of a GPU, or a whole number of them."""
    try:
        gpus = float(text)
    except ValueError:
        gpus = math.nan
    if not (0 < gpus < 1 or (gpus >= 1 and gpus.is_integer())):
        raise argparse.ArgumentTypeError(f"expected a share of a GPU such as 0.25, or a number of them, got {text}")
    return gpus


def read_steps(text: str) -> int:
    """A number of steps; how many there may be is for the request to say."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number of steps, got {text}")
    return int(text)


def read_mix(text: str) -> tuple[float, ...]:
    """Numbers with commas between them."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected numbers with commas between them, got {text!r}") from None


def read_point(text: str) -> tuple[float, float]:
    """A point of the square of four styles; whether it lies inside is for the engine to say."""
    x, *rest = read_mix(text)
    if len(rest) != 1:
        raise argparse.ArgumentTypeError(f"expected two numbers with a comma between them, got {text!r}")
    return x, rest[0]
