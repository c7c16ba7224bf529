"""Table 1 of the paper, execution time in seconds: the authors' figures and ours."""

import torch

from benchmarks.measure import Timing, fresh, pictures, random_network, timed
from sanet.engine.stylizer import Stylizer

SIDES = (256, 512)
LEVELS = {"relu4_1 only": (4,), "multi-level": (4, 5)}
# On the authors' GPU.
PAPER = {"relu4_1 only": (0.012, 0.042), "multi-level": (0.017, 0.055)}


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
