"""Arbitrary style transfer with style-attentional networks (Park & Lee, CVPR 2019, arXiv 1812.02342).

`import sanet` is cheap: torch and the engine come with the first name that needs them.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sanet.progress import Report, unreported

if TYPE_CHECKING:
    from sanet.engine.controls import Controls
    from sanet.engine.stylizer import Prepared, Stylizer

__all__ = ["Controls", "Prepared", "Stylizer", "load"]

HOMES = {
    "Controls": "sanet.engine.controls",
    "Prepared": "sanet.engine.stylizer",
    "Stylizer": "sanet.engine.stylizer",
}


def __getattr__(name: str) -> Any:
    """The classes of `__all__`, imported when first asked for (PEP 562)."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load(source: "str | Path" = "embedded", device: str = "auto", progress: Report = unreported) -> "Stylizer":
    """An engine for a checkpoint: "embedded", a folder in our format or in the published .pth format, or a repository
    on the Hugging Face Hub as "owner/name" or "owner/name@revision".

    `progress` gets the share of each file that has come. `device`: "auto" takes CUDA when there, else the CPU; "cpu"
    and "cuda" force one. Raises ValueError if the checkpoint cannot be used or the device is not there.
    """
    if device not in {"auto", "cpu", "cuda"}:
        raise ValueError(f"The device must be auto, cpu or cuda, got {device!r}.")
    if not isinstance(source, str | Path):
        raise ValueError(f"The checkpoint must be a name or a folder, got {source!r}.")

    import torch

    from sanet.checkpoints.hub import load_checkpoint
    from sanet.checkpoints.vgg import load_embedded
    from sanet.engine.stylizer import Stylizer

    has_cuda = torch.cuda.is_available()
    if device == "cuda" and not has_cuda:
        raise ValueError("No CUDA device was found; use the device cpu or auto.")
    chosen = "cuda" if device != "cpu" and has_cuda else "cpu"
    return Stylizer(load_checkpoint(source, progress), torch.device(chosen), load_embedded)
