"""Command line: `python -m sanet stylize | sheet`, and the commands of `checkpoints_cli` and `training_cli`.

Words and exit codes only; the engine does the work.

Errors are one line on stderr and exit code 2. One bad photograph in the folder of `stylize` does not stop the rest:
it is named at the end and the exit code is 1.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

import sanet
from sanet import checkpoints_cli, training_cli
from sanet.engine import STYLE_SIDE
from sanet.image import SUFFIXES, fit, open_named, save_picture
from sanet.sheets import sheet


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of printing the usage first."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _weights(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


def build_parser() -> argparse.ArgumentParser:
    """The parser of `python -m sanet`; each command stores the function that runs it as `func`."""
    parser = _Parser(prog="sanet", description="Style transfer with style-attentional networks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    stylize = commands.add_parser("stylize", help="paint photographs in the style of one or more pictures")
    stylize.set_defaults(func=stylize_command)
    stylize.add_argument("content", type=Path, help="a photograph, or a folder of them")
    stylize.add_argument("styles", type=Path, nargs="+", metavar="style", help="one or more style pictures")
    stylize.add_argument("-o", "--out", type=Path, required=True, help="the result, or a folder if CONTENT is one")
    stylize.add_argument("--mix", type=_weights, metavar="W,W,...", help="one weight per style (default: equal)")
    stylize.add_argument("--mask", type=Path, action="append", metavar="PNG", help="one per style, white = apply")
    stylize.add_argument("--keep-color", action="store_true", help="keep the photograph's colours")
    _add_common(stylize)
    table = commands.add_parser("sheet", help="every photograph of a folder in every style of another, on one picture")
    table.set_defaults(func=sheet_command)
    table.add_argument("contents", type=Path, help="a folder of photographs")
    table.add_argument("styles", type=Path, help="a folder of style pictures")
    table.add_argument("-o", "--out", type=Path, required=True, help="the sheet")
    table.add_argument("--side", type=int, default=192, metavar="N", help="side of a cell in pixels (default: 192)")
    _add_common(table)
    checkpoints_cli.add_commands(commands)
    training_cli.add_commands(commands)
    return parser


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--alpha", type=float, default=1.0, help="strength from 0 to 1 (default: 1)")
    command.add_argument("--max-side", type=int, default=512, metavar="N", help="longer side in pixels (default: 512)")
    command.add_argument("--checkpoint", default="embedded", metavar="SRC", help="'embedded', a folder or owner/name")
    command.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _check_suffix(out: Path) -> None:
    """A long run should not end in a refusal to save."""
    if out.suffix.lower() not in SUFFIXES:
        raise ValueError(f"OUT must end in {', '.join(SUFFIXES)}, got {str(out)!r}.")


def stylize_command(args: argparse.Namespace) -> int:
    """Run `stylize` and return the exit code. Raises ValueError and OSError for bad input."""
    styles = [open_named(path) for path in args.styles]
    masks = tuple(open_named(path) for path in args.mask) if args.mask else None
    controls = sanet.Controls(alpha=args.alpha, mix=args.mix, masks=masks, keep_color=args.keep_color)
    is_folder = args.content.is_dir()
    if not args.content.exists():
        raise ValueError(f"There is no {args.content}.")
    if not is_folder:
        _check_suffix(args.out)
    controls.check_style_count(len(styles))
    for style in styles:
        fit(style, min(args.max_side, STYLE_SIDE))  # would fail for every photograph, so fails before the first
    engine = sanet.load(args.checkpoint, args.device)

    def one(content: Path, out: Path) -> None:
        save_picture(engine.stylize(open_named(content), styles, controls, args.max_side), out)

    if not is_folder:
        one(args.content, args.out)
        return 0
    args.out.mkdir(parents=True, exist_ok=True)
    contents = _files(args.content)
    if not contents:
        raise ValueError(f"{args.content} holds no pictures.")
    stems = [path.stem for path in contents]
    failed = []
    for path in tqdm(contents, unit="picture"):
        name = path.stem if stems.count(path.stem) == 1 else path.name
        try:
            one(path, args.out / f"{name}.png")
        except (ValueError, OSError) as error:
            failed.append(str(error) if str(path) in str(error) else f"{path}: {error}")
    print(*failed, sep="\n", end="\n" if failed else "", file=sys.stderr)
    return 1 if failed else 0


def sheet_command(args: argparse.Namespace) -> int:
    """Run `sheet` and return the exit code. Raises ValueError and OSError for bad input."""
    _check_suffix(args.out)
    contents, styles = ([open_named(path) for path in _files(folder)] for folder in (args.contents, args.styles))
    if not contents or not styles:
        raise ValueError(f"{args.styles if contents else args.contents} holds no pictures.")
    controls = sanet.Controls(alpha=args.alpha)
    engine = sanet.load(args.checkpoint, args.device)
    rows = [
        [engine.stylize(content, [style], controls, args.max_side) for style in styles]
        for content in tqdm(contents, unit="row")
    ]
    save_picture(sheet(contents, styles, rows, args.side), args.out)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Parse `argv` and run its command; the exit code."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("sanet").setLevel(logging.INFO)
    args = build_parser().parse_args(argv)
    try:
        return args.func(args)
    except (ValueError, OSError) as error:
        print(f"sanet: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
