"""The command that compares methods by standard measures: `sanet protocol`.

Words and exit codes only. Heavy packages are imported when the command runs, so that the app does without them.
"""

import argparse
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sanet.cli.options import read_share, read_side, read_steps
from sanet.cli.results import check_places, write_whole


def add_commands(subparsers: Any) -> None:
    """Add `protocol` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("protocol", help="compare methods by standard measures on fixed pairs of pictures")
    parser.set_defaults(func=protocol_command)
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("styles", type=Path, help="folder of style pictures")
    parser.add_argument(
        "--manifest",
        type=Path,
        required=True,
        metavar="FILE",
        help="which pictures, with their SHA-256; written from the two folders if it is not there",
    )
    parser.add_argument(
        "--held-out", type=Path, metavar="LIST", help="when the manifest is written: only what this list names"
    )
    parser.add_argument(
        "-o", "--out", type=Path, required=True, help="folder for rows.jsonl, measures.md, measures.png; resumes there"
    )
    parser.add_argument(
        "--method",
        action="append",
        metavar="NAME",
        help="sanet, gatys, wct, avatar-net or adain; may be repeated (default: sanet)",
    )
    parser.add_argument("--size", type=read_side, default=512, help="longer side in pixels (default: 512)")
    parser.add_argument("--alpha", type=read_share, default=1.0, help="strength from 0 to 1 (default: 1)")
    parser.add_argument("--steps", type=read_steps, default=100, help="of gatys (default: 100)")
    parser.add_argument("--checkpoint", default="embedded", metavar="SRC", help="'embedded', a folder or owner/name")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def protocol_command(options: argparse.Namespace) -> int:
    """Measure what is not measured yet, write and print the table."""
    _check_packages()
    import sanet
    from sanet.checkpoints.vgg import load_embedded
    from sanet.measures.judge import Judge
    from sanet.measures.report import write_report
    from sanet.measures.rows import Rows
    from sanet.measures.run import PHOTOGRAPH, STYLE, Run
    from sanet.methods.methods import Methods, check

    chosen = list(dict.fromkeys(options.method or ["sanet"]))
    for name in chosen:
        check(name, options.size, options.alpha, options.steps)
    manifest = _manifest(options)
    inputs = [options.contents / name for name in manifest.contents] + [options.styles / s for s in manifest.styles]
    outs = [options.out / name for name in ("rows.jsonl", "measures.md", "measures.png")]
    check_places(outs, [*inputs, options.manifest])
    names = ("size", "alpha", "steps", "checkpoint")
    settings = {"manifest": manifest.digest, **{name: getattr(options, name) for name in names}}
    rows = Rows(outs[0], settings)
    engine = sanet.load(options.checkpoint, options.device)
    methods = Methods(engine)
    controls = {"max_side": options.size, "alpha": options.alpha, "steps": options.steps}
    painters = {name: partial(methods.paint, name, **controls) for name in chosen}
    judge = Judge(load_embedded(), engine.device)
    Run(judge, (options.contents, options.styles), painters, rows, options.size).measure(manifest)
    found = list(rows.known.values())
    print(write_report(options.out, found, [PHOTOGRAPH, STYLE, *chosen], settings))
    return int(any(row.refused for row in found if row.method in (PHOTOGRAPH, STYLE, *chosen)))


def _check_packages() -> None:
    missing = [name for name in ("torchmetrics", "matplotlib") if find_spec(name) is None]
    if missing:
        raise ValueError(f"The protocol needs {' and '.join(missing)}: pip install 'sanet-studio[protocol]'.")


def _manifest(options: argparse.Namespace) -> Any:
    """That of the file, whose pictures are checked, or a new one, which is written."""
    from sanet.measures.manifest import check_pictures, make_manifest, read_manifest, write_manifest
    from sanet.training.held_out import read_list

    if options.manifest.exists():
        manifest = read_manifest(options.manifest)
        check_pictures(manifest, options.contents, options.styles)
        return manifest
    listed = read_list(options.held_out) if options.held_out else None
    manifest = make_manifest(options.contents, options.styles, listed)
    write_whole(options.manifest, lambda path: write_manifest(manifest, path))
    return manifest
