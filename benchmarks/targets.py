"""The targets, what was measured, and whether it is enough."""

from typing import Any, NamedTuple


class Target(NamedTuple):
    """A row of the table."""

    what: str
    target: str
    got: str
    met: bool | None  # None: not measured


def targets(data: dict[str, Any]) -> list[Target]:
    """All rows, from what `run.measure` found."""
    side = data["target side"]
    return [*_speed(data, f"{side} px"), _against_lite(data["yardsticks"], f"{side} px"), *_memory_and_size(data)]


def _speed(data: dict[str, Any], size: str) -> list[Target]:
    against = data["yardsticks"]
    rows = [
        ("vgg19, style prepared", 2.5),
        ("compact, cold", 6.0),
        ("compact, all prepared", 20.0),
    ]
    found = []
    for name, least in rows:
        times = 1 / against[name]["of (a)"]
        found.append(Target(f"{name}, {size}, against (a)", f"{least:g} times faster", f"{times:.1f}", times >= least))
    difference, share = data["difference to (a)"], data["cpu"]["convolution share"]
    least_share = share.get(str(data["target side"]), min(share.values()))
    return [
        found[0],
        Target("its largest difference to (a)", "1e-3", f"{difference:.1e}", difference <= 1e-3),
        *found[1:],
        Target(
            f"encoder and decoder of compact, {size}, as written, share of (c)",
            "65 %",
            f"{least_share:.0%}",
            least_share >= 0.65,
        ),
    ]


def _against_lite(yardsticks: dict[str, Any], size: str) -> Target:
    what = f"compact, style prepared, {size}, against (b) at its 384 px"
    if "(b) style prepared" not in yardsticks:
        return Target(what, "no slower", "(b) is not installed", None)
    ratio = yardsticks["compact, style prepared"]["seconds"] / yardsticks["(b) style prepared"]["seconds"]
    return Target(what, "no slower", f"{ratio:.2f} times the time", ratio <= 1)


def _memory_and_size(data: dict[str, Any]) -> list[Target]:
    share = data["memory of vgg19"]["above"] / data["memory of (a)"]["above"]
    style, sizes = list(data["pixels"].items())[-1]
    largest = max(sizes, key=int)
    big, uneven, ready = sizes[largest], unevenness(sizes), data["startup"]["seconds"]
    rows = [
        Target("vgg19, memory above the loaded process, against (a)", "0.25", f"{share:.2f}", share <= 0.25),
        Target(
            f"compact, {largest} px, style {style} px: peak memory",
            "4 GB",
            f"{big['peak']:.1f} GB, {big['seconds']:.0f} s",
            big["peak"] < 4,
        ),
        Target("largest difference by tiles", "2e-3", f"{data['tiled']:.1e}", data["tiled"] <= 2e-3),
        Target(
            f"time a pixel against the mean, {min(sizes, key=int)} to {largest} px",
            "within 25 %",
            f"{uneven:.0%}",
            uneven <= 0.25,
        ),
        Target("from torch imported to the checkpoint ready", "3 s", f"{ready:.1f} s", ready < 3),
    ]
    return rows


def unevenness(sizes: dict[str, Any]) -> float:
    """Largest relative distance of a size's seconds a pixel from the mean of all sizes."""
    costs = [found["seconds"] / int(side) ** 2 for side, found in sizes.items()]
    mean = sum(costs) / len(costs)
    return max(abs(cost / mean - 1) for cost in costs)
