"""Arbitrary style transfer with style-attentional networks (Park & Lee, CVPR 2019, arXiv 1812.02342)."""

from pathlib import Path

import torch

from sanet.checkpoints.hub import Progress, load_checkpoint
from sanet.engine.controls import Controls
from sanet.engine.stylizer import Prepared, Stylizer

__all__ = ["Controls", "Prepared", "Stylizer", "load"]


def load(source: str | Path = "embedded", device: str = "auto", progress: Progress | None = None) -> Stylizer:
    """An engine for a checkpoint: "embedded", a folder in our layout or in the published .pth layout, or a repository
    on the Hugging Face Hub as "owner/name" or "owner/name@revision".

    `progress` gets the share of each file that has come. `device`: "auto" takes CUDA when there, else the CPU; "cpu"
    and "cuda" force one. Raises ValueError if the checkpoint cannot be used or the device is not there.
    """
    if device not in {"auto", "cpu", "cuda"}:
        raise ValueError(f"The device must be auto, cpu or cuda, got {device!r}.")
    if not isinstance(source, str | Path):
        raise ValueError(f"The checkpoint must be a name or a folder, got {source!r}.")
    has_cuda = torch.cuda.is_available()
    if device == "cuda" and not has_cuda:
        raise ValueError("No CUDA device was found; use the device cpu or auto.")
    chosen = "cuda" if device != "cpu" and has_cuda else "cpu"
    return Stylizer(load_checkpoint(source, progress), torch.device(chosen))
