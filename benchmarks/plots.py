"""The measurements as plots, PNG."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

Data = dict[str, Any]
# Okabe & Ito: apart for colour-blind eyes.
COLORS = ("#999999", "#0072b2", "#56b4e9", "#d55e00", "#f0e442", "#009e73", "#cc79a7")


def plot_stages(data: Data, device: str, path: Path) -> None:
    """Stacked bars: seconds a megapixel of every stage, by size."""
    by_side = data[device]["stages"]
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    bottom = [0.0] * len(by_side)
    labels = [f"{side} px" for side in by_side]
    for color, stage in zip(COLORS, next(iter(by_side.values())), strict=True):
        heights = [found[stage]["seconds"] / int(side) ** 2 * 1e6 for side, found in by_side.items()]
        axes.bar(labels, heights, bottom=bottom, label=stage, color=color, width=0.6)
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
    axes.set_ylabel("seconds a megapixel")
    axes.set_title(f"Embedded checkpoint, {device}, content and style of one size")
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], names[::-1], frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    _finish(figure, axes, path)


def plot_pixels(data: Data, path: Path) -> None:
    """Seconds and memory against the content's pixels, with the line of equal cost a pixel."""
    figure, (times, memories) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    for color, (style, sizes) in zip((COLORS[1], COLORS[3]), data["pixels"].items(), strict=False):
        megapixels = [int(side) ** 2 / 1e6 for side in sizes]
        seconds = [found["seconds"] for found in sizes.values()]
        spreads = [found["spread"] for found in sizes.values()]
        times.errorbar(megapixels, seconds, spreads, marker="o", color=color, label=f"style of {style} px")
        line = [seconds[0] / megapixels[0] * pixels for pixels in megapixels]
        times.plot(megapixels, line, color=color, linestyle=":", linewidth=1)
        memories.plot(megapixels, [f["peak"] for f in sizes.values()], marker="o", color=color)
    times.set(xscale="log", yscale="log", ylabel="seconds, style prepared")
    times.legend(frameon=False, title="dotted: the same cost a pixel")
    memories.set(xscale="log", ylabel="peak of the process in GB", ylim=(0, 1.1 * memories.get_ylim()[1]))
    for axes in (times, memories):
        axes.set_xlabel("pixels of the content")
        axes.set_xticks(megapixels, [f"{side}²" for side in sizes])
        axes.xaxis.minorticks_off()
    figure.suptitle("Embedded checkpoint on the CPU")
    memories.spines[["top", "right"]].set_visible(False)
    _finish(figure, times, path)


def plot_yardsticks(data: Data, path: Path) -> None:
    """Seconds of ours and of the yardsticks."""
    found = data["yardsticks"]
    figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    names = list(found)[::-1]
    colors = [COLORS[0] if name.startswith("(") else COLORS[1] for name in names]
    seconds, spreads = ([found[name][key] for name in names] for key in ("seconds", "spread"))
    bars = axes.barh(names, seconds, xerr=spreads, color=colors)
    axes.bar_label(bars, [f" {value:.2f} s" for value in seconds], padding=4)
    axes.margins(x=0.15)
    axes.set_xlabel("seconds")
    axes.set_title(
        f"{data['yardstick side']} px on the CPU: {data['machine']['processor']}, {data['machine']['threads']} threads",
        fontsize=10,
    )
    _finish(figure, axes, path)


def _finish(figure: Any, axes: Any, path: Path) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=140)
    plt.close(figure)
