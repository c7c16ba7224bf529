"""Commands for training and judging: train, distil, encoder, evaluate, study.

Words and exit codes only. Heavy packages are imported when a command runs, so that the app does without them.
"""

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sanet.training.recipes import Places, Recipe

# What can be given instead of the recipe's values.
CHANGES = {
    "steps": (int, "last step"),
    "rate": (float, "learning rate"),
    "final_rate": (float, "learning rate of the last step"),
    "decay_from": (int, "step from which the rate falls to the final one, as half a cosine"),
    "average": (float, "decay of the moving average of the weights"),
    "content": (float, "weight of the content loss"),
    "style": (float, "weight of the style loss"),
    "identity_pixels": (float, "weight of the first identity loss"),
    "identity_features": (float, "weight of the second identity loss"),
    "second_content": (float, "weight of the content loss of the second network"),
    "second_style": (float, "weight of the style loss of the second network"),
    "color": (float, "weight of the colour loss"),
}


def add_commands(subparsers: Any) -> None:
    """Add the commands to the `subparsers` of an `argparse` parser; each sets `func`, which returns an exit code."""
    train = subparsers.add_parser("train", help="train a network, or go on training one")
    train.set_defaults(func=train_command)
    train.add_argument("out", type=Path, help="folder of the run; training resumes if it holds a state.pt")
    _add_training(train)

    study = subparsers.add_parser(
        "study", help="the paper's loss studies: several short runs, and with --previews a sheet of them"
    )
    study.set_defaults(func=study_command)
    study.add_argument("name", choices=("weights", "levels"), help="Fig. 6 or Fig. 7 of the paper")
    study.add_argument("out", type=Path, help="folder of the study; resumes where it was cut")
    _add_training(study)

    distil = subparsers.add_parser("distil", help="train a compact encoder to predict a full one")
    distil.set_defaults(func=distil_command)
    distil.add_argument("teacher", type=Path, help="VGG file of any layout")
    distil.add_argument("out", type=Path, help="folder of the run; resumes if it holds a state.pt")
    distil.add_argument(
        "--widths", type=int, nargs=5, default=(32, 64, 128, 256, 256), metavar="N", help="channels of the five blocks"
    )
    _add_pictures(distil)
    distil.add_argument("--steps", type=int, default=20_000, help="last step (default: 20000)")
    distil.add_argument("--rate", type=float, default=1e-3, help="learning rate (default: 0.001)")
    distil.add_argument("--precision", choices=("no", "bf16"), default="no", help="bf16: bfloat16 where it is safe")

    encoder = subparsers.add_parser("encoder", help="bring a VGG file of any layout into ours")
    encoder.set_defaults(func=encoder_command)
    encoder.add_argument("source", type=Path, help="state dict of torchvision or Keras, vgg_normalised.pth, or ours")
    encoder.add_argument("out", type=Path, help="safetensors file to write")
    encoder.add_argument("--normalise", type=Path, metavar="FOLDER", help="scale channels to root-mean-square 1 on it")
    encoder.add_argument("--count", type=int, default=160, help="pictures of FOLDER that are used (default: 160)")

    evaluate = subparsers.add_parser("evaluate", help="measure a checkpoint on content-style pairs")
    evaluate.set_defaults(func=evaluate_command)
    evaluate.add_argument("checkpoint", help="'embedded', a folder, or owner/name@revision on the Hub")
    evaluate.add_argument("contents", type=Path, help="folder of photographs, never trained on")
    evaluate.add_argument("styles", type=Path, help="folder of style pictures, never trained on")
    evaluate.add_argument("-o", "--out", type=Path, required=True, help="folder for pairs.csv, summary.json, sheet.jpg")
    evaluate.add_argument(
        "--judge",
        action="append",
        required=True,
        metavar="VGG|efficientnet",
        help="a VGG file, or efficientnet; may be repeated. Name one that took no part in training",
    )
    evaluate.add_argument("--size", type=int, default=512, help="longer side in pixels (default: 512)")
    evaluate.add_argument("--per-content", type=int, metavar="N", help="styles for each content (default: all)")
    evaluate.add_argument(
        "--sheet", type=int, nargs=2, default=(8, 12), metavar=("ROWS", "COLUMNS"), help="default: 8 12"
    )
    evaluate.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def _add_pictures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contents", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--styles", type=Path, required=True, help="folder of paintings")
    parser.add_argument("--held-out", type=Path, help="list of pictures that are not trained on")
    parser.add_argument("--minutes", type=float, default=5.0, help="between checkpoints (default: 5)")
    parser.add_argument("--seed", type=int, default=0, help="of crops and fresh weights (default: 0)")
    parser.add_argument("--workers", type=int, default=1, help="processes that read pictures (default: 1)")


def _add_training(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recipe", default="paper", help="paper or compact (default: paper)")
    _add_pictures(parser)
    parser.add_argument("--loss-network", type=Path, required=True, help="VGG file of any layout, or a distilled one")
    parser.add_argument(
        "--second-network", type=Path, help="second loss network: SqueezeNet 1.1 in torchvision's layout"
    )
    parser.add_argument("--start", type=Path, help="checkpoint folder to begin with")
    parser.add_argument(
        "--previews", type=Path, help="folder with content/ and style/: preview sheets, or a study's sheet"
    )
    for name, (kind, what) in CHANGES.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=kind, metavar="N", help=f"{what} (default: the recipe's)"
        )


def _check_packages() -> None:
    for name in ("accelerate", "tensorboard"):
        if find_spec(name) is None:
            raise ValueError(f"Training needs the package {name}: pip install -r requirements-training.txt")


def _recipe(options: argparse.Namespace) -> "Recipe":
    from sanet.training.recipes import RECIPES, changed

    if options.recipe not in RECIPES:
        raise ValueError(f"There is no recipe {options.recipe!r}; there are {', '.join(RECIPES)}.")
    changes = {name: getattr(options, name) for name in CHANGES if getattr(options, name) is not None}
    return changed(RECIPES[options.recipe], **changes)


def _places(options: argparse.Namespace) -> "Places":
    from sanet.training.recipes import Places

    names = ("out", "contents", "styles", "loss_network", "second_network", "held_out", "start", "previews")
    return Places(**{name: getattr(options, name) for name in names})


def train_command(options: argparse.Namespace) -> int:
    """Follow a recipe."""
    _check_packages()
    from sanet.training.recipes import run
    from sanet.training.trainer import end_exchange

    run(_recipe(options), _places(options), options.minutes, options.seed, options.workers)
    end_exchange()
    return 0


def study_command(options: argparse.Namespace) -> int:
    """Train the variants of a study and draw them side by side."""
    _check_packages()
    from sanet.training.studies import STUDIES, study
    from sanet.training.trainer import end_exchange

    variants = STUDIES[options.name](_recipe(options))
    study(variants, _places(options), options.minutes, options.seed, options.workers)
    end_exchange()
    return 0


def distil_command(options: argparse.Namespace) -> int:
    """Train a compact encoder; leaves encoder.safetensors, which is a loss network, too."""
    _check_packages()
    from sanet.checkpoints.vgg import load_encoder
    from sanet.training.data import PairBatches, find_pictures
    from sanet.training.distil import STAGE, distil
    from sanet.training.trainer import TrainerConfig

    rate, steps = options.rate, options.steps
    config = TrainerConfig(steps, rate, 0.02 * rate, average=0.998, precision=options.precision)
    contents, styles = (find_pictures(folder, options.held_out) for folder in (options.contents, options.styles))
    dataset = PairBatches(contents, styles, (STAGE,), options.seed, rank=0, world=1)
    teacher = load_encoder(options.teacher)
    distil(teacher, options.out, tuple(options.widths), config, dataset, options.minutes, options.workers)
    return 0


def encoder_command(options: argparse.Namespace) -> int:
    """Convert, and normalise if asked to."""
    from sanet.checkpoints.vgg import load_encoder, normalise_scales, save_half
    from sanet.image.decode import fit, on_white, open_named, pad, to_tensor
    from sanet.training.data import find_pictures

    encoder = load_encoder(options.source)
    if options.normalise:
        paths = find_pictures(options.normalise)[: options.count]
        normalise_scales(encoder, (pad(to_tensor(on_white(fit(open_named(path), 384)))) for path in paths))
    save_half(encoder, options.out)
    return 0


def evaluate_command(options: argparse.Namespace) -> int:
    """Measure, print the means, and leave tables and a contact sheet."""
    import json

    import sanet
    from sanet.training.data import find_pictures
    from sanet.training.evaluate import contact_sheet, efficientnet_judge, evaluate, summary, vgg_judge, write

    engine = sanet.load(options.checkpoint, options.device)
    contents, styles = find_pictures(options.contents), find_pictures(options.styles)
    judges = {
        Path(name).stem: efficientnet_judge() if name == "efficientnet" else vgg_judge(Path(name))
        for name in options.judge
    }
    measures, fidelity = evaluate(engine, judges, contents, styles, options.size, options.per_content)
    write(options.out, measures, fidelity)
    rows, columns = options.sheet
    contact_sheet(engine, contents[:rows], styles[:columns], options.size).save(options.out / "sheet.jpg", quality=90)
    print(json.dumps(summary(measures, fidelity), indent=2))
    return 0
