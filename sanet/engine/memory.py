"""How much memory this process may still take: of the machine, and of the container that it runs in.

Knows no picture and no network.
"""

from pathlib import Path

import torch

ROOT = Path("/")


def free_memory(device: torch.device, root: Path = ROOT) -> int | None:
    """Bytes, on a GPU those of the GPU; None where the system does not say.

    On the CPU the least of what Linux calls available and of what the limits of the process's control groups, version
    1 or 2, leave.
    """
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] + _reusable(device)
    return min([*_available(root / "proc/meminfo"), *_left_by_groups(root)], default=None)


def _reusable(device: torch.device) -> int:
    """Bytes that PyTorch holds on the GPU without using them."""
    return torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)


def _available(meminfo: Path) -> list[int]:
    return [1024 * int(line.split()[1]) for line in _lines(meminfo) if line.startswith("MemAvailable:")]


def _left_by_groups(root: Path) -> list[int]:
    """What each group above the process leaves. File caches give way, so they do not count as used."""
    found = []
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            top, limit, usage, cache = "", "memory.max", "memory.current", "inactive_file"
        elif "memory" in controllers.split(","):
            top, limit, usage, cache = "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
        else:
            continue
        mounted = root / "sys/fs/cgroup" / top
        own = mounted / path.strip("/")
        for group in (own, *own.parents[: len(own.parts) - len(mounted.parts)]):
            allowed, used = _lines(group / limit), _lines(group / usage)
            if allowed and used and allowed[0].isdigit():  # not "max"
                caches = [int(e.split()[1]) for e in _lines(group / "memory.stat") if e.startswith(f"{cache} ")]
                found.append(max(0, int(allowed[0]) - int(used[0]) + sum(caches)))
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
