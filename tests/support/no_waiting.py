"""A check that a piece of code never makes the host wait for a number from the device."""

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

WAITS = {torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default}


class NoWaiting(TorchDispatchMode):
    """Within it, reading a floating-point number out of a tensor is an AssertionError; counters may stay on the CPU."""

    def __torch_dispatch__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        assert function not in WAITS or not args[0].is_floating_point(), f"{function} waits for the device"
        return function(*args, **(kwargs or {}))
