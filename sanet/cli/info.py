"""The command `sanet info`: what pictures are painted with here, and why."""

import argparse
from typing import Any


def add_commands(subparsers: Any) -> None:
    """Add `info` to the `subparsers` of an `argparse` parser; it sets `func`, which returns an exit code."""
    parser = subparsers.add_parser("info", help="the processor, torch, threads, and the kernels chosen for them")
    parser.set_defaults(func=info_command)


def info_command(args: argparse.Namespace) -> int:
    """Print it, measured first where it is not known. Raises ValueError for a setting that makes no sense."""
    import torch

    from sanet.engine.kernels import SETTING, cache_file, kernels, processor

    choice = kernels()
    origins = {"set": f"set by {SETTING}", "remembered": f"remembered in {cache_file()}", "measured": "measured now"}
    print(f"processor: {processor()}")
    print(f"torch: {torch.__version__}")
    print(f"threads: {torch.get_num_threads()}")
    print(f"kernels: {origins[choice.origin]}")
    for stage, word in vars(choice.kernels).items():
        times = ", ".join(f"{other} {time:.4f} s" for other, time in choice.seconds.get(stage, {}).items())
        print(f"{stage}: {word}" + (f" ({times})" if times else ""))
    return 0
