"""What the methods paint with, from the files that ship with the project. Knows no picture."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn
from torch.nn.utils import convert_conv2d_weight_memory_format

from sanet.checkpoints.load import load_network
from sanet.checkpoints.vgg import load_embedded
from sanet.engine.interrupts import heed_interrupts
from sanet.methods.decoders import Decoders, adain_decoder, load
from sanet.network.decoder import Decoder
from sanet.network.encoder import Encoder
from sanet.paths import METHODS

Module = TypeVar("Module", bound=nn.Module)


class Networks:
    """Loads each when it is first asked for, float32, on the CPU. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: dict[str, nn.Module] = {}

    @property
    def judge(self) -> Encoder:
        """The full VGG-19, which alone can judge pixels."""
        return self._once("judge", load_embedded)

    @property
    def encoder(self) -> Encoder:
        """The compact one, whose taps the decoders undo."""
        return self._once("encoder", lambda: load_network("embedded").encoder)

    @property
    def decoders(self) -> Decoders:
        """Those of WCT and Avatar-Net."""
        widths = self.encoder.widths
        return self._once("decoders", lambda: filled(Decoders(widths), widths, METHODS / "reconstruction"))

    @property
    def adain_decoder(self) -> Decoder:
        """AdaIN's."""
        widths = self.encoder.widths
        return self._once("adain", lambda: filled(adain_decoder(widths), widths, METHODS / "adain"))

    def _once(self, name: str, make: Callable[[], nn.Module]) -> Any:
        with self._lock:
            if name not in self._loaded:
                made = make().eval().requires_grad_(False)
                convert_conv2d_weight_memory_format(made, torch.channels_last)
                heed_interrupts(made)
                self._loaded[name] = made
            return self._loaded[name]


def filled(module: Module, widths: tuple[int, ...], folder: Path) -> Module:
    """`module` with the weights in a folder; errors as `load`."""
    load(module, widths, folder)
    return module
