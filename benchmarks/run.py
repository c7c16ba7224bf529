"""What one run measures: plain data that JSON, tables and plots are made of. Progress goes to stderr."""

import sys
from dataclasses import dataclass
from typing import Any

import torch

import sanet
from benchmarks.alone import alone, startup
from benchmarks.measure import Timing, devices, machine, matrix_product
from benchmarks.plain_and_fast import plain_and_fast
from benchmarks.stages import stages
from benchmarks.table_1 import methods, table_1
from benchmarks.yardsticks import lite, paper_size, states
from sanet.methods.gatys import STEPS

Data = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """Sides in pixels. `sides`: stage by stage; `pixels`: time against pixels."""

    sides: tuple[int, ...] = (256, 512, 1024, 2048)
    pixels: tuple[int, ...] = (512, 1024, 2048, 4096)
    style_sides: tuple[int, ...] = (1024,)
    yardsticks: int = 512
    memory: int = 1024
    tiled: int = 2048
    table_1: tuple[str, ...] = ("vgg19", "compact")
    gatys_steps: int = STEPS


FULL = Plan()
# To try the program.
SMALL = Plan((64, 128), (64, 128), (64,), 128, 128, 1040, ("compact",), 2)


def measure(plan: Plan) -> Data:
    """Everything; keys are in the order of the report."""
    data: Data = {"machine": machine(), "yardstick side": plan.yardsticks}
    for device in devices():
        data[device.type] = on_device(device, plan)
    _tell("(a), (b)")
    timings, difference = paper_size(plan.yardsticks)
    found = {**timings, **{f"compact, {name}": time for name, time in _compact(plan.yardsticks).items()}}
    data["yardsticks"] = _plain({**found, **lite(plan.yardsticks)}, timings["(a) literal vgg19"])
    data["difference to (a)"] = difference
    data["table 1"] = {
        f"{preset}, {device.type}": {
            levels: {side: time._asdict() for side, time in row.items()} for levels, row in _table(device, preset)
        }
        for device in devices()
        for preset in plan.table_1
    }
    return data | five_methods(plan) | in_processes(plan)


def five_methods(plan: Plan) -> Data:
    """The five columns of Table 1."""
    _tell("the five methods of table 1")
    found = methods(plan.gatys_steps)
    return {
        "gatys steps": plan.gatys_steps,
        "methods": {name: {side: time._asdict() for side, time in row.items()} for name, row in found.items()},
    }


def on_device(device: torch.device, plan: Plan) -> Data:
    """Stages and states by size."""
    product = matrix_product(device)
    data: Data = {"product": product._asdict(), "stages": {}, "states": {}, "plain and fast": {}}
    for side in plan.sides:
        _tell(f"{device.type}, {side} px")
        found = stages(device, side, product)
        data["stages"][str(side)] = {
            s.name: s.time._asdict()
            | {"products": s.time.seconds / product.seconds, "gflop": s.gflop, "done": s.done, "share": s.share}
            for s in found
        }
        data["plain and fast"][str(side)] = {
            step: {name: time._asdict() for name, time in both.items()}
            for step, both in plain_and_fast(device, side).items()
        }
        data["states"][str(side)] = _plain(states(sanet.load("embedded", device.type), side), product, "products")
    return data


def _compact(side: int) -> dict[str, Timing]:
    return states(sanet.load("embedded", "cpu"), side)


def _table(device: torch.device, preset: str) -> Any:
    _tell(f"table 1, {preset}, {device.type}")
    return table_1(device, preset).items()


def in_processes(plan: Plan) -> Data:
    """What needs a process of its own: memory, time against pixels, tiles, start."""
    data: Data = {"memory": {}, "pixels": {}}
    for side in plan.sides:
        _tell(f"memory, {side} px")
        data["memory"][str(side)] = alone("paint", "compact", side, side, 1)
    _tell(f"memory against (a), {plan.memory} px")
    data["memory of vgg19"] = alone("paint", "vgg19", plan.memory, plan.memory, 1)
    data["memory of (a)"] = alone("literal", plan.memory, plan.memory)
    for style_side in plan.style_sides:
        for side in plan.pixels:
            _tell(f"{side} px in a style of {style_side} px")
            rounds = 2 if side > 2048 else 3  # minutes each
            found = alone("paint", "compact", side, style_side, rounds)
            data["pixels"].setdefault(str(style_side), {})[str(side)] = found
    _tell(f"tiles, {plan.tiled} px")
    data["tiled"] = alone("tiled", plan.tiled, plan.style_sides[-1])["difference"]
    data["startup"] = startup()._asdict()
    return data


def _plain(timings: dict[str, Timing], yardstick: Timing, unit: str = "of (a)") -> Data:
    """With the ratio to a yardstick of the same run."""
    return {name: t._asdict() | {unit: t.seconds / yardstick.seconds} for name, t in timings.items()}


def _tell(what: str) -> None:
    print(f"measuring {what}", file=sys.stderr, flush=True)
