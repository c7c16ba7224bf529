"""Encoder files in several formats -> `Encoder`: the frozen VGG that losses and judges are computed with.

Knows no training and no style. Reads our own format, torchvision's VGG-16 and VGG-19 state dicts and the published
`vgg_normalised.pth`; tells them apart by their keys. Depth and width follow from the tensors.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import shorten

import torch
from torch import Tensor, nn

from sanet.checkpoints.format import check_sums, read_config, read_weights
from sanet.checkpoints.tensor_files import Shapes, Tensors, read_tensors, write_safetensors
from sanet.network.encoder import Encoder
from sanet.paths import VGG19 as EMBEDDED

# What torchvision's weights expect of RGB in [0, 1].
IMAGENET_MEAN = torch.tensor([0.485, 0.456, 0.406])
IMAGENET_STD = torch.tensor([0.229, 0.224, 0.225])

VGG16, VGG19 = (2, 2, 3, 3, 1), (2, 2, 4, 4, 1)


def load_encoder(path: Path) -> Encoder:
    """The encoder in a file of any known format, float32. Raises ValueError if it is none of them, or not whole."""
    tensors = read_tensors(path)
    convert = _converter(tensors)
    if convert is None:
        keys = shorten(" ".join(tensors), 80)
        raise ValueError(f"{path} is no VGG file of a known format; its keys begin with {keys!r}.")
    try:
        return build_encoder(convert(tensors))
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{path} is not a whole VGG up to conv5_1: {shorten(str(error), 200)}") from error


def load_embedded() -> Encoder:
    """The VGG-19 that ships with the project, float32. Raises ValueError naming the file at fault."""
    sums = read_config(EMBEDDED)[1]
    check_sums(EMBEDDED, sums)
    return build_encoder(read_weights(EMBEDDED, sums))


def _converter(tensors: Tensors) -> Callable[[Tensors], Tensors] | None:
    """What brings tensors into our names; None if they are of no known format."""
    if "conv1_1.weight" in tensors:
        return dict
    if "features.0.weight" in tensors:
        return _torchvision
    if "0.weight" in tensors and tensors["0.weight"].shape == (3, 3, 1, 1):
        return published
    return None


def save_half(module: nn.Module, path: Path) -> None:
    """Write what a module holds, by its own names, in half precision; the folder is made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_safetensors({name: tensor.half() for name, tensor in module.state_dict().items()}, path)


def build_encoder(tensors: Tensors) -> Encoder:
    """An encoder of the depth and width that tensors in our format have.

    Instead of `rgb_matrix` and `rgb_offset` there may be only the `mean` to subtract. Raises ValueError if they make no
    whole encoder.
    """
    tensors = {"rgb_matrix": torch.eye(3), "rgb_offset": -tensors.get("mean", torch.zeros(3)), **tensors}
    tensors.pop("mean", None)
    encoder = Encoder(*encoder_sizes({name: tuple(tensor.shape) for name, tensor in tensors.items()}))
    try:
        encoder.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    return encoder


def encoder_sizes(shapes: Shapes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Convolutions and channels of the five blocks, by the names and shapes of tensors in our format.

    Raises ValueError if one does not take what the one before it gives: two long, thin tensors would ask for a wide
    network, which takes memory that no file has to hold.
    """
    convs, widths, channels = [], [], 3
    for block in range(1, 6):
        names = [name for name in shapes if re.fullmatch(rf"conv{block}_\d\.weight", name)]
        width = (shapes.get(f"conv{block}_1.weight") or (0,))[0]
        for name in sorted(names) or [f"conv{block}_1.weight"]:
            if width < 1 or shapes.get(name) != (width, channels, 3, 3):
                raise ValueError(f"{name} does not have the shape {width} x {channels} x 3 x 3.")
            channels = width
        convs.append(len(names))
        widths.append(width)
    return tuple(convs), tuple(widths)


def _torchvision(tensors: Tensors) -> Tensors:
    """`features.N`: convolutions in order of N; RGB is standardised by the ImageNet mean and deviation."""
    pattern = re.compile(r"features\.(\d+)\.weight")
    indices = sorted(int(m[1]) for m in map(pattern.fullmatch, tensors) if m)
    prefixes = [f"features.{index}" for index in indices]
    named = _by_order(tensors, prefixes, VGG19 if len(prefixes) >= 16 else VGG16)
    return {**named, "rgb_matrix": torch.diag(1 / IMAGENET_STD), "rgb_offset": -IMAGENET_MEAN / IMAGENET_STD}


def published(tensors: Tensors, convs: tuple[int, ...] = VGG19) -> Tensors:
    """The Sequential of `vgg_normalised.pth` in our names; its first convolution is the colour transform.

    Raises ValueError or LookupError if it is something else.
    """
    first, *prefixes = map(str, sorted({int(key.split(".")[0]) for key in tensors if key.split(".")[0].isdigit()}))
    named = _by_order(tensors, prefixes, convs)
    return {**named, "rgb_matrix": tensors[f"{first}.weight"][:, :, 0, 0], "rgb_offset": tensors[f"{first}.bias"]}


def _by_order(tensors: Tensors, prefixes: Iterable[str], convs: tuple[int, ...]) -> Tensors:
    """Convolutions in order -> our names; what lies above conv5_1 is left out."""
    names = [f"conv{block}_{i}" for block, count in enumerate(convs, 1) for i in range(1, count + 1)]
    pairs = list(zip(names, prefixes, strict=False))
    return {f"{name}.{kind}": tensors[f"{prefix}.{kind}"] for name, prefix in pairs for kind in ("weight", "bias")}


@torch.no_grad()
def normalise_scales(encoder: Encoder, pictures: Iterable[Tensor]) -> None:
    """Rescale, in place, every channel of every convolution to root-mean-square 1 after its ReLU over `pictures`.

    Exact: ReLU and max pooling pass positive factors, so the next convolution takes them back. Each picture is
    (1, 3, H, W) in [0, 1]. By the root-mean-square and not by the mean, as in the published normalised VGG, because
    plain means let a few rarely active channels dominate the losses. Channels that never fire stay as they are.
    """
    images = list(pictures)
    if not images:
        raise ValueError("At least one picture is needed to normalise an encoder, got 0.")
    names = [name for block in encoder.blocks for name in block]
    squares: Tensors = {name: torch.zeros(()) for name in names}
    hooks = [encoder.get_submodule(name).register_forward_hook(_summing(squares, name)) for name in names]
    for image in images:
        encoder(image)
    for hook in hooks:
        hook.remove()
    inverse = torch.ones(3)
    for name in names:
        conv = encoder.get_submodule(name)
        assert isinstance(conv, torch.nn.Conv2d)
        scale = (squares[name] / len(images)).sqrt().float()  # (C,)
        scale = scale.where(scale > 0, torch.ones(()))
        conv.weight.mul_(inverse[None, :, None, None]).div_(scale[:, None, None, None])
        assert conv.bias is not None
        conv.bias.div_(scale)
        inverse = scale


def _summing(squares: Tensors, name: str) -> Callable[[torch.nn.Module, tuple[Tensor], Tensor], None]:
    """A hook that adds the mean square of each channel behind ReLU (the hook sees the convolution's own output)."""

    def hook(module: torch.nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        squares[name] = squares[name] + output.relu().double().square().mean(dim=(0, 2, 3))

    return hook
