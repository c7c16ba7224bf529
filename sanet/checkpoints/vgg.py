"""Encoder files in several layouts -> `Encoder`: the frozen VGG that losses and judges are computed with.

Knows no training and no style. Reads our own layout, torchvision's and Keras's VGG-16 and VGG-19 state dicts and the
published `vgg_normalised.pth`; tells them apart by their keys. Depth and width follow from the tensors.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sanet.network.encoder import Encoder

# What torchvision's weights expect of RGB in [0, 1].
IMAGENET_MEAN = torch.tensor([0.485, 0.456, 0.406])
IMAGENET_STD = torch.tensor([0.229, 0.224, 0.225])
# What Keras's weights expect of BGR in [0, 255].
CAFFE_MEAN = torch.tensor([103.939, 116.779, 123.68])

VGG16, VGG19 = (2, 2, 3, 3, 1), (2, 2, 4, 4, 1)
Tensors = dict[str, Tensor]


def load_encoder(path: Path) -> Encoder:
    """The encoder in a file of any known layout, float32. Raises ValueError if it is none of them."""
    tensors = read_tensors(path)
    keys = " ".join(tensors)
    if "conv1_1.weight" in tensors:
        ours = tensors
    elif "block1_conv1" in keys:
        ours = _keras(tensors)
    elif "features.0.weight" in tensors:
        ours = _torchvision(tensors)
    elif "0.weight" in tensors and tensors["0.weight"].shape == (3, 3, 1, 1):
        ours = published(tensors)
    else:
        raise ValueError(f"{path} is no VGG file of a known layout; its keys begin with {keys[:80]!r}.")
    try:
        return build_encoder(ours)
    except (RuntimeError, KeyError, IndexError) as error:
        raise ValueError(f"{path} is not a whole VGG up to conv5_1: {error}") from error


def save_half(module: nn.Module, path: Path) -> None:
    """Write what a module holds, by its own names, in half precision; the folder is made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.half().contiguous() for name, tensor in module.state_dict().items()}, path)


def read_tensors(path: Path) -> Tensors:
    """The tensors of a .safetensors file or of a plain state dict."""
    try:
        found = load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
    except Exception as error:  # the unpickler raises whatever a damaged file makes it stumble over
        raise ValueError(f"{path} is not a file of plain tensors.") from error
    if not isinstance(found, Mapping) or not all(
        isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in found.items()
    ):
        raise ValueError(f"{path} is not a mapping of names to tensors.")
    return {name: tensor.float() for name, tensor in found.items()}


def build_encoder(tensors: Tensors) -> Encoder:
    """An encoder of the depth and width that tensors in our layout have.

    Instead of `rgb_matrix` and `rgb_offset` there may be only the `mean` to subtract.
    """
    tensors = {"rgb_matrix": torch.eye(3), "rgb_offset": -tensors.get("mean", torch.zeros(3)), **tensors}
    tensors.pop("mean", None)
    names = [name.removesuffix(".weight") for name in tensors if re.fullmatch(r"conv\d_\d\.weight", name)]
    convs = tuple(sum(name.startswith(f"conv{block}_") for name in names) for block in range(1, 6))
    widths = tuple(len(tensors[f"conv{block}_1.weight"]) for block in range(1, 6))
    encoder = Encoder(convs, widths)
    encoder.load_state_dict(tensors, strict=True)
    return encoder


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


def _keras(tensors: Tensors) -> Tensors:
    """`blockB_convI`, with kernels (3, 3, in, out) or already (out, in, 3, 3), for BGR in [0, 255] minus a mean."""
    named = {}
    for name, tensor in tensors.items():
        found = re.search(r"block(\d)_conv(\d).*(kernel|weight|bias)", name)
        if not found or (found[1] == "5" and found[2] != "1"):
            continue
        kind = "bias" if found[3] == "bias" else "weight"
        if tensor.ndim == 4 and tensor.shape[-1] != 3:
            tensor = tensor.permute(3, 2, 0, 1).contiguous()
        named[f"conv{found[1]}_{found[2]}.{kind}"] = tensor
    return {**named, "rgb_matrix": 255.0 * torch.eye(3).flip(0), "rgb_offset": -CAFFE_MEAN}


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
