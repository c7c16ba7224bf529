"""Ways through the controls: the steps of an animation that ends where it began. Knows no picture and no file."""

import math
from collections.abc import Callable
from dataclasses import replace

from sanet.engine.controls import Controls, bilinear_mix
from sanet.errors import RefusedError

Way = Callable[[float], tuple[float, float]]


def _border(t: float) -> tuple[float, float]:
    """A -> B -> D -> C -> A at even speed."""
    side, along = divmod(4 * t, 1.0)
    return ((along, 0.0), (1.0, along), (1.0 - along, 1.0), (0.0, 1.0 - along))[int(side) % 4]


def _eight(t: float) -> tuple[float, float]:
    """A lying figure eight, twice through the middle: Lissajous' curve 1 : 2."""
    return 0.5 + 0.5 * math.sin(2 * math.pi * t), 0.5 + 0.5 * math.sin(4 * math.pi * t)


WAYS: dict[str, Way] = {"Around the square": _border, "Through the middle": _eight}
FROM_PHOTOGRAPH = "From photograph to style and back"
TOURS = (*WAYS, FROM_PHOTOGRAPH)


def tour(name: str, count: int, start: Controls) -> list[Controls]:
    """`count` steps of one of `TOURS`; `start` gives what does not change. The step after the last is the first.

    The ways through the square set the weights of four styles; the third goes from alpha 0 to that of `start` and back.
    Raises ValueError for another name.
    """
    if name not in TOURS:
        raise RefusedError("There is no tour {name}; choose one of {tours}.", name=repr(name), tours=", ".join(TOURS))
    times = [i / count for i in range(count)]
    if name == FROM_PHOTOGRAPH:
        return [replace(start, alpha=start.alpha * (0.5 - 0.5 * math.cos(2 * math.pi * t))) for t in times]
    return [replace(start, mix=bilinear_mix(*WAYS[name](t))) for t in times]
