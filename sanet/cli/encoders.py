"""Commands that make encoders: `sanet distil` and `sanet encoder`.

Words and exit codes only. Heavy packages are imported when a command runs, so that the app does without them.
"""

import argparse
from pathlib import Path
from typing import Any

from sanet.cli.results import check_places
from sanet.cli.training import add_pictures, check_packages


def add_commands(subparsers: Any) -> None:
    """Add the commands to the `subparsers` of an `argparse` parser; each sets `func`, which returns an exit code."""
    distil = subparsers.add_parser("distil", help="train a compact encoder to predict a full one")
    distil.set_defaults(func=distil_command)
    distil.add_argument("teacher", type=Path, help="VGG file of any format")
    distil.add_argument("out", type=Path, help="folder of the run; resumes if it holds a state.pt")
    distil.add_argument(
        "--widths", type=int, nargs=5, default=(32, 64, 128, 256, 256), metavar="N", help="channels of the five blocks"
    )
    add_pictures(distil)
    distil.add_argument("--steps", type=int, default=20_000, help="last step (default: 20000)")
    distil.add_argument("--rate", type=float, default=1e-3, help="learning rate (default: 0.001)")
    distil.add_argument("--precision", choices=("no", "bf16"), default="no", help="bf16: bfloat16 where it is safe")

    encoder = subparsers.add_parser("encoder", help="bring a VGG file of any format into ours")
    encoder.set_defaults(func=encoder_command)
    encoder.add_argument("source", type=Path, help="state dict of torchvision, vgg_normalised.pth, or ours")
    encoder.add_argument("out", type=Path, help="safetensors file to write")
    encoder.add_argument("--normalise", type=Path, metavar="FOLDER", help="scale channels to root-mean-square 1 on it")
    encoder.add_argument("--count", type=int, default=160, help="pictures of FOLDER that are used (default: 160)")


def distil_command(options: argparse.Namespace) -> int:
    """Train a compact encoder; leaves encoder.safetensors, which is a loss network, too."""
    check_packages()
    from sanet.checkpoints.vgg import load_encoder
    from sanet.training.data import PairBatches
    from sanet.training.distil import STAGE, distil
    from sanet.training.pictures import PictureFiles, find_all
    from sanet.training.schedule import TrainerConfig

    rate, steps = options.rate, options.steps
    config = TrainerConfig(steps=steps, rate=rate, final_rate=0.02 * rate, average=0.998, precision=options.precision)
    contents, styles = (
        PictureFiles(find_all(folders, options.held_out)) for folders in (options.contents, options.styles)
    )
    dataset = PairBatches(contents, styles, (STAGE,), options.seed)
    teacher = load_encoder(options.teacher)
    distil(teacher, options.out, tuple(options.widths), config, dataset, options.save_every or 5.0, options.workers)
    return 0


def encoder_command(options: argparse.Namespace) -> int:
    """Convert, and normalise if asked to."""
    from sanet.checkpoints.vgg import load_encoder, normalise_scales, save_half
    from sanet.image.decode import open_named
    from sanet.image.size import fit
    from sanet.image.tensor import pad, to_tensor
    from sanet.image.transparency import on_white
    from sanet.training.pictures import find_pictures

    check_places([options.out], [options.source])
    encoder = load_encoder(options.source)
    if options.normalise:
        paths = find_pictures(options.normalise)[: options.count]
        normalise_scales(encoder, (pad(to_tensor(on_white(fit(open_named(path), 384)))) for path in paths))
    save_half(encoder, options.out)
    return 0
