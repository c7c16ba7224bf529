"""Table 1 of the paper, execution time in seconds: the authors' figures and ours."""

import torch

import sanet
from benchmarks.measure import Timing, fresh, pictures, random_network, timed
from sanet.engine.stylizer import Stylizer
from sanet.methods.methods import NAMES, Methods

SIDES = (256, 512)
LEVELS = {"relu4_1 only": (4,), "multi-level": (4, 5)}
# On the authors' GPU.
PAPER = {"relu4_1 only": (0.012, 0.042), "multi-level": (0.017, 0.055)}
PAPER_METHODS = {
    "sanet": PAPER["multi-level"],
    "gatys": (15.863, 50.804),
    "wct": (0.689, 0.997),
    "avatar-net": (0.248, 0.356),
    "adain": (0.011, 0.039),
}


def table_1(device: torch.device, preset: str) -> dict[str, dict[str, Timing]]:
    """Seconds by levels and size; both pictures are encoded each time, as in the paper. Weights do not matter here."""
    found = {}
    for name, levels in LEVELS.items():
        engine = Stylizer(random_network(preset, levels), device)
        found[name] = {str(side): _seconds(engine, side) for side in SIDES}
    return found


def _seconds(engine: Stylizer, side: int) -> Timing:
    content, style = pictures(side)
    return timed(lambda: engine.stylize(fresh(content), [fresh(style)], max_side=side))


def methods(steps: int) -> dict[str, dict[str, Timing]]:
    """Seconds by method and size on the CPU, where all five paint; of Gatys one picture of `steps` steps."""
    painter = Methods(sanet.load("embedded", "cpu"))
    return {name: {str(side): _method_seconds(painter, name, side, steps) for side in SIDES} for name in NAMES}


def _method_seconds(painter: Methods, name: str, side: int, steps: int) -> Timing:
    content, style = pictures(side)
    once = name == "gatys"  # minutes each
    return timed(
        lambda: painter.paint(name, fresh(content), fresh(style), max_side=side, steps=steps),
        rounds=1 if once else 7,
        warm_up=not once,
    )
