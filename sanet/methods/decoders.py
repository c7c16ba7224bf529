"""The decoders of WCT and Avatar-Net, and where they lie. Knows no picture and no training."""

from pathlib import Path

from torch import nn

from sanet.checkpoints.format import (
    INDEX,
    WEIGHTS,
    check_sums,
    load_strictly,
    read_config,
    read_weights,
    write_checkpoint,
)
from sanet.errors import RefusedError
from sanet.methods.mirror import Mirror
from sanet.network.decoder import Decoder

FILE_BYTES = 6_000_000  # at most, of each file of weights
LEVELS = range(1, 6)


class Decoders(nn.Module):
    """What undoes the encoder: for WCT from each of its taps, for Avatar-Net from relu4_1."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        """`widths`: channels of the encoder's five blocks."""
        super().__init__()
        self.widths = widths
        self.wct = nn.ModuleList(Mirror(widths, level) for level in LEVELS)
        self.avatar_net = Mirror(widths, 4)

    def of_level(self, level: int) -> Mirror:
        """WCT's for relu`level`_1."""
        found = self.wct[level - 1]
        assert isinstance(found, Mirror)
        return found


def adain_decoder(widths: tuple[int, ...]) -> Decoder:
    """AdaIN's, before it has learnt anything."""
    return Decoder(widths, "bilinear")


def save(module: nn.Module, widths: tuple[int, ...], folder: Path) -> None:
    """Write weights in half precision, with the encoder's `widths` and the SHA-256 of every file."""
    tensors = {name: tensor.half() for name, tensor in module.state_dict().items()}
    write_checkpoint(folder, {"widths": widths}, tensors, FILE_BYTES)


def load(module: nn.Module, widths: tuple[int, ...], folder: Path) -> None:
    """Read what `save` wrote into `module`, float32. Raises ValueError naming the file at fault, or other widths."""
    config, sums = read_config(folder)
    if config != {"widths": list(widths)}:
        raise RefusedError("{folder} was made for another encoder.", folder=folder)
    check_sums(folder, sums)
    load_strictly(module, read_weights(folder, sums), folder / (INDEX if INDEX in sums else WEIGHTS))
