"""Stage by stage: seconds, arithmetic, and the share of the machine's matrix-product rate."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

import sanet
from benchmarks.measure import Timing, peak_rate, pictures, timed
from sanet.engine.controls import style_weights
from sanet.engine.cost import count_decoding, count_encoding
from sanet.engine.stylizer import TILE
from sanet.engine.tiling import decode_tiled, encode_tiled
from sanet.image.decode import open_picture
from sanet.image.save import save_picture
from sanet.image.tensor import pad, to_picture, to_tensor
from sanet.network.attention import unreported
from sanet.network.encoder import Features
from sanet.network.fast.matmul import has_onednn
from sanet.network.model import SANetConfig, StyleTransferNet, blend


class Stage(NamedTuple):
    """One step of a picture's way. A multiply-add counts as two operations."""

    name: str
    time: Timing
    gflop: float  # as the equations are written, every 3x3 convolution in nine products
    done: float  # of convolutions and matrix products as they were carried out
    share: float  # of the matrix-product rate, as written


def stages(device: torch.device, side: int, product: Timing, rounds: int = 7) -> list[Stage]:
    """All stages of the embedded model for a content and a style of `side` x `side` pixels."""
    net = sanet.load("embedded", device=device.type).net
    written = as_written(net.config, side)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode(), half(device):
        found = steps(net, device, side, Path(folder))
        return [_measured(name, step, written.get(name), product, rounds) for name, step in found.items()]


def as_written(config: SANetConfig, side: int) -> dict[str, float]:
    """Operations of encoder and decoder for `side` x `side` pixels."""
    encoding = count_encoding(config, (side, side))
    decoding = count_decoding(config, (side, side))
    return {"encode content": encoding, "encode style": encoding, "decode": decoding}


def half(device: torch.device) -> torch.autocast:
    """As in the engine."""
    return torch.autocast(device.type, dtype=torch.float16, enabled=device.type == "cuda")


def steps(net: StyleTransferNet, device: torch.device, side: int, folder: Path) -> dict[str, Callable[[], object]]:
    """The steps as the engine takes them; what one needs from an earlier one is made here."""
    content, style = pictures(side)
    file = io.BytesIO()
    content.save(file, "JPEG", quality=92)

    def encode(picture: Image.Image) -> Features:
        image = pad(to_tensor(picture)).to(device, memory_format=torch.channels_last)
        return encode_tiled(net.encoder, image, TILE, unreported)

    features, style_features = encode(content), encode(style)
    maps = [net.attend(features, other) for other in (features, style_features)]
    weights = style_weights(0.5, (1.0,)).to(device)
    mixed = blend(maps, weights)
    image = decode_tiled(net.decoder, mixed, TILE, unreported)
    return {
        "decode picture": lambda: open_picture(file.getvalue()),
        "encode content": lambda: encode(content),
        "encode style": lambda: encode(style),
        "attend": lambda: net.attend(features, style_features),
        "blend": lambda: blend(maps, weights),
        "decode": lambda: decode_tiled(net.decoder, mixed, TILE, unreported),
        "save": lambda: save_picture(to_picture(image), folder / "result.png"),
    }


def _measured(name: str, step: Callable[[], object], written: float | None, product: Timing, rounds: int) -> Stage:
    with FlopCounterMode(display=False, custom_mapping=_onednn_products()) as counter:
        step()
    done = counter.get_total_flops()
    operations = done if written is None else written
    time = timed(step, rounds)
    return Stage(name, time, operations / 1e9, done / 1e9, operations / time.seconds / peak_rate(product))


def _onednn_products() -> dict[object, Callable[..., int]]:
    """The counter knows torch's own operations only."""
    if not has_onednn():
        return {}

    def count(x: tuple[int, ...], weight: tuple[int, ...], *_: object, **__: object) -> int:
        return 2 * x[0] * x[1] * weight[0]

    return {torch.ops.mkldnn._linear_pointwise: count}
