"""Arbitrary style transfer with style-attentional networks (Park & Lee, CVPR 2019, arXiv 1812.02342)."""

from pathlib import Path

import torch

from sanet.checkpoints import load_network
from sanet.controls import Controls
from sanet.engine import Prepared, Stylizer

__all__ = ["Controls", "Prepared", "Stylizer", "load"]


def load(source: str | Path = "embedded", device: str = "auto") -> Stylizer:
    """An engine for a checkpoint: "embedded", or a folder in our layout or in the published .pth layout.

    `device`: "auto" takes CUDA when there, else the CPU; "cpu" and "cuda" force one. Raises ValueError if the
    checkpoint cannot be used or the device is not there.
    """
    if device not in {"auto", "cpu", "cuda"}:
        raise ValueError(f"The device must be auto, cpu or cuda, got {device!r}.")
    has_cuda = torch.cuda.is_available()
    if device == "cuda" and not has_cuda:
        raise ValueError("No CUDA device was found; use the device cpu or auto.")
    chosen = "cuda" if device != "cpu" and has_cuda else "cpu"
    return Stylizer(load_network(source), torch.device(chosen))
