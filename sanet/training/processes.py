"""The processes that share one training run, as `torchrun` starts them: which one this is, and what they agree on.

Alone, without `torchrun`, everything here is the identity.
"""

import gc
import os
from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
import torch.distributed.nn  # not later: imported during an exchange, its default arguments would keep that alive
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


class Processes:
    """`rank` of `world` processes, and the device that this one computes on: a GPU of its own if there is one."""

    def __init__(self) -> None:
        self.world, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        has_gpu = torch.cuda.is_available()
        self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if has_gpu else torch.device("cpu")
        if has_gpu:
            torch.cuda.set_device(self.device)
        if self.world > 1 and not dist.is_initialized():
            dist.init_process_group("cpu:gloo,cuda:nccl" if has_gpu else "gloo")

    @property
    def is_main(self) -> bool:
        """Whether this one writes files."""
        return self.rank == 0

    def spread(self, module: nn.Module) -> Callable[..., Any]:
        """The module's forward, whose gradients are the means over all processes."""
        return DistributedDataParallel(module) if self.world > 1 else module

    def agree(self, *values: float) -> list[float]:
        """The largest of each value over all processes, so that all decide alike."""
        if self.world == 1:
            return list(values)
        shared = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(shared, dist.ReduceOp.MAX)
        return shared.tolist()

    def mean(self, terms: dict[str, Tensor]) -> dict[str, Tensor]:
        """Scalars by name, detached, as means over all processes."""
        values = {name: term.detach() for name, term in terms.items()}
        if self.world == 1:
            return values
        shared = torch.stack(list(values.values()))
        dist.all_reduce(shared)
        return dict(zip(values, shared / self.world, strict=True))


def leave() -> None:
    """End the exchange between the processes of a run, if any, once its trainer is let go of.

    A thread of the exchange that still holds tensors when the interpreter ends aborts the process.
    """
    gc.collect()
    if dist.is_initialized():
        dist.destroy_process_group()
