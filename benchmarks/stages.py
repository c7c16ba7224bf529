"""Stage by stage: seconds, arithmetic, and the share of the machine's matrix-product rate."""

import io
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

import sanet
from benchmarks.measure import Timing, peak_rate, pictures, timed
from sanet.engine.controls import blend, style_weights
from sanet.engine.stylizer import TILE
from sanet.engine.tiling import decode_tiled, encode_tiled
from sanet.image.decode import open_picture, pad, save_picture, to_picture, to_tensor
from sanet.network.attention import unreported
from sanet.network.fast.matmul import onednn_is_faster
from sanet.network.model import SANetConfig, StyleTransferNet

CONVOLUTIONS = ("encode content", "encode style", "decode")


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
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode(), _half(device):
        steps = _steps(net, device, side, Path(folder))
        return [_measured(name, step, written.get(name), product, rounds) for name, step in steps.items()]


def as_written(config: SANetConfig, side: int) -> dict[str, float]:
    """Operations of encoder and decoder for `side` x `side` pixels, of their convolutions one by one."""
    net, counts = StyleTransferNet(config).to("meta"), {"encoder": 0.0, "decoder": 0.0}

    def count(part: str, module: torch.nn.Module, inputs: tuple, out: torch.Tensor) -> None:
        assert isinstance(module, torch.nn.Conv2d)
        counts[part] += 2 * module.weight.numel() * out.shape[2] * out.shape[3]

    for part in counts:
        for module in net.get_submodule(part).modules():
            if isinstance(module, torch.nn.Conv2d):
                module.register_forward_hook(partial(count, part))
    net.decoder(net.encoder(torch.empty(1, 3, side, side, device="meta")).relu4_1)
    return {"encode content": counts["encoder"], "encode style": counts["encoder"], "decode": counts["decoder"]}


def _half(device: torch.device) -> torch.autocast:
    return torch.autocast(device.type, dtype=torch.float16, enabled=device.type == "cuda")


def _steps(net: torch.nn.Module, device: torch.device, side: int, folder: Path) -> dict[str, Callable[[], object]]:
    """The steps as the engine takes them; what one needs from an earlier one is made here."""
    content, style = pictures(side)
    file = io.BytesIO()
    content.save(file, "JPEG", quality=92)

    def encode(picture):
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
    if not onednn_is_faster():
        return {}

    def count(x: tuple[int, ...], weight: tuple[int, ...], *_: object, **__: object) -> int:
        return 2 * x[0] * x[1] * weight[0]

    return {torch.ops.mkldnn._linear_pointwise: count}


def convolution_share(found: list[Stage], product: Timing) -> float:
    """Share of the matrix-product rate that encoder and decoder reach together, their convolutions as written."""
    parts = [stage for stage in found if stage.name in CONVOLUTIONS]
    return sum(s.gflop for s in parts) * 1e9 / sum(s.time.seconds for s in parts) / peak_rate(product)
