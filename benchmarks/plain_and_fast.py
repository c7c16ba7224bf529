"""The plain network against the one that the engine paints with, in turns, so that a busy machine slows both alike."""

import tempfile
from functools import partial
from pathlib import Path

import torch

from benchmarks.measure import Timing, fresh, pictures, timed_in_turns
from benchmarks.stages import half, steps
from sanet.checkpoints.load import load_network
from sanet.engine.stylizer import Stylizer

STEPS = ("encode content", "attend", "decode")
PICTURE = "picture, nothing cached"


def plain_and_fast(device: torch.device, side: int, rounds: int = 7) -> dict[str, dict[str, Timing]]:
    """Seconds of both by step for a content and a style of `side` x `side` pixels, embedded checkpoint."""
    engines = both_engines(device)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode(), half(device):
        ways = {name: steps(engine.net, device, side, Path(folder)) for name, engine in engines.items()}
        found = {step: timed_in_turns({name: way[step] for name, way in ways.items()}, rounds) for step in STEPS}
    found[PICTURE] = timed_in_turns({name: partial(_paint, engine, side) for name, engine in engines.items()}, rounds)
    return found


def _paint(engine: Stylizer, side: int) -> None:
    content, style = pictures(side)
    engine.stylize(fresh(content), [fresh(style)], max_side=side)


def both_engines(device: torch.device) -> dict[str, Stylizer]:
    """On the same weights; what `Stylizer` was given stays the plain network."""
    net = load_network("embedded")
    plain, fast = Stylizer(net, device), Stylizer(net, device)
    plain.net = net
    return {"plain": plain, "fast": fast}
