"""Commands that paint: `python -m sanet stylize | sheet`. Words and exit codes only; the engine does the work.

What cannot work is refused before the checkpoint is loaded. In the folder of `stylize` one bad photograph does not
stop the rest: it is named at the end and the exit code is 1.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

import sanet
from sanet.engine.stylizer import STYLE_SIDE
from sanet.image.contact_sheet import sheet
from sanet.image.decode import MIN_SIDE, SUFFIXES, fitted_size, open_named, save_picture


def add_commands(subparsers: Any) -> None:
    """Add `stylize` and `sheet` to the `subparsers` of an `argparse` parser; each sets `func`, an exit code."""
    stylize = subparsers.add_parser("stylize", help="paint photographs in the style of one or more pictures")
    stylize.set_defaults(func=stylize_command)
    stylize.add_argument("content", type=Path, help="a photograph, or a folder of them")
    stylize.add_argument("styles", type=Path, nargs="+", metavar="style", help="one or more style pictures")
    stylize.add_argument("-o", "--out", type=Path, required=True, help="the result, or a folder if CONTENT is one")
    stylize.add_argument("--mix", type=_weights, metavar="W,W,...", help="one weight per style (default: equal)")
    stylize.add_argument("--mask", type=Path, action="append", metavar="PNG", help="one per style, white = apply")
    stylize.add_argument("--keep-color", action="store_true", help="keep the photograph's colours")
    _add_common(stylize)
    table = subparsers.add_parser("sheet", help="every photograph of a folder in every style of another")
    table.set_defaults(func=sheet_command)
    table.add_argument("contents", type=Path, help="a folder of photographs")
    table.add_argument("styles", type=Path, help="a folder of style pictures")
    table.add_argument("-o", "--out", type=Path, required=True, help="the sheet, one picture")
    table.add_argument("--side", type=_side, default=192, metavar="N", help="side of a cell in pixels (default: 192)")
    _add_common(table)


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--alpha", type=float, default=1.0, help="strength from 0 to 1 (default: 1)")
    command.add_argument(
        "--max-side", type=_side, default=512, metavar="N", help="longer side in pixels (default: 512)"
    )
    command.add_argument("--checkpoint", default="embedded", metavar="SRC", help="'embedded', a folder or owner/name")
    command.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def _weights(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected numbers with commas between them, got {text!r}") from None


def _side(text: str) -> int:
    if not text.isdecimal() or int(text) < MIN_SIDE:
        raise argparse.ArgumentTypeError(f"expected a whole number of {MIN_SIDE} pixels or more, got {text}")
    return int(text)


def stylize_command(args: argparse.Namespace) -> int:
    """Run `stylize` and return the exit code. Raises ValueError and OSError for bad input."""
    if not args.content.exists():
        raise ValueError(f"There is no {args.content}.")
    contents = _files(args.content) if args.content.is_dir() else []
    _check_out(args.content, args.out)
    styles = [_opened(path, min(args.max_side, STYLE_SIDE)) for path in args.styles]
    masks = tuple(open_named(path) for path in args.mask) if args.mask else None
    controls = sanet.Controls(alpha=args.alpha, mix=args.mix, masks=masks, keep_color=args.keep_color)
    controls.check_style_count(len(styles))
    engine = sanet.load(args.checkpoint, args.device)

    def paint(content: Path, out: Path) -> None:
        _save(engine.stylize(_opened(content, args.max_side), styles, controls, args.max_side), out)

    if contents:
        return _paint_folder(contents, args.out, paint)
    paint(args.content, args.out)
    return 0


def _paint_folder(contents: list[Path], out: Path, paint: Callable[[Path, Path], None]) -> int:
    """Paint each, name those that failed at the end, and return the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    stems = [path.stem for path in contents]
    failed = []
    with tqdm(contents, unit="picture") as bar:
        for path in bar:
            name = path.stem if stems.count(path.stem) == 1 else path.name
            try:
                paint(path, out / f"{name}.png")
            except (ValueError, OSError) as error:
                failed.append(str(error) if str(error).startswith(str(path)) else f"{path}: {error}")
    print(*failed, sep="\n", end="\n" if failed else "", file=sys.stderr)
    return 1 if failed else 0


def sheet_command(args: argparse.Namespace) -> int:
    """Run `sheet` and return the exit code. Raises ValueError and OSError for bad input."""
    _check_suffix(args.out)
    contents = [_opened(path, args.max_side) for path in _files(args.contents)]
    styles = [_opened(path, min(args.max_side, STYLE_SIDE)) for path in _files(args.styles)]
    controls = sanet.Controls(alpha=args.alpha)
    engine = sanet.load(args.checkpoint, args.device)
    with tqdm(contents, unit="row") as bar:
        rows = [[engine.stylize(content, [style], controls, args.max_side) for style in styles] for content in bar]
    _save(sheet(contents, styles, rows, args.side), args.out)
    return 0


def _files(folder: Path) -> list[Path]:
    """The files of a folder but for hidden ones, which file managers leave there."""
    found = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if not found:
        raise ValueError(f"{folder} holds no pictures.")
    return found


def _check_out(content: Path, out: Path) -> None:
    """A long run should not end in a refusal to save, nor replace the photographs."""
    if not content.is_dir():
        _check_suffix(out)
    elif out.exists() and not out.is_dir():
        raise ValueError(f"{content} is a folder, so OUT must be one, too; got the file {out}.")
    elif out.resolve() == content.resolve():
        raise ValueError(f"OUT must be another folder than {content}, whose photographs might be replaced.")


def _check_suffix(out: Path) -> None:
    if out.suffix.lower() not in SUFFIXES:
        raise ValueError(f"OUT must end in {', '.join(SUFFIXES)}, got {str(out)!r}.")


def _opened(path: Path, max_side: int) -> Image.Image:
    """The picture, large enough for the network when fitted to `max_side`. Raises ValueError that names the path."""
    picture = open_named(path)
    try:
        fitted_size(picture.size, max_side)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return picture


def _save(picture: Image.Image, out: Path) -> None:
    try:
        save_picture(picture, out)
    except OSError as error:
        raise ValueError(f"{out} could not be written: {error.strerror or error}.") from error
