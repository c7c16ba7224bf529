"""The command that judges a checkpoint: `sanet evaluate`.

Words and exit codes only. Heavy packages are imported when the command runs, so that the app does without them.
"""

import argparse
from pathlib import Path
from typing import Any

from sanet.cli.options import read_stroke_size
from sanet.cli.results import check_places, check_size, write_picture

CELL = 256  # pixels: side of a picture on the sheet


def add_commands(subparsers: Any) -> None:
    """Add `evaluate` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("evaluate", help="measure a checkpoint on content-style pairs")
    parser.set_defaults(func=evaluate_command)
    parser.add_argument("checkpoint", help="'embedded', a folder, or owner/name@revision on the Hub")
    parser.add_argument("contents", type=Path, help="folder of photographs, never trained on")
    parser.add_argument("styles", type=Path, help="folder of style pictures, never trained on")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, help="folder for pairs.csv, strokes.csv, summary.json, sheet.jpg"
    )
    parser.add_argument(
        "--judge",
        action="append",
        required=True,
        metavar="VGG|efficientnet",
        help="a VGG file, or efficientnet; may be repeated. Name one that took no part in training",
    )
    parser.add_argument("--size", type=int, default=512, help="longer side in pixels (default: 512)")
    parser.add_argument("--polish", type=int, default=0, metavar="STEPS", help="on each result (default: 0)")
    parser.add_argument("--stroke-size", type=read_stroke_size, default=1.0, metavar="S", help="of each (default: 1)")
    parser.add_argument("--per-content", type=int, metavar="N", help="styles for each content (default: all)")
    parser.add_argument(
        "--sheet", type=int, nargs=2, default=(8, 12), metavar=("ROWS", "COLUMNS"), help="default: 8 12"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def evaluate_command(options: argparse.Namespace) -> int:
    """Measure, print the means, and leave tables and a contact sheet."""
    import json

    import sanet
    from sanet.image.contact_sheet import sheet_size
    from sanet.training.evaluate import contact_sheet, efficientnet_judge, evaluate, summary, vgg_judge, write
    from sanet.training.pictures import find_pictures

    contents, styles = find_pictures(options.contents), find_pictures(options.styles)
    rows, columns = contents[: options.sheet[0]], styles[: options.sheet[1]]
    outs = [options.out / name for name in ("sheet.jpg", "pairs.csv", "strokes.csv", "summary.json")]
    check_size(sheet_size(len(rows), len(columns) + 1, CELL), outs[0])
    check_places(outs, [*contents, *styles])
    judges = {
        Path(name).stem: efficientnet_judge() if name == "efficientnet" else vgg_judge(Path(name))
        for name in options.judge
    }
    engine = sanet.load(options.checkpoint, options.device)
    measures, drawn, fidelity = evaluate(
        engine,
        judges,
        contents,
        styles,
        options.size,
        options.per_content,
        options.polish,
        options.stroke_size,
    )
    write(options.out, measures, drawn, fidelity)
    write_picture(contact_sheet(engine, rows, columns, options.size, CELL), outs[0])
    print(json.dumps(summary(measures, drawn, fidelity), indent=2))
    return 0
